/* Names of streams, shards and records. */
#include "operation/stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- labels ---- */

void pt__stream_label(char label[PT__STREAM_LABEL_ROOM], int64_t begun_ms) {
    char day[40];
    time_t seconds = (time_t)(begun_ms / 1000);
    struct tm utc;
    label[0] = '\0';
    if (gmtime_r(&seconds, &utc) != NULL && strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc)) {
        (void)snprintf(label, PT__STREAM_LABEL_ROOM, "%s.%03d", day, (int)(begun_ms % 1000));
    }
}

/* -1 if it is not just what a time would be written as. */
static int64_t parse_label(pte_bytes label) {
    char text[PT__STREAM_LABEL_ROOM];
    char again[PT__STREAM_LABEL_ROOM];
    struct tm utc = {0};
    if (label.len == 0 || label.len >= sizeof text || memchr(label.data, 0, label.len) != NULL) {
        return -1;
    }
    memcpy(text, label.data, label.len);
    text[label.len] = '\0';
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
    if (rest == NULL || rest[0] != '.') {
        return -1;
    }
    int64_t ms = (int64_t)timegm(&utc) * 1000 + strtol(rest + 1, NULL, 10) % 1000;
    pt__stream_label(again, ms);
    return ms >= 0 && strcmp(text, again) == 0 ? ms : -1;
}

/* ---- ARNs ---- */

static const char BETWEEN[] = "/stream/";

static pte_bytes arn_of(pt__call *call, pte_bytes table_name, const char *label) {
    pte_bytes table = pt__table_arn(call, table_name);
    size_t len = table.len + sizeof BETWEEN - 1 + strlen(label);
    char *text = table.len != 0 ? pte__arena_alloc(&call->arena, len + 1) : NULL;
    if (text == NULL) {
        return (pte_bytes){NULL, 0};
    }
    (void)snprintf(text, len + 1, "%.*s%s%s", PT__SHOW(table), BETWEEN, label);
    return pte_view(text, len);
}

pte_bytes pt__stream_arn(pt__call *call, pte_bytes table_name, int64_t begun_ms) {
    char label[PT__STREAM_LABEL_ROOM];
    pt__stream_label(label, begun_ms);
    return arn_of(call, table_name, label);
}

const char *pt__stream_view_type(pte_change_images images) {
    static const char *const types[] = {
        [PTE_CHANGES_OFF] = "",
        [PTE_CHANGES_KEYS_ONLY] = "KEYS_ONLY",
        [PTE_CHANGES_NEW_IMAGE] = "NEW_IMAGE",
        [PTE_CHANGES_OLD_IMAGE] = "OLD_IMAGE",
        [PTE_CHANGES_NEW_AND_OLD_IMAGES] = "NEW_AND_OLD_IMAGES",
    };
    return types[images];
}

pt__exception pt__stream_not_found(pt__call *call, pte_bytes arn) {
    return pt__refuse(&call->failure, PT__RESOURCE_NOT_FOUND,
                      "Requested resource not found: Stream: %.*s not found", PT__SHOW(arn));
}

static bool is(pte_bytes bytes, const char *text) {
    return pte_bytes_equal(bytes, pte_str(text));
}

pt__exception pt__stream_arn_split(pte_bytes *table_name, int64_t *begun_ms, pt__call *call,
                                   pte_bytes arn) {
    pt__arn parts;
    (void)pt__arn_split(&parts, arn);
    pte_bytes path = parts.resource;
    pte_bytes kind = pt__arn_take(&path, '/');
    const uint8_t *between =
        path.len == 0 ? NULL : memmem(path.data, path.len, BETWEEN, sizeof BETWEEN - 1);
    if (!is(parts.partition, "aws") || !is(parts.service, "dynamodb") || !is(kind, "table") ||
        between == NULL) {
        return pt__refuse(&call->failure, PT__VALIDATION, "Invalid StreamArn");
    }
    size_t name_len = (size_t)(between - path.data);
    size_t label_at = name_len + sizeof BETWEEN - 1;
    *table_name = pte_view(path.data, name_len);
    *begun_ms = parse_label(pte_view(path.data + label_at, path.len - label_at));
    return pte_bytes_equal(parts.region, call->region) && is(parts.account, PT__ACCOUNT)
               ? PT__OK
               : pt__stream_not_found(call, arn);
}

pt__exception pt__stream_find(pte_stream_info *info, pt__call *call, pte_bytes arn) {
    pte_bytes name;
    pte_bytes engine_name = {NULL, 0};
    int64_t begun_ms;
    pte_error error;
    pt__exception exception = pt__stream_arn_split(&name, &begun_ms, call, arn);
    if (exception == PT__OK) {
        exception = pt__call_in_region(&engine_name, call, name);
    }
    if (exception == PT__OK) {
        exception = pt__call_read(call);
    }
    if (exception != PT__OK) {
        return exception;
    }
    if (begun_ms < 0 || engine_name.len > PTE_TABLE_NAME_BYTES_MAX) {
        return pt__stream_not_found(call, arn);
    }
    pte_status status = pte_stream_find(info, call->read, engine_name, begun_ms, &error);
    if (status == PTE_NOT_FOUND) {
        return pt__stream_not_found(call, arn);
    }
    return status == PTE_OK ? PT__OK : pt__refuse_engine(&call->failure, status, &error);
}

pte_bytes pt__stream_table_name(const pt__call *call, const pte_stream_info *info) {
    size_t prefix = call->space.len + 1;
    return pte_view(info->table.data + prefix, info->table.len - prefix);
}

/* ---- shards and records ---- */

/* The first 32 bits of the partition hashes that it begins with tell a shard from the others. */
void pt__stream_shard_id(char id[PT__SHARD_ID_ROOM], const pte_stream_info *info, unsigned shard) {
    uint64_t lowest = (((uint64_t)shard << 32) + info->shards - 1) / info->shards;
    (void)snprintf(id, PT__SHARD_ID_ROOM, "shardId-%020" PRId64 "-%08" PRIx32, info->begun_ms,
                   (uint32_t)lowest);
}

void pt__stream_sequence(char text[PT__SEQUENCE_DIGITS + 1], uint64_t sequence) {
    (void)snprintf(text, PT__SEQUENCE_DIGITS + 1, "1%020" PRIu64, sequence);
}

bool pt__stream_sequence_parse(uint64_t *sequence, pte_bytes text) {
    uint64_t sum = 0;
    if (text.len != PT__SEQUENCE_DIGITS || text.data[0] != '1') {
        return false;
    }
    for (size_t i = 1; i < text.len; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9 || sum > (UINT64_MAX - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *sequence = sum;
    return true;
}
