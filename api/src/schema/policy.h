/*
 * Resource policies: documents in IAM's policy language, checked and brought into the form in which
 * AWS keeps and shows them. They are kept, not enforced: nobody's access is decided by one here.
 *
 * The form (measured on AWS in October 2026): no spaces between tokens; Version, Id, Statement;
 * in each statement Sid, Effect, Principal, Action, Resource, Condition; lists of one are single
 * strings; account ids of principals are the ARN of the account's root, and none stands twice.
 * A document without Version is kept without, and shown with the oldest.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
#ifndef PT_SCHEMA_POLICY_H
#define PT_SCHEMA_POLICY_H

#include "json/json.h"

enum { PT__POLICY_BYTES_MAX = 20480 };

typedef struct pt__policy_document {
    pte_bytes text; /* in the form; in failure's arena */
    bool locks_out; /* it denies everybody to put another one */
} pt__policy_document;

/*
 * Reads a policy of the resource with this ARN. text is borrowed. Whether principals exist is not
 * known here, and what conditions mean is not looked at. Fails: VALIDATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__policy_read(pt__policy_document *document, pte_bytes text,
                                          pte_bytes arn, bool is_stream, pt__failure *failure);

/* A document that is kept, as it is shown: in failure's arena. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__policy_show(pte_bytes *shown, pte_bytes document,
                                          pt__failure *failure);

#endif
