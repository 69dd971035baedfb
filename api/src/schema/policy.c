/*
 * Reading policies. The texts were measured on AWS in October 2026, those of IAM's parser among
 * them; where a comment says so they are IAM's for the same fault elsewhere.
 */
#include "schema/policy.h"

#include "schema/policy_action.h"
#include "shape/arn.h"
#include "json/out.h"

#define INVALID "One or more parameter values were invalid: "
#define DOCUMENT INVALID "Invalid policy document: "

enum { ACCOUNT_DIGITS = 12 };

typedef struct reader {
    pte_bytes text;
    pte_bytes arn;
    bool is_stream;
    pt__failure *failure;
    pt__out out; /* the form */
    bool locks_out;
} reader;

/* Of one statement, NULL where absent. */
typedef struct statement {
    const pt__json *sid;
    const pt__json *effect;
    const pt__json *principal;
    const pt__json *not_principal;
    const pt__json *action;
    const pt__json *not_action;
    const pt__json *resource;
    const pt__json *not_resource;
    const pt__json *condition;
    bool allows;
    bool for_everybody; /* its principal is "*", alone or among others */
} statement;

/* A list of strings, or one string. */
typedef struct strings {
    pte_bytes *items;
    size_t count;
} strings;

static pt__exception refuse(const reader *r, const char *text) {
    return pt__refuse(r->failure, PT__VALIDATION, DOCUMENT "%s", text);
}

/* AWS names the place where its parser stopped: behind the value; here the end of the document
 * stands for places that are not kept. */
static pt__exception refuse_syntax(const reader *r, const pt__json *at) {
    size_t end = r->text.len;
    if (at != NULL && at->text.len != 0 && at->text.data >= r->text.data &&
        at->text.data < r->text.data + r->text.len) {
        end = (size_t)(at->text.data - r->text.data) + at->text.len;
        end += at->type == PT__JSON_STRING && end < r->text.len; /* the quote */
    }
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < end; i++) {
        bool is_break = r->text.data[i] == '\n';
        line += is_break;
        column = is_break ? 1 : column + 1;
    }
    return pt__refuse(r->failure, PT__VALIDATION, DOCUMENT "Syntax error at position (%zu,%zu)",
                      line, column);
}

static pt__exception read_strings(strings *all, const reader *r, const pt__json *found,
                                  const char *field) {
    bool is_list = found->type == PT__JSON_ARRAY;
    all->count = 0;
    all->items =
        pte__arena_alloc(r->failure->arena, (is_list ? found->count + 1 : 1) * sizeof *all->items);
    if (all->items == NULL) {
        return pt__refuse_memory(r->failure);
    }
    for (const pt__json *item = is_list ? found->first : found; item != NULL; item = item->next) {
        if (item->type != PT__JSON_STRING) {
            return refuse_syntax(r, item);
        }
        all->items[all->count++] = item->text;
        if (!is_list) {
            break;
        }
    }
    return all->count != 0 ? PT__OK
                           : pt__refuse(r->failure, PT__VALIDATION,
                                        DOCUMENT "Missing required field %s cannot be empty!",
                                        field); /* IAM's */
}

static void write_strings(reader *r, const char *name, const strings *all) {
    pt__out_name(&r->out, name);
    if (all->count != 1) {
        pt__out_array(&r->out);
    }
    for (size_t i = 0; i < all->count; i++) {
        pt__out_string(&r->out, all->items[i]);
    }
    if (all->count != 1) {
        pt__out_array_end(&r->out);
    }
}

/* ---- principals ---- */

static bool is_account(pte_bytes text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.len == ACCOUNT_DIGITS;
}

/* An account's id becomes its root's ARN. */
static pt__exception read_aws_principal(pte_bytes *principal, const reader *r) {
    static const char before[] = "arn:aws:iam::";
    static const char after[] = ":root";
    if (is_account(*principal)) {
        size_t len = sizeof before - 1 + ACCOUNT_DIGITS + sizeof after - 1;
        char *text = pte__arena_alloc(r->failure->arena, len);
        if (text == NULL) {
            return pt__refuse_memory(r->failure);
        }
        memcpy(text, before, sizeof before - 1);
        memcpy(text + sizeof before - 1, principal->data, ACCOUNT_DIGITS);
        memcpy(text + sizeof before - 1 + ACCOUNT_DIGITS, after, sizeof after - 1);
        *principal = pte_view(text, len);
        return PT__OK;
    }
    bool good = pte_bytes_equal(*principal, pte_str("*")) ||
                pt__policy_matches(pte_str("arn:aws*:iam::*:*"), *principal, false) ||
                pt__policy_matches(pte_str("arn:aws*:sts::*:*"), *principal, false);
    return good ? PT__OK
                : pt__refuse(r->failure, PT__VALIDATION,
                             INVALID "Invalid principal in policy document.");
}

