/* Parts of requests about tables, with ' for ". */
#ifndef TESTS_FACADE_TABLES_FACADE_H
#define TESTS_FACADE_TABLES_FACADE_H

#include "support/facade.h"

/* As these tests call it. */
#define facade_refused facade_fails

/* The request's members for a table "t" on demand with the hash key "a" (S). */
#define BASE                                                                                       \
    "'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[" S(                \
        "a") "],"                                                                                  \
             "'KeySchema':[" HASH("a") "]"
#define S(name) "{'AttributeName':'" name "','AttributeType':'S'}"
#define N(name) "{'AttributeName':'" name "','AttributeType':'N'}"
#define HASH(name) "{'AttributeName':'" name "','KeyType':'HASH'}"
#define RANGE(name) "{'AttributeName':'" name "','KeyType':'RANGE'}"
#define UNITS(r, w) "{'ReadCapacityUnits':" #r ",'WriteCapacityUnits':" #w "}"

#endif
