/*
 * What a policy document may look like, and the form in which it is kept. Forms and texts as
 * measured on AWS in October 2026; the grammar is
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
#include "schema/policy.h"
#include "schema/policy_action.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/tab"
#define ROOT "arn:aws:iam::123456789012:root"
#define PREFIX "One or more parameter values were invalid: Invalid policy document: "

static pte__arena arena;
static pt__failure failure;

static int set_up(void **state) {
    (void)state;
    arena = (pte__arena){.allocator = pte__allocator_of(NULL)};
    failure = (pt__failure){.arena = &arena};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pte__arena_clean_up(&arena);
    return 0;
}

static pte_bytes with_quotes(const char *text) {
    char *copy = pte__arena_alloc(&arena, strlen(text) + 1);
    assert_non_null(copy);
    strcpy(copy, text);
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return pte_str(copy);
}

static void gives_of(bool is_stream, const char *form, const char *text) {
    pt__policy_document document;
    pt__exception exception =
        pt__policy_read(&document, with_quotes(text), pte_str(ARN), is_stream, &failure);
    if (exception != PT__OK) {
        fail_msg("%s: %.*s", text, PT__SHOW(failure.message));
    }
    pte_bytes shown;
    assert_int_equal(pt__policy_show(&shown, document.text, &failure), PT__OK);
    if (!pte_bytes_equal(shown, with_quotes(form))) {
        fail_msg("expected %s, found %.*s", form, PT__SHOW(shown));
    }
    /* The form is its own form, but for a Version that is not there. */
    if (strstr(text, "Version") != NULL) {
        assert_int_equal(pt__policy_read(&document, shown, pte_str(ARN), is_stream, &failure),
                         PT__OK);
        assert_true(pte_bytes_equal(document.text, shown));
    }
}

static void refuses_of(bool is_stream, const char *message, const char *text) {
    pt__policy_document document;
    assert_int_equal(
        pt__policy_read(&document, with_quotes(text), pte_str(ARN), is_stream, &failure),
        PT__VALIDATION);
    if (!pte_bytes_equal(failure.message, pte_str(message))) {
        fail_msg("expected %s, found %.*s", message, PT__SHOW(failure.message));
    }
    assert_int_equal(document.text.len, 0);
}

#define gives(form, text) gives_of(false, form, text)
#define refuses(message, text) refuses_of(false, message, text)

#define POLICY(statement) "{'Version':'2012-10-17','Statement':[" statement "]}"
#define STATEMENT(principal, action, resource)                                                     \
    "{'Effect':'Allow','Principal':" principal ",'Action':" action ",'Resource':" resource "}"
#define USER "{'AWS':'" ROOT "'}"
#define GET "'dynamodb:GetItem'"
#define TABLE "'" ARN "'"

static void test_policy_documents__have_one_form(void **state) {
    (void)state;
    static const char form[] = POLICY(STATEMENT(USER, GET, TABLE));
    gives(form, POLICY(STATEMENT(USER, GET, TABLE)));
    gives(form, POLICY(STATEMENT("{'AWS':'123456789012'}", "[" GET "]", "[" TABLE "]")));
    gives(form, POLICY(STATEMENT("{'AWS':['123456789012','" ROOT "']}", GET, TABLE)));
    gives(form, " {\t'Statement' : {'Resource':" TABLE ", 'Action':" GET ",\n 'Effect':'allow',"
                "'Principal':" USER "}, 'Version':'2012-10-17'} ");
    gives("{'Version':'2008-10-17','Statement':[" STATEMENT(USER, GET, TABLE) "]}",
          "{'Statement':[" STATEMENT(USER, GET, TABLE) "]}");
    gives("{'Version':'2012-10-17','Id':'i','Statement':[{'Sid':'s','Effect':'Deny','Principal':"
          "'*','NotAction':'dynamodb:DeleteTable','Resource':" TABLE
          ",'Condition':{'StringEquals':{'aws:PrincipalAccount':'1'},'Bool':{'k':[true,'x']}}}]}",
          "{'Id':'i','Statement':{'Condition':{'StringEquals':{'aws:PrincipalAccount':['1']},"
          "'Bool':{'k':[true,'x']}},'NotAction':'dynamodb:DeleteTable','Principal':'*','Effect':"
          "'Deny','Sid':'s','Resource':[" TABLE "]},'Version':'2012-10-17'}");
    /* Lists of several stay as they are. */
    gives(POLICY(STATEMENT(USER, "['dynamodb:Query','dynamodb:getitem','dynamodb:Query']",
                           "['" ARN "/index/*'," TABLE "]")),
          POLICY(STATEMENT(USER, "['dynamodb:Query','dynamodb:getitem','dynamodb:Query']",
                           "['" ARN "/index/*'," TABLE "]")));
    /* An Allow to all is bounded by a condition. */
    gives(POLICY("{'Effect':'Allow','Principal':'*','Action':" GET ",'Resource':'*','Condition':{"
                 "'StringEquals':{'aws:PrincipalOrgID':'o'}}}"),
          POLICY("{'Effect':'Allow','Principal':'*','Action':" GET ",'Resource':'*','Condition':{"
                 "'StringEquals':{'aws:PrincipalOrgID':'o'}}}"));
}