/* Each once, in the order of the first. */
static void drop_duplicates(strings *all) {
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        size_t same = 0;
        while (same < kept && !pte_bytes_equal(all->items[same], all->items[i])) {
            same++;
        }
        if (same == kept) {
            all->items[kept++] = all->items[i];
        }
    }
    all->count = kept;
}

static pt__exception read_principals(reader *r, statement *s, const pt__json *of_kind) {
    static const char *const kinds[] = {"AWS", "Service", "Federated", "CanonicalUser"};
    size_t kind = 0;
    while (kind < sizeof kinds / sizeof kinds[0] &&
           !pte_bytes_equal(of_kind->name, pte_str(kinds[kind]))) {
        kind++;
    }
    if (kind == sizeof kinds / sizeof kinds[0]) {
        return refuse_syntax(r, of_kind);
    }
    strings all;
    pt__exception exception = read_strings(&all, r, of_kind, "Principal");
    for (size_t i = 0; i < all.count && kind == 0 && exception == PT__OK; i++) {
        exception = read_aws_principal(&all.items[i], r);
        s->for_everybody = s->for_everybody || pte_bytes_equal(all.items[i], pte_str("*"));
    }
    if (exception == PT__OK) {
        drop_duplicates(&all);
        write_strings(r, kinds[kind], &all);
    }
    return exception;
}

static pt__exception write_principal(reader *r, statement *s) {
    const pt__json *found = s->principal != NULL ? s->principal : s->not_principal;
    pt__out_name(&r->out, s->principal != NULL ? "Principal" : "NotPrincipal");
    if (found != NULL && found->type == PT__JSON_STRING &&
        pte_bytes_equal(found->text, pte_str("*"))) {
        s->for_everybody = true;
        pt__out_string(&r->out, found->text);
    } else if (found == NULL || found->type != PT__JSON_OBJECT) {
        return refuse_syntax(r, found);
    } else if (found->first == NULL) {
        return refuse(r, "Missing required field Principal cannot be empty!"); /* IAM's */
    } else {
        pt__out_object(&r->out);
        for (const pt__json *kind = found->first; kind != NULL; kind = kind->next) {
            pt__exception exception = read_principals(r, s, kind);
            if (exception != PT__OK) {
                return exception;
            }
        }
        pt__out_object_end(&r->out);
    }
    /* Whether a condition bounds it is not looked at. */
    return s->allows && s->principal != NULL && s->for_everybody && s->condition == NULL
               ? pt__refuse(r->failure, PT__VALIDATION,
                            "Resource-based policy grants unbounded access in one or more "
                            "elements. Please revise the policy to ensure least-privilege form of "
                            "access")
               : PT__OK;
}

/* ---- actions and resources ---- */

static pt__exception check_actions(const reader *r, const strings *actions) {
    size_t len = 0;
    for (size_t i = 0; i < actions->count; i++) {
        len += actions->items[i].len + sizeof ", \"\"";
    }
    char *names = pte__arena_alloc(r->failure->arena, len + 1);
    if (names == NULL) {
        return pt__refuse_memory(r->failure);
    }
    char *end = names;
    for (size_t i = 0; i < actions->count; i++) {
        pte_bytes action = actions->items[i];
        if (!pt__policy_action_is_known(action, r->is_stream)) {
            const char *quote = end == names ? "\"" : ", \"";
            memcpy(end, quote, strlen(quote));
            end += strlen(quote);
            memcpy(end, action.data, action.len);
            end += action.len;
            *end++ = '"';
        }
    }
    return end == names ? PT__OK
                        : pt__refuse(r->failure, PT__VALIDATION,
                                     DOCUMENT "The following action names are invalid: %.*s",
                                     (int)(end - names), names);
}

