/* Taking ARNs apart. */
#include "request/resource.h"

#define INVALID "One or more parameter values were invalid: "

enum { NAME_BYTES_MIN = 3, NAME_BYTES_MAX = 255 };

/* Takes what stands before the next separator (all of it where there is none) off rest. */
static pte_bytes take(pte_bytes *rest, char separator) {
    const uint8_t *end = rest->data == NULL ? NULL : memchr(rest->data, separator, rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);
    size_t step = end == NULL ? len : len + 1;
    pte_bytes part = pte_view(rest->data, len);
    *rest = pte_view(step == rest->len ? NULL : rest->data + step, rest->len - step);
    return part;
}

static bool is(pte_bytes bytes, const char *text) {
    return pte_bytes_equal(bytes, pte_str(text));
}

static pt__exception refuse_other(pte_bytes arn, pt__failure *failure) {
    return pt__refuse(failure, PT__VALIDATION,
                      INVALID "Provided Arn is not a DynamoDB resource arn: %.*s", PT__SHOW(arn));
}

/* What stands behind "table/": NAME or NAME/stream/LABEL. */
static pt__exception read_path(pt__resource *resource, pte_bytes path, pt__failure *failure) {
    resource->table = take(&path, '/');
    bool named = resource->table.len >= NAME_BYTES_MIN && resource->table.len <= NAME_BYTES_MAX;
    if (!named || path.len == 0) {
        return named ? PT__OK : refuse_other(resource->arn, failure);
    }
    pte_bytes kind = take(&path, '/');
    if (is(kind, "index") && path.len != 0) {
        return pt__refuse(failure, PT__VALIDATION,
                          INVALID "Invalid resource arn provided, only table or stream is "
                                  "accepted. Provided resource arn: %.*s",
                          PT__SHOW(resource->arn));
    }
    resource->stream = take(&path, '/');
    return is(kind, "stream") && resource->stream.len != 0 && path.len == 0
               ? PT__OK
               : refuse_other(resource->arn, failure);
}

pt__exception pt__resource_read(pt__resource *resource, pte_bytes arn, pt__failure *failure) {
    *resource = (pt__resource){.arn = arn};
    pte_bytes rest = arn;
    if (arn.len < 4 || memcmp(arn.data, "arn:", 4) != 0) {
        return pt__refuse(failure, PT__VALIDATION, INVALID "ARNs must start with 'arn:': %.*s",
                          PT__SHOW(arn));
    }
    (void)take(&rest, ':');
    resource->partition = take(&rest, ':');
    pte_bytes service = take(&rest, ':');
    resource->region = take(&rest, ':');
    resource->account = take(&rest, ':');
    pte_bytes kind = take(&rest, '/');
    return is(service, "dynamodb") && is(kind, "table") ? read_path(resource, rest, failure)
                                                        : refuse_other(arn, failure);
}
