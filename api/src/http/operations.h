/*
 * What a server knows of the service's operations without the database: their names, and how
 * requests for them are told and followed up. Also those that nobody here answers.
 */
#ifndef PT_HTTP_OPERATIONS_H
#define PT_HTTP_OPERATIONS_H

#include <pocketable.h>

typedef struct pt__http_operation {
    const char *name;
    bool of_streams;    /* of DynamoDB Streams, a service of its own */
    bool leaves_upkeep; /* what it has begun pt_upkeep goes on with */
} pt__http_operation;

enum { PT__HTTP_OPERATIONS = 61 };

/* In the order of their names. */
extern const pt__http_operation pt__http_operations[PT__HTTP_OPERATIONS];

/* The operation of this name, or NULL. */
const pt__http_operation *pt__http_operation_find(pte_bytes name);

#endif
