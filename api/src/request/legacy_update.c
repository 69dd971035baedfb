/*
 * AttributeUpdates and AttributesToGet.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.AttributeUpdates.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.AttributesToGet.html
 */
#include "request/legacy.h"

#include "value/attribute_value.h"

#include <stdlib.h>

/* ---- AttributeUpdates ---- */

static bool is_set(pte_type type) {
    return type == PTE_TYPE_SS || type == PTE_TYPE_NS || type == PTE_TYPE_BS;
}

/* API_AttributeValueUpdate, Action: which values an action takes. That ADD takes lists too is not
 * documented there, but verified against the service. */
static pt__exception check_value(pt__action_kind kind, pt__call *call, const pte_value *value) {
    pte_type type = value->type;
    if (kind == PT__ACTION_DELETE && !is_set(type)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          PT__LEGACY_INVALID
                          "DELETE action with value is not supported for the type %s",
                          pte_type_name(type));
    }
    if (kind == PT__ACTION_ADD && !is_set(type) && type != PTE_TYPE_N && type != PTE_TYPE_L) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          PT__LEGACY_INVALID "ADD action is not supported for the type %s",
                          pte_type_name(type));
    }
    return PT__OK;
}

/* API_AttributeValueUpdate: PUT is the default. */
static pt__action_kind kind_of(const pt__json *member) {
    if (pt__json_is(member, "Action", "ADD")) {
        return PT__ACTION_ADD;
    }
    return pt__json_is(member, "Action", "DELETE") ? PT__ACTION_DELETE : PT__ACTION_SET;
}

/* A member that is null counts as one that says nothing; what the service says of it is not known.
 */
static pt__exception read_change(pt__change *change, pt__call *call, const pt__json *member) {
    const pt__json *value = pt__json_member(member, "Value");
    *change = (pt__change){.name = member->name, .kind = kind_of(member)};
    pt__exception exception = pt__legacy_name_check(call, member->name);
    if (exception != PT__OK) {
        return exception;
    }
    if (value == NULL) {
        if (change->kind != PT__ACTION_DELETE) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              PT__LEGACY_INVALID "Only DELETE action is allowed when no attribute "
                                                 "value is specified");
        }
        change->kind = PT__ACTION_REMOVE;
        return PT__OK;
    }
    exception = pt__value_decode_into(&change->value, call->scratch, value, &call->failure);
    return exception == PT__OK ? check_value(change->kind, call, &change->value) : exception;
}

static int compare_changes(const void *a, const void *b) {
    return pte_bytes_compare(((const pt__change *)a)->name, ((const pt__change *)b)->name);
}

/* An update without members is none: it makes an item that is not there (API_UpdateItem). */
pt__exception pt__legacy_update(pt__update **update, pt__call *call) {
    const pt__json *members = pt__json_member(call->body, "AttributeUpdates");
    size_t count = 0;
    *update = NULL;
    if (members == NULL || members->count == 0) {
        return PT__OK;
    }
    pt__change *changes = pte__arena_alloc(&call->arena, members->count * sizeof *changes);
    if (changes == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = PT__OK;
    for (const pt__json *member = members->first; member != NULL && exception == PT__OK;
         member = member->next) {
        exception = read_change(&changes[count++], call, member);
    }
    if (exception != PT__OK) {
        return exception;
    }
    qsort(changes, count, sizeof *changes, compare_changes); /* any number is added in no time */
    return pt__update_of_changes(update, &call->arena, changes, count, &call->failure);
}

/* ---- AttributesToGet ---- */

/* A name and where it stands in the list. */
typedef struct place {
    pte_bytes name;
    size_t at;
} place;

static int compare_places(const void *a, const void *b) {
    const place *one = a;
    const place *two = b;
    int order = pte_bytes_compare(one->name, two->name);
    return order != 0 ? order : (one->at > two->at) - (one->at < two->at);
}

static pt__exception check_names(pt__call *call, const place *sorted, size_t count) {
    const place *again = NULL;     /* the first in the list that is there before */
    if (sorted[0].name.len == 0) { /* DynamoDB Local's text */
        return pt__refuse(&call->failure, PT__VALIDATION, "Empty attribute name");
    }
    for (size_t i = 1; i < count; i++) {
        if (pte_bytes_equal(sorted[i - 1].name, sorted[i].name) &&
            (again == NULL || sorted[i].at < again->at)) {
            again = &sorted[i];
        }
    }
    return again == NULL ? PT__OK
                         : pt__refuse(&call->failure, PT__VALIDATION,
                                      PT__LEGACY_INVALID "Duplicate value in attribute name: %.*s",
                                      PT__SHOW(again->name));
}

/* The shape has checked that the list is not empty. */
pt__exception pt__legacy_projection(pt__projection **projection, pt__call *call,
                                    const pt__json *body) {
    const pt__json *list = pt__json_member(body, "AttributesToGet");
    size_t count = 0;
    *projection = NULL;
    if (list == NULL) {
        return PT__OK;
    }
    place *places = pte__arena_alloc(&call->arena, list->count * sizeof *places);
    pte_bytes *names = pte__arena_alloc(&call->arena, list->count * sizeof *names);
    if (places == NULL || names == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (const pt__json *element = list->first; element != NULL; element = element->next) {
        places[count] = (place){element->text, count};
        count++;
    }
    qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 0; i < count; i++) {
        names[i] = places[i].name;
    }
    pt__exception exception = check_names(call, places, count);
    return exception == PT__OK
               ? pt__projection_of_names(projection, &call->arena, names, count, &call->failure)
               : exception;
}
