/*
 * Which actions a resource policy may name, and patterns with * and ?.
 */
#ifndef PT_SCHEMA_POLICY_ACTION_H
#define PT_SCHEMA_POLICY_ACTION_H

#include <pocketable/engine/value.h>

/* Whether a pattern with * (any characters) and ? (any one) matches all of the text. */
bool pt__policy_matches(pte_bytes pattern, pte_bytes text, bool fold_case);

/* Whether an action ("dynamodb:GetItem", "dynamodb:*", "*") is one, or matches some, of those that
 * a policy of a table or of a stream may name. */
bool pt__policy_action_is_known(pte_bytes action, bool of_stream);

#endif