static pt__exception check_resource(const reader *r, pte_bytes resource) {
    if (pte_bytes_equal(resource, pte_str("*"))) {
        return PT__OK;
    }
    pt__arn arn;
    if (!pt__arn_split(&arn, resource) || arn.resource.data == NULL) {
        return pt__refuse(r->failure, PT__VALIDATION,
                          DOCUMENT "Resource %.*s must be in ARN format or \"*\".",
                          PT__SHOW(resource)); /* IAM's */
    }
    pte_bytes id = arn.resource;
    bool of_stream = pt__policy_matches(pte_str("table/*/stream/*"), id, false);
    bool open = id.len != 0 && id.data[id.len - 1] == '*';
    bool good = pt__policy_matches(pte_str("table/*"), id, false)
                    ? of_stream == r->is_stream || (open && !of_stream)
                    : open;
    return good ? PT__OK
                : pt__refuse(r->failure, PT__VALIDATION,
                             DOCUMENT "The relative-id \"%.*s\" is invalid for ARN \"%.*s\"",
                             PT__SHOW(id), PT__SHOW(resource));
}

static bool any_matches(const strings *patterns, pte_bytes text, bool fold_case) {
    for (size_t i = 0; i < patterns->count; i++) {
        if (pt__policy_matches(patterns->items[i], text, fold_case)) {
            return true;
        }
    }
    return false;
}

static pt__exception write_actions_and_resources(reader *r, const statement *s) {
    const pt__json *action = s->action != NULL ? s->action : s->not_action;
    const pt__json *resource = s->resource != NULL ? s->resource : s->not_resource;
    strings actions = {NULL, 0};
    strings resources = {NULL, 0};
    pt__exception exception = read_strings(&actions, r, action, "Action");
    if (exception == PT__OK) {
        exception = check_actions(r, &actions);
    }
    if (exception == PT__OK) {
        exception = read_strings(&resources, r, resource, "Resource");
    }
    for (size_t i = 0; i < resources.count && exception == PT__OK; i++) {
        exception = check_resource(r, resources.items[i]);
    }
    if (exception != PT__OK) {
        return exception;
    }
    write_strings(r, s->action != NULL ? "Action" : "NotAction", &actions);
    write_strings(r, s->resource != NULL ? "Resource" : "NotResource", &resources);
    r->locks_out =
        r->locks_out || (!s->allows && s->principal != NULL && s->for_everybody &&
                         s->condition == NULL && s->action != NULL && s->resource != NULL &&
                         any_matches(&actions, pte_str("dynamodb:PutResourcePolicy"), true) &&
                         any_matches(&resources, r->arn, false));
    return PT__OK;
}

/* ---- conditions ---- */

static pt__exception write_condition_values(reader *r, const pt__json *values) {
    bool is_list = values->type == PT__JSON_ARRAY;
    bool as_list = is_list && values->count != 1;
    pt__out_name_bytes(&r->out, values->name);
    if (as_list) {
        pt__out_array(&r->out);
    }
    for (const pt__json *value = is_list ? values->first : values; value != NULL;
         value = is_list ? value->next : NULL) {
        switch (value->type) {
        case PT__JSON_STRING:
            pt__out_string(&r->out, value->text);
            break;
        case PT__JSON_NUMBER:
            pt__out_json(&r->out, value->text);
            break;
        case PT__JSON_BOOLEAN:
            pt__out_boolean(&r->out, value->boolean);
            break;
        default:
            return refuse_syntax(r, value);
        }
    }
    if (as_list) {
        pt__out_array_end(&r->out);
    }
    return PT__OK;
}

static pt__exception write_condition(reader *r, const pt__json *condition) {
    if (condition->type != PT__JSON_OBJECT) {
        return refuse_syntax(r, condition);
    }
    pt__out_name(&r->out, "Condition");
    pt__out_object(&r->out);
    for (const pt__json *test = condition->first; test != NULL; test = test->next) {
        if (test->type != PT__JSON_OBJECT) {
            return refuse_syntax(r, test);
        }
        pt__out_name_bytes(&r->out, test->name);
        pt__out_object(&r->out);
        for (const pt__json *key = test->first; key != NULL; key = key->next) {
            pt__exception exception = write_condition_values(r, key);
            if (exception != PT__OK) {
                return exception;
            }
        }
        pt__out_object_end(&r->out);
    }
    pt__out_object_end(&r->out);
    return PT__OK;
}