static void test_policy_documents__may_name_much(void **state) {
    (void)state;
    static const char *const resources[] = {"'*'",
                                            TABLE,
                                            "'" ARN "/index/gsi'",
                                            "'arn:aws:dynamodb:us-east-1:000000000000:table/o'",
                                            "'arn:aws:dynamodb:*:*:table/*'",
                                            "'arn:aws:dynamodb:*:*:*'"};
    static const char *const actions[] = {"'dynamodb:*'",
                                          "'*'",
                                          "'dynamodb:Get*'",
                                          "'DYNAMODB:getITEM'",
                                          "'dynamodb:PartiQLSelect'",
                                          "'dynamodb:?etItem'"};
    char text[1024];
    for (size_t i = 0; i < 6; i++) {
        snprintf(text, sizeof text, POLICY(STATEMENT(USER, GET, "%s")), resources[i]);
        gives(text, text);
        snprintf(text, sizeof text, POLICY(STATEMENT(USER, "%s", TABLE)), actions[i]);
        gives(text, text);
    }
    static const char stream[] =
        POLICY(STATEMENT(USER, "'dynamodb:GetRecords'", "'" ARN "/stream/*'"));
    gives_of(true, stream, stream);
}

static void test_policy_documents__are_documents(void **state) {
    (void)state;
    static const char *const not_json[] = {"", "[]", "{not json", "'text'", "1", "{} {}"};
    for (size_t i = 0; i < sizeof not_json / sizeof not_json[0]; i++) {
        refuses(PREFIX "This policy contains invalid Json", not_json[i]);
    }
    refuses(PREFIX "This text appears not to be a policy", "null");
    refuses(PREFIX "Syntax error at position (1,3)", "{}");
    refuses(PREFIX "Could not parse the policy: Statement is empty!", "{'Statement':[]}");
    refuses(PREFIX "The policy must contain a valid version string",
            "{'Version':'2013-10-17','Statement':[]}");
    refuses(PREFIX "Syntax error at position (2,7)", "{'Statement':\n'text'}");
    refuses(PREFIX "Syntax error at position (1,15)", "{'Statement':1}");
}

static void test_policy_documents__have_all_fields(void **state) {
    (void)state;
    refuses(PREFIX "Missing required field Effect", "{'Statement':[{}]}");
    refuses(PREFIX "Invalid effect: Perhaps", "{'Statement':[{'Effect':'Perhaps'}]}");
    refuses(PREFIX "Missing required field Principal",
            POLICY("{'Effect':'Allow','Action':" GET ",'Resource':" TABLE "}"));
    refuses(PREFIX "Missing required field Action",
            POLICY("{'Effect':'Allow','Principal':" USER ",'Resource':" TABLE "}"));
    refuses(PREFIX "Missing required field Resource",
            POLICY("{'Effect':'Allow','Principal':" USER ",'Action':" GET "}"));
    refuses(PREFIX "Missing required field Action cannot be empty!",
            POLICY(STATEMENT(USER, "[]", TABLE)));
    refuses(PREFIX "Missing required field Principal cannot be empty!",
            POLICY(STATEMENT("{}", GET, TABLE)));
    refuses(PREFIX "The Statement Ids in the policy are not unique",
            POLICY("{'Sid':'s','Effect':'Allow','Principal':" USER ",'Action':" GET
                   ",'Resource':" TABLE "},{'Sid':'s','Effect':'Deny','Principal':" USER
                   ",'Action':" GET ",'Resource':" TABLE "}"));
    refuses(
        PREFIX "Allow with NotPrincipal is not allowed.",
        POLICY("{'Effect':'Allow','NotPrincipal':" USER ",'Action':" GET ",'Resource':" TABLE "}"));
}

static void test_policy_documents__check_principals(void **state) {
    (void)state;
    static const char unbounded[] =
        "Resource-based policy grants unbounded access in one or more elements. Please revise the "
        "policy to ensure least-privilege form of access";
    refuses(unbounded, POLICY(STATEMENT("'*'", GET, TABLE)));
    refuses(unbounded, POLICY(STATEMENT("{'AWS':'*'}", GET, TABLE)));
    refuses(unbounded, POLICY(STATEMENT("{'AWS':['" ROOT "','*']}", GET, TABLE)));
    refuses("One or more parameter values were invalid: Invalid principal in policy document.",
            POLICY(STATEMENT("{'AWS':'somebody'}", GET, TABLE)));
    refuses(PREFIX "Syntax error at position (1,82)",
            POLICY(STATEMENT("'123456789012'", GET, TABLE)));
}

