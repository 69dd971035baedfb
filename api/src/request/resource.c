/* What the ARN of a resource names. */
#include "request/resource.h"

#include "shape/arn.h"

#define INVALID "One or more parameter values were invalid: "

enum { NAME_BYTES_MIN = 3, NAME_BYTES_MAX = 255 };

static bool is(pte_bytes bytes, const char *text) {
    return pte_bytes_equal(bytes, pte_str(text));
}

static pt__exception refuse_other(pte_bytes arn, pt__failure *failure) {
    return pt__refuse(failure, PT__VALIDATION,
                      INVALID "Provided Arn is not a DynamoDB resource arn: %.*s", PT__SHOW(arn));
}

/* What stands behind "table/": NAME or NAME/stream/LABEL. */
static pt__exception read_path(pt__resource *resource, pte_bytes path, pt__failure *failure) {
    resource->table = pt__arn_take(&path, '/');
    bool named = resource->table.len >= NAME_BYTES_MIN && resource->table.len <= NAME_BYTES_MAX;
    if (!named || path.len == 0) {
        return named ? PT__OK : refuse_other(resource->arn, failure);
    }
    pte_bytes kind = pt__arn_take(&path, '/');
    if (is(kind, "index") && path.len != 0) {
        return pt__refuse(failure, PT__VALIDATION,
                          INVALID "Invalid resource arn provided, only table or stream is "
                                  "accepted. Provided resource arn: %.*s",
                          PT__SHOW(resource->arn));
    }
    resource->stream = pt__arn_take(&path, '/');
    return is(kind, "stream") && resource->stream.len != 0 && path.len == 0
               ? PT__OK
               : refuse_other(resource->arn, failure);
}

pt__exception pt__resource_read(pt__resource *resource, pte_bytes arn, pt__failure *failure) {
    *resource = (pt__resource){.arn = arn};
    pt__arn parts;
    if (!pt__arn_split(&parts, arn)) {
        return pt__refuse(failure, PT__VALIDATION, INVALID "ARNs must start with 'arn:': %.*s",
                          PT__SHOW(arn));
    }
    resource->partition = parts.partition;
    resource->region = parts.region;
    resource->account = parts.account;
    pte_bytes path = parts.resource;
    pte_bytes kind = pt__arn_take(&path, '/');
    return is(parts.service, "dynamodb") && is(kind, "table") ? read_path(resource, path, failure)
                                                              : refuse_other(arn, failure);
}