/* ---- statements ---- */

static const struct {
    const char *name;
    size_t offset;
} MEMBERS[] = {
    {"Sid", offsetof(statement, sid)},
    {"Effect", offsetof(statement, effect)},
    {"Principal", offsetof(statement, principal)},
    {"NotPrincipal", offsetof(statement, not_principal)},
    {"Action", offsetof(statement, action)},
    {"NotAction", offsetof(statement, not_action)},
    {"Resource", offsetof(statement, resource)},
    {"NotResource", offsetof(statement, not_resource)},
    {"Condition", offsetof(statement, condition)},
};

static pt__exception read_members(statement *s, const reader *r, const pt__json *found) {
    *s = (statement){.sid = NULL};
    if (found->type != PT__JSON_OBJECT) {
        return refuse_syntax(r, found);
    }
    for (const pt__json *member = found->first; member != NULL; member = member->next) {
        size_t i = 0;
        while (i < sizeof MEMBERS / sizeof MEMBERS[0] &&
               !pte_bytes_equal(member->name, pte_str(MEMBERS[i].name))) {
            i++;
        }
        if (i == sizeof MEMBERS / sizeof MEMBERS[0]) {
            return refuse_syntax(r, member);
        }
        *(const pt__json **)(void *)((char *)s + MEMBERS[i].offset) = member;
    }
    return PT__OK;
}

static pt__exception check_members(statement *s, const reader *r) {
    if (s->effect == NULL) {
        return refuse(r, "Missing required field Effect");
    }
    s->allows = pt__policy_matches(pte_str("Allow"), s->effect->text, true);
    if (s->effect->type != PT__JSON_STRING ||
        (!s->allows && !pt__policy_matches(pte_str("Deny"), s->effect->text, true))) {
        return pt__refuse(r->failure, PT__VALIDATION, DOCUMENT "Invalid effect: %.*s",
                          PT__SHOW(s->effect->text)); /* IAM's */
    }
    if (s->sid != NULL && s->sid->type != PT__JSON_STRING) {
        return refuse_syntax(r, s->sid);
    }
    if (s->principal != NULL && s->not_principal != NULL) {
        return refuse_syntax(r, s->not_principal);
    }
    if (s->action != NULL && s->not_action != NULL) {
        return refuse_syntax(r, s->not_action);
    }
    if (s->resource != NULL && s->not_resource != NULL) {
        return refuse_syntax(r, s->not_resource);
    }
    if (s->principal == NULL && s->not_principal == NULL) {
        return refuse(r, "Missing required field Principal"); /* IAM's */
    }
    if (s->allows && s->not_principal != NULL) {
        return refuse(r, "Allow with NotPrincipal is not allowed."); /* IAM's */
    }
    if (s->action == NULL && s->not_action == NULL) {
        return refuse(r, "Missing required field Action"); /* IAM's */
    }
    return s->resource == NULL && s->not_resource == NULL
               ? refuse(r, "Missing required field Resource")
               : PT__OK;
}

