/* INSERT, UPDATE and DELETE: ql-reference.insert, .update, .delete, and measured on the service. */
#include "statements.h"

static void test_partiql_write__inserts(void **state) {
    facade *w = *state;
    ql_items(w, "",
             "INSERT INTO tab value {'pk':'dt', 'n':1, 'm' : {'a': 'v', 'b': 4}, 'l': [1,'s'], "
             "'ns':<<1,34,4.5>>, 'ss':<<'x','y'>>, 'z':null, 'b':true, 'e':-1.5e-3}");
    facade_has(
        w, "tab", "{'pk':{'S':'dt'}}",
        "{'pk':{'S':'dt'},'b':{'BOOL':true},'e':{'N':'-0.0015'},'l':{'L':[{'N':'1'},{'S':'s'}"
        "]},'m':{'M':{'a':{'S':'v'},'b':{'N':'4'}}},'n':{'N':'1'},'ns':{'NS':['1','4.5','34']"
        "},'ss':{'SS':['x','y']},'z':{'NULL':true}}");
    ql_fails(w, "DuplicateItemException", "Duplicate primary key exists in table",
             "INSERT INTO tab VALUE {'pk':'dt'}", NULL);
    ql_gives(w, "{'Items':[]}", "INSERT INTO tab VALUE {'pk':?,'b':?}",
             "'Parameters':[{'S':'par'},{'B':'YQ=='}]");
    facade_has(w, "tab", "{'pk':{'S':'par'}}", "{'pk':{'S':'par'},'b':{'B':'YQ=='}}");
}

/* Measured: parameters stand for whole attributes only. */
static void test_partiql_write__parameters(void **state) {
    facade *w = *state;
    ql_fails(w, "ValidationException",
             "Unsupported data type: Parameter under key root.k at 1:42:1",
             "INSERT INTO tab VALUE {'pk':'x','m':{'k':?}}", "'Parameters':[{'S':'v'}]");
}

static void test_partiql_write__updates(void **state) {
    facade *w = *state;
    ql_put(w, "tab",
           "{'pk':{'S':'u'},'n':{'N':'5'},'m':{'M':{'a':{'S':'x'}}},'l':{'L':[{'N':'1'},{'N':'2'}]}"
           ",'ss':{'SS':['a','b']},'was':{'S':'o'}}");
    ql_items(w,
             "{'c':{'N':'9'},'l':{'L':[{'N':'1'},{'N':'2'},{'N':'3'}]},'m':{'M':{'a':{'S':'y'},'b':"
             "{'L':[{'N':'1'}]}}},'n':{'N':'7'},'pk':{'S':'u'},'ss':{'SS':['a','b','c']}}",
             "UPDATE tab SET n = n + 3 - 1, m.a = 'y' SET m.b = [1] SET ss = set_add(ss, <<'c'>>) "
             "REMOVE was SET c = if_not_exists(c, 9) SET l = list_append(l, [3]) WHERE pk = 'u' "
             "RETURNING ALL NEW *");
}

static void test_partiql_write__sets(void **state) {
    facade *w = *state;
    ql_put(w, "tab", "{'pk':{'S':'s'},'ss':{'SS':['a','b']},'one':{'SS':['a']},'t':{'S':'x'}}");
    ql_items(w, "{'ss':{'SS':['a','b','c']}}",
             "UPDATE tab SET ss = SET_ADD(ss, <<'c','a'>>) WHERE pk='s' RETURNING MODIFIED NEW *");
    ql_items(w, "{'ss':{'SS':['c']}}",
             "UPDATE tab SET ss = set_delete(ss, <<'a','b','q'>>) WHERE pk='s' RETURNING MODIFIED "
             "NEW *");
    ql_items(
        w, "{'fresh':{'NS':['1','2']}}",
        "UPDATE tab SET fresh = set_add(fresh, <<1,2>>) WHERE pk='s' RETURNING MODIFIED NEW *");
    ql_items(w, "{'one':{'SS':['a']}}",
             "UPDATE tab SET one = set_delete(one, <<'a'>>) WHERE pk='s' RETURNING MODIFIED OLD *");
    ql_refuses(w, "An operand in the update expression has an incorrect data type",
               "UPDATE tab SET ss = set_add(ss, <<1>>) WHERE pk='s'");
    ql_refuses(w, "An operand in the update expression has an incorrect data type",
               "UPDATE tab SET t = set_add(t, <<'x'>>) WHERE pk='s'");
    facade_has(w, "tab", "{'pk':{'S':'s'}}",
               "{'pk':{'S':'s'},'fresh':{'NS':['1','2']},'ss':{'SS':['c']},'t':{'S':'x'}}");
}

