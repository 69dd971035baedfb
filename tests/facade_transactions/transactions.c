#include "facade_transactions/transactions.h"

static const char CREATE_TAB[] =
    "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["
    "{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'sk','AttributeType':'S'},"
    "{'AttributeName':'gp','AttributeType':'S'},{'AttributeName':'ls','AttributeType':'S'}],"
    "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}]"
    ","
    "'GlobalSecondaryIndexes':[{'IndexName':'gsi','KeySchema':[{'AttributeName':'gp',"
    "'KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}],"
    "'LocalSecondaryIndexes':[{'IndexName':'lsi','KeySchema':[{'AttributeName':'pk',"
    "'KeyType':'HASH'},{'AttributeName':'ls','KeyType':'RANGE'}],"
    "'Projection':{'ProjectionType':'ALL'}}]}";

static const char CREATE_HASH[] =
    "{'TableName':'hash','BillingMode':'PAY_PER_REQUEST',"
    "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],"
    "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}]}";

void transactions_open(facade *f) {
    facade_open(f, NULL);
    if (facade_send(f, "DescribeTable", "{'TableName':'hash'}").status != 200) {
        facade_does(f, "CreateTable", "%s", CREATE_TAB);
        facade_does(f, "CreateTable", "%s", CREATE_HASH);
    }
}

double transactions_n(facade *f, const char *key) {
    pt_reply reply = facade_send(f, "GetItem",
                                 "{'TableName':'hash','ConsistentRead':true,"
                                 "'Key':{'pk':{'S':'%s'}}}",
                                 key);
    assert_int_equal(reply.status, 200);
    const char *found = strstr((const char *)reply.body.data, "\"N\":\"");
    return found == NULL ? -1 : strtod(found + strlen("\"N\":\""), NULL);
}