static pt__exception write_statement(reader *r, const pt__json *found) {
    statement s;
    pt__exception exception = read_members(&s, r, found);
    if (exception == PT__OK) {
        exception = check_members(&s, r);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__out_object(&r->out);
    if (s.sid != NULL) {
        pt__out_member_string(&r->out, "Sid", s.sid->text);
    }
    pt__out_member_text(&r->out, "Effect", s.allows ? "Allow" : "Deny");
    exception = write_principal(r, &s);
    if (exception == PT__OK) {
        exception = write_actions_and_resources(r, &s);
    }
    if (exception == PT__OK && s.condition != NULL) {
        exception = write_condition(r, s.condition);
    }
    pt__out_object_end(&r->out);
    return exception;
}

/* Statements are objects by now. */
static pt__exception check_sids(const reader *r, const pt__json *first) {
    for (const pt__json *one = first; one != NULL; one = one->next) {
        const pt__json *sid = pt__json_member(one, "Sid");
        for (const pt__json *other = first; sid != NULL && other != one; other = other->next) {
            const pt__json *earlier = pt__json_member(other, "Sid");
            if (earlier != NULL && pte_bytes_equal(sid->text, earlier->text)) {
                return refuse(r, "The Statement Ids in the policy are not unique");
            }
        }
    }
    return PT__OK;
}

static pt__exception write_statements(reader *r, const pt__json *found) {
    if (found->type != PT__JSON_ARRAY && found->type != PT__JSON_OBJECT) {
        return refuse_syntax(r, found);
    }
    bool is_list = found->type == PT__JSON_ARRAY;
    if (is_list && found->first == NULL) {
        return refuse(r, "Could not parse the policy: Statement is empty!");
    }
    pt__exception exception = PT__OK;
    pt__out_name(&r->out, "Statement");
    pt__out_array(&r->out);
    for (const pt__json *one = is_list ? found->first : found; one != NULL && exception == PT__OK;
         one = is_list ? one->next : NULL) {
        exception = write_statement(r, one);
    }
    pt__out_array_end(&r->out);
    return exception == PT__OK && is_list ? check_sids(r, found->first) : exception;
}

/* ---- documents ---- */

static pt__exception write_document(reader *r, const pt__json *root) {
    const pt__json *version = pt__json_member(root, "Version");
    const pt__json *id = pt__json_member(root, "Id");
    const pt__json *statements = pt__json_member(root, "Statement");
    for (const pt__json *member = root->first; member != NULL; member = member->next) {
        if (member != version && member != id && member != statements) {
            return refuse_syntax(r, member);
        }
    }
    pt__out_object(&r->out);
    if (version != NULL) {
        if (version->type != PT__JSON_STRING ||
            (!pte_bytes_equal(version->text, pte_str("2012-10-17")) &&
             !pte_bytes_equal(version->text, pte_str("2008-10-17")))) {
            return refuse(r, "The policy must contain a valid version string"); /* IAM's */
        }
        pt__out_member_string(&r->out, "Version", version->text);
    }
    if (id != NULL) {
        if (id->type != PT__JSON_STRING) {
            return refuse_syntax(r, id);
        }
        pt__out_member_string(&r->out, "Id", id->text);
    }
    pt__exception exception =
        statements != NULL ? write_statements(r, statements) : refuse_syntax(r, NULL);
    pt__out_object_end(&r->out);
    return exception;
}

pt__exception pt__policy_read(pt__policy_document *document, pte_bytes text, pte_bytes arn,
                              bool is_stream, pt__failure *failure) {
    reader r = {.text = text,
                .arn = arn,
                .is_stream = is_stream,
                .failure = failure,
                .out = {.allocator = failure->arena->allocator}};
    *document = (pt__policy_document){.locks_out = false};
    if (text.len > PT__POLICY_BYTES_MAX) {
        return pt__refuse(failure, PT__VALIDATION,
                          INVALID "Maximum policy size of %d bytes exceeded", PT__POLICY_BYTES_MAX);
    }
    if (pte_bytes_equal(text, pte_str("null"))) {
        return refuse(&r, "This text appears not to be a policy");
    }
    const pt__json *root;
    pt__exception exception = pt__json_read(&root, text, failure->arena, failure);
    if (exception == PT__SERIALIZATION) {
        return refuse(&r, "This policy contains invalid Json");
    }
    if (exception == PT__OK) {
        exception = write_document(&r, root);
    }
    if (exception == PT__OK) {
        document->locks_out = r.locks_out;
        document->text =
            r.out.failed
                ? (pte_bytes){NULL, 0}
                : pte__arena_copy(failure->arena, pte_view(r.out.buffer.data, r.out.buffer.len));
        exception = document->text.data != NULL ? PT__OK : pt__refuse_memory(failure);
    }
    pt__out_clean_up(&r.out);
    return exception;
}

pt__exception pt__policy_show(pte_bytes *shown, pte_bytes document, pt__failure *failure) {
    static const char with[] = "{\"Version\":";
    static const char oldest[] = "{\"Version\":\"2008-10-17\",";
    *shown = document;
    if (document.len >= sizeof with - 1 && memcmp(document.data, with, sizeof with - 1) == 0) {
        return PT__OK;
    }
    size_t len = sizeof oldest - 1 + document.len - 1;
    char *text = pte__arena_alloc(failure->arena, len);
    if (text == NULL) {
        return pt__refuse_memory(failure);
    }
    memcpy(text, oldest, sizeof oldest - 1);
    memcpy(text + sizeof oldest - 1, document.data + 1, document.len - 1);
    *shown = pte_view(text, len);
    return PT__OK;
}