static void test_policy_documents__check_actions_and_resources(void **state) {
    (void)state;
    refuses(PREFIX "The following action names are invalid: \"dynamodb:GetRecords\", "
                   "\"dynamodb:DescribeStream\"",
            POLICY(STATEMENT(USER,
                             "['dynamodb:GetRecords','dynamodb:GetItem','dynamodb:DescribeStream']",
                             TABLE)));
    refuses(PREFIX "The following action names are invalid: \"dynamodb:ListStreams\"",
            POLICY(STATEMENT(USER, "'dynamodb:ListStreams'", TABLE)));
    refuses(PREFIX "The following action names are invalid: \"dynamodb:RestoreTableFromBackup\"",
            POLICY(STATEMENT(USER, "'dynamodb:RestoreTableFromBackup'", TABLE)));
    refuses_of(true, PREFIX "The following action names are invalid: \"dynamodb:GetItem\"",
               POLICY(STATEMENT(USER, GET, "'" ARN "/stream/x'")));
    refuses(PREFIX "The relative-id \"table/tab/stream/2026\" is invalid for ARN \"" ARN
                   "/stream/2026\"",
            POLICY(STATEMENT(USER, GET, "'" ARN "/stream/2026'")));
    refuses_of(true, PREFIX "The relative-id \"table/tab\" is invalid for ARN \"" ARN "\"",
               POLICY(STATEMENT(USER, "'dynamodb:GetRecords'", TABLE)));
    refuses(PREFIX "Resource tab must be in ARN format or \"*\".",
            POLICY(STATEMENT(USER, GET, "'tab'")));
}

/* White space counts.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html */
static void test_policy_documents__have_20_kilobytes_at_most(void **state) {
    (void)state;
    static const char document[] = POLICY(STATEMENT(USER, GET, TABLE));
    static char text[PT__POLICY_BYTES_MAX + 2];
    memset(text, ' ', sizeof text);
    memcpy(text, document, sizeof document - 1);
    text[PT__POLICY_BYTES_MAX] = '\0';
    gives(document, text);
    text[PT__POLICY_BYTES_MAX] = ' ';
    text[PT__POLICY_BYTES_MAX + 1] = '\0';
    refuses("One or more parameter values were invalid: Maximum policy size of 20480 bytes "
            "exceeded",
            text);
}

static void test_policy_documents__patterns(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        const char *text;
        bool matches;
    } cases[] = {
        {"", "", true},        {"*", "", true},
        {"*", "abc", true},    {"a*c", "abbc", true},
        {"a*c", "abb", false}, {"*b*d", "abcbd", true},
        {"a?c", "abc", true},  {"a?c", "ac", false},
        {"abc", "ab", false},  {"ab", "abc", false},
        {"**a", "bba", true},  {"?", "", false},
        {"ABC", "abc", false}, {"a*a*a*b", "aaaaaaaaaaaaaaaaaaaa", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(
            pt__policy_matches(pte_str(cases[i].pattern), pte_str(cases[i].text), false),
            cases[i].matches);
    }
    assert_true(pt__policy_matches(pte_str("ABC"), pte_str("abc"), true));
    assert_false(pt__policy_matches(pte_str("@"), pte_str("`"), true));
}

/* Changed bytes do no harm: a document is refused, or has a form that is its own form. */
static void test_policy_documents__survive_damage(void **state) {
    (void)state;
    static const char *const documents[] = {
        "{'Version':'2012-10-17','Id':'i','Statement':[{'Sid':'s','Effect':'Deny','Principal':{"
        "'AWS':['123456789012','*'],'Service':'x'},'Action':[" GET ",'dynamodb:*'],'Resource':'*',"
        "'Condition':{'StringEquals':{'k':['1','2']}}}]}",
        "{'Statement':{'Effect':'Allow','Principal':{'AWS':'123456789012'},'Action':" GET
        ",'Resource':['" ARN "','*'],'Condition':{'Null':{'k':true}}}}",
    };
    static const char signs[] = "\"\\{}[]:,*?0a ";
    test_random random = {test_seed(20261130)};
    size_t refused = 0;
    for (size_t i = 0; i < 5000; i++) {
        pte_bytes good = with_quotes(documents[i % 2]);
        char *bad = malloc(good.len); /* of that size, so that reading past it shows */
        assert_non_null(bad);
        memcpy(bad, good.data, good.len);
        for (uint64_t n = 1 + test_random_below(&random, 3); n > 0; n--) {
            bad[test_random_below(&random, good.len)] =
                signs[test_random_below(&random, sizeof signs - 1)];
        }
        pt__policy_document first;
        pt__policy_document second;
        if (pt__policy_read(&first, pte_view(bad, good.len), pte_str(ARN), false, &failure) ==
            PT__OK) {
            assert_int_equal(pt__policy_read(&second, first.text, pte_str(ARN), false, &failure),
                             PT__OK);
            assert_true(pte_bytes_equal(first.text, second.text));
        } else {
            refused++;
        }
        free(bad);
        pte__arena_reset(&arena);
    }
    assert_true(refused > 500);
    assert_true(refused < 5000);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_policy_documents__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(have_one_form),
        TEST(may_name_much),
        TEST(are_documents),
        TEST(have_all_fields),
        TEST(check_principals),
        TEST(check_actions_and_resources),
        TEST(have_20_kilobytes_at_most),
        TEST(patterns),
        TEST(survive_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
