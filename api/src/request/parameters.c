/* Which parameters a request gives, and how messages list them. */
#include "request/parameters.h"

#include <stdio.h>

enum { LIST_BYTES = 256 }; /* room for all names of an operation, and ", " between */

static bool is_name(const char *name, const char *other) {
    return strcmp(name, other) == 0;
}

static void append(char list[LIST_BYTES], const char *separator, const char *name) {
    size_t len = strlen(list);
    (void)snprintf(list + len, LIST_BYTES - len, "%s%s", len == 0 ? "" : separator, name);
}

static bool is_given(const pt__json *body, const char *name, const char *leave_out) {
    return pt__json_member(body, name) != NULL && !is_name(name, leave_out);
}

static bool any_given(const pt__json *body, const char *const *names, const char *leave_out) {
    for (; *names != NULL; names++) {
        if (is_given(body, *names, leave_out)) {
            return true;
        }
    }
    return false;
}

/* The names of those that are given. */
static void list_given(char list[LIST_BYTES], const pt__json *body, const char *const *names,
                       const char *leave_out) {
    list[0] = '\0';
    for (; *names != NULL; names++) {
        if (is_given(body, *names, leave_out)) {
            append(list, ", ", *names);
        }
    }
}

/* KeyConditions may stand beside FilterExpression and ProjectionExpression. */
static const char *mixable(const pt__json *body) {
    return pt__json_member(body, "KeyConditionExpression") == NULL ? "KeyConditions" : "";
}

pt__exception pt__refuse_mixed(pt__call *call, const char *legacy, const char *expressions) {
    return pt__refuse_request(
        &call->failure,
        "Can not use both expression and non-expression parameters in the same "
        "request: Non-expression parameters: {%s} Expression parameters: {%s}",
        legacy, expressions);
}

static pt__exception refuse_given(pt__call *call, const pt__json *body,
                                  const pt__parameters *parameters) {
    char expressions[LIST_BYTES];
    char legacy[LIST_BYTES];
    list_given(expressions, body, parameters->expressions, "");
    list_given(legacy, body, parameters->legacy, mixable(body));
    return pt__refuse_mixed(call, legacy, expressions);
}

pt__exception pt__parameters_check_in(pt__call *call, const pt__json *body,
                                      const pt__parameters *parameters) {
    bool mixed = any_given(body, parameters->expressions, "") &&
                 any_given(body, parameters->legacy, mixable(body));
    return mixed ? refuse_given(call, body, parameters) : PT__OK;
}

pt__exception pt__parameters_check(pt__call *call, const pt__parameters *parameters) {
    return pt__parameters_check_in(call, call->body, parameters);
}

static bool takes_values(const char *expression) {
    return !is_name(expression, "ProjectionExpression");
}

/* "UpdateExpression and ConditionExpression are null": what could use values, and is not given. */
static void list_absent(char list[LIST_BYTES], const char *const *names) {
    size_t count = 0;
    list[0] = '\0';
    for (; *names != NULL; names++) {
        if (takes_values(*names)) {
            append(list, " and ", *names);
            count++;
        }
    }
    append(list, " ", count == 1 ? "is null" : "are null");
}

pt__exception pt__placeholders_read_in(pt__expressions *expressions, pt__call *call,
                                       const pt__json *body, const pt__parameters *parameters) {
    char absent[LIST_BYTES];
    pt__placeholders_given given = {
        .names = pt__json_member(body, "ExpressionAttributeNames"),
        .values = pt__json_member(body, "ExpressionAttributeValues"),
    };
    /* Without placeholders nothing can be wrong with what uses them. */
    bool any = given.names != NULL || given.values != NULL;
    for (const char *const *name = parameters->expressions; any && *name != NULL; name++) {
        if (pt__json_member(body, *name) != NULL) {
            given.any_expression = true;
            given.values_usable = given.values_usable || takes_values(*name);
        }
    }
    if (given.values != NULL && !given.values_usable) {
        list_absent(absent, parameters->expressions);
        given.absent_values = absent;
    }
    *expressions = (pt__expressions){
        .arena = &call->arena, .failure = &call->failure, .scratch = call->scratch};
    return pt__expressions_init(expressions, &given);
}

pt__exception pt__placeholders_read(pt__expressions *expressions, pt__call *call,
                                    const pt__parameters *parameters) {
    return pt__placeholders_read_in(expressions, call, call->body, parameters);
}
