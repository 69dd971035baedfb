/*
 * ARNs, taken apart: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE. What the service says of one
 * that is not what was wanted differs by operation, so that nothing is refused here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
#ifndef PT_SHAPE_ARN_H
#define PT_SHAPE_ARN_H

#include <pocketable/engine/value.h>

/* The account in every ARN that is made here. */
#define PT__ACCOUNT "000000000000"

/* Views the text. What is not there is empty. */
typedef struct pt__arn {
    pte_bytes partition; /* "aws", "aws-cn", ... */
    pte_bytes service;
    pte_bytes region;
    pte_bytes account;
    pte_bytes resource; /* all that stands behind the fifth colon; data NULL: there is none */
} pt__arn;

/* Whether a text says that it is an ARN: it begins with "arn:". */
bool pt__is_arn(pte_bytes text);

/* Takes one apart; false, and all of it empty, if it is none. */
bool pt__arn_split(pt__arn *arn, pte_bytes text);

/* Takes what stands before the next separator off rest, and the separator; where there is none, all
 * of it: rest's data is NULL then. */
pte_bytes pt__arn_take(pte_bytes *rest, char separator);

#endif
