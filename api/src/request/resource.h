/*
 * The ARN in a ResourceArn: of a table, or of a table's stream.
 *
 *     arn:aws:dynamodb:REGION:ACCOUNT:table/NAME[/stream/LABEL]
 */
#ifndef PT_REQUEST_RESOURCE_H
#define PT_REQUEST_RESOURCE_H

#include "request/call.h"

/* Views the ARN. */
typedef struct pt__resource {
    pte_bytes arn;
    pte_bytes partition; /* "aws", "aws-cn", ... */
    pte_bytes region;
    pte_bytes account;
    pte_bytes table;
    pte_bytes stream; /* its label; len 0: the table itself */
} pt__resource;

/*
 * Takes an ARN apart. That it is of this region and account is for the caller to check, since AWS
 * says different things of that. The texts are AWS's, measured in October 2026.
 * Fails: VALIDATION (not an ARN, of something else, of an index), INTERNAL.
 */
PTE_CHECKED pt__exception pt__resource_read(pt__resource *resource, pte_bytes arn,
                                            pt__failure *failure);

#endif