/* Measured: MODIFIED gives the changed fragments alone, and no row where there are none. */
static void test_partiql_write__returns(void **state) {
    facade *w = *state;
    ql_put(
        w, "tab",
        "{'pk':{'S':'r'},'d':{'S':'old'},'keep':{'S':'k'},'l':{'L':[{'S':'a'},{'S':'b'},{'S':'c'}"
        "]}}");
    ql_items(w, "{'d':{'S':'old'}}",
             "UPDATE tab SET d = 'new' WHERE pk = 'r' RETURNING MODIFIED OLD *");
    ql_items(w, "{'d':{'S':'newer'}}",
             "UPDATE tab SET d = 'newer' WHERE pk = 'r' RETURNING MODIFIED NEW *");
    ql_items(w, "", "UPDATE tab SET x = 'x' WHERE pk = 'r' RETURNING MODIFIED OLD *");
    ql_items(w, "", "UPDATE tab REMOVE x WHERE pk = 'r' RETURNING MODIFIED NEW *");
    ql_items(w, "{'l':{'L':[{'S':'x'},{'S':'y'}]}}",
             "UPDATE tab SET l[2] = 'y', l[0] = 'x' WHERE pk = 'r' RETURNING MODIFIED NEW *");
    ql_items(w, "", "UPDATE tab SET l[9] = 'z' WHERE pk = 'r' RETURNING MODIFIED NEW *");
    ql_items(w,
             "{'pk':{'S':'r'},'d':{'S':'newer'},'keep':{'S':'k'},'l':{'L':[{'S':'x'},{'S':'b'},"
             "{'S':'y'},{'S':'z'}]}}",
             "DELETE FROM tab WHERE pk = 'r' RETURNING ALL OLD *");
    ql_items(w, "", "DELETE FROM tab WHERE pk = 'r' RETURNING ALL OLD *");
}

/* Measured: an update wants the item to be there, a deletion does not mind. */
static void test_partiql_write__conditions(void **state) {
    facade *w = *state;
    static const char failed[] = "The conditional request failed";
    static const char exception[] = "ConditionalCheckFailedException";
    ql_put(w, "tab", "{'pk':{'S':'c'},'n':{'N':'5'},'name':{'S':'alpha'}}");
    ql_fails(w, exception, failed, "UPDATE tab SET n = 9 WHERE pk = 'c' AND \"name\" = 'beta'",
             NULL);
    ql_fails(w, exception, failed, "DELETE FROM tab WHERE pk = 'c' AND NOT begins_with(name, 'al')",
             NULL);
    ql_fails(w, exception, failed, "UPDATE tab SET n = 9 WHERE pk = 'none'", NULL);
    ql_fails(w, exception, failed, "UPDATE tab REMOVE n WHERE pk = 'none' AND n IS MISSING", NULL);
    ql_items(w, "", "DELETE FROM tab WHERE pk = 'none' AND n = 1");
    facade_has(w, "tab", "{'pk':{'S':'none'}}", NULL);
    ql_run(w, "UPDATE tab SET n = 9 WHERE pk = 'c' AND n > 5",
           "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'");
    facade_shows(w, "'Item':{'pk':{'S':'c'},'n':{'N':'5'},'name':{'S':'alpha'}}");
    ql_items(w, "", "UPDATE tab SET n = 9 WHERE (pk = 'c' AND n = 5) AND name = 'alpha'");
    ql_items(w, "", "FROM tab WHERE pk = 'c' AND n = 9 SET n = n - 1 REMOVE name");
    facade_has(w, "tab", "{'pk':{'S':'c'}}", "{'pk':{'S':'c'},'n':{'N':'8'}}");
    ql_items(w, "", "DELETE FROM tab WHERE pk = 'c' AND n = 8");
    facade_has(w, "tab", "{'pk':{'S':'c'}}", NULL);
}

/* CapacityUnitCalculations: as of PutItem, UpdateItem and DeleteItem. */
static void test_partiql_write__capacity(void **state) {
    facade *w = *state;
    static const char total[] = "'ReturnConsumedCapacity':'TOTAL'";
    static const char indexes[] = "'ReturnConsumedCapacity':'INDEXES'";
    ql_gives(w, "{'Items':[],'ConsumedCapacity':{'TableName':'tab','CapacityUnits':1.0}}",
             "INSERT INTO tab VALUE {'pk':'cap'}", total);
    ql_gives(w,
             "{'Items':[],'ConsumedCapacity':{'TableName':'glob','CapacityUnits':2.0,'Table':{"
             "'CapacityUnits':1.0},'GlobalSecondaryIndexes':{'gsi':{'CapacityUnits':1.0}}}}",
             "INSERT INTO glob VALUE {'pk':'cap','gp':'g'}", indexes);
    ql_gives(w, "{'Items':[],'ConsumedCapacity':{'TableName':'glob','CapacityUnits':2.0}}",
             "DELETE FROM glob WHERE pk = 'cap'", total);
    ql_fails(w, "ResourceNotFoundException", "Requested resource not found",
             "DELETE FROM never WHERE pk = 'cap'", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partiql_write__inserts),
        cmocka_unit_test(test_partiql_write__parameters),
        cmocka_unit_test(test_partiql_write__updates),
        cmocka_unit_test(test_partiql_write__sets),
        cmocka_unit_test(test_partiql_write__returns),
        cmocka_unit_test(test_partiql_write__conditions),
        cmocka_unit_test(test_partiql_write__capacity),
    };
    return cmocka_run_group_tests(tests, world_setup, facade_teardown);
}
