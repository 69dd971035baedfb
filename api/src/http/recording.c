/* The lines of a recording; see recording.h. Calls line_log.c. */
#include "http/recording.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* Room for the longest body and a little more; touched as far as it is needed. */
enum { BUFFER_BYTES = 20 * 1024 * 1024 };

int pt__recording_open(pt__line_log **opened, const char *path, pt__line_log_loss loss) {
    /* It has the items in it, which are nobody else's to read. */
    const pt__line_log_options options = {
        .path = path, .mode = 0600, .buffer_bytes = BUFFER_BYTES, .loss = loss};
    int error = pt__line_log_open(opened, &options);
    if (error != 0) {
        return error;
    }
    char line[96];
    struct tm parts;
    time_t now = time(NULL);
    gmtime_r(&now, &parts);
    size_t len =
        strftime(line, sizeof line, "{\"recording\":1,\"time\":\"%Y-%m-%dT%H:%M:%SZ\"}", &parts);
    const pte_bytes whole = pte_view(line, len);
    pt__line_log_put(*opened, &whole, 1);
    return 0;
}

/* The facade has read the body: so it is JSON, and a line of it is one, too. */
static bool was_read(const pt__recorded *recorded) {
    return recorded->operation.len != 0 && recorded->body.len != 0 &&
           !pte_bytes_equal(recorded->error, pte_str("SerializationException")) &&
           !pte_bytes_equal(recorded->error, pte_str("UnknownOperationException"));
}

void pt__recording_put(pt__line_log *recording, const pt__recorded *recorded) {
    char us[48];
    if (!was_read(recorded)) {
        return;
    }
    pte_bytes region = recorded->region.len != 0 ? recorded->region : pte_str("us-east-1");
    snprintf(us, sizeof us, "{\"us\":%" PRIu64 ",\"region\":\"", recorded->us);
    const pte_bytes parts[] = {
        pte_str(us),
        region,
        pte_str("\",\"operation\":\""),
        recorded->operation,
        pte_str("\",\"body\":"),
        recorded->body,
        pte_str("}"),
    };
    pt__line_log_put(recording, parts, sizeof parts / sizeof parts[0]);
}
