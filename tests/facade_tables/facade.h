/*
 * Calls of the facade for tests: JSON with single quotes for double ones, a database in memory with
 * a clock that the test sets.
 */
#ifndef TESTS_FACADE_TABLES_FACADE_H
#define TESTS_FACADE_TABLES_FACADE_H

#include "support/support.h"

#include <pocketable.h>
#include <pocketable/engine/table.h>

#include <stdio.h>
#include <stdlib.h>

typedef struct facade {
    pt_database *database;
    int64_t now_ms;
    bool upkeep_elsewhere; /* before facade_open */
    char *answer;          /* the last answer; freed by facade_close */
} facade;

/* path NULL: in memory. The clock starts in November 2026 unless now_ms is set. */
void facade_open(facade *f, const char *path);
void facade_close(facade *f);

/* Calls an operation; body is a format, with ' for ". Ends the test unless the status is 200. */
const char *facade_call(facade *f, const char *operation, const char *body, ...);

/* Calls it and expects this exception and exactly this message. */
void facade_refused(facade *f, const char *type, const char *message, const char *operation,
                    const char *body, ...);

/* Expects the last answer to contain (or not) this text, with ' for ". */
void facade_shows(const facade *f, const char *text);
void facade_hides(const facade *f, const char *text);

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
