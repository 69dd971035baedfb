/* What is told of requests: counts and a line in the access log; and the answer that tells the
 * counts. Reading counts takes no lock; see metrics.h. */
#include "http/http.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now_ns(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* "Name" of an error's body {"__type":"namespace#Name", which all begin so. */
static pte_bytes error_type(const pt__http_answer *answer) {
    static const char start[] = "{\"__type\":\"";
    const char *at = (const char *)answer->body.data;
    if (answer->status < 400 || answer->body.len < sizeof start ||
        memcmp(at, start, sizeof start - 1) != 0) {
        return pte_str("");
    }
    at += sizeof start - 1;
    const char *end = memchr(at, '"', answer->body.len - (sizeof start - 1));
    const char *hash = end == NULL ? NULL : memchr(at, '#', (size_t)(end - at));
    at = hash == NULL ? at : hash + 1;
    return end == NULL ? pte_str("") : pte_view(at, (size_t)(end - at));
}

void pt__http_account_begin(pt__http_request *request) {
    request->whole_ns = now_ns(CLOCK_MONOTONIC);
    pt__http_peer_is(request->loop, request->peer, PT__PEER_WORKING, 0);
}

static void log_access(const pt__http_request *request, const pt__http_answer *answer,
                       const pt__served *served) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const pt__access access = {
        .time_ms = (int64_t)(now_ns(CLOCK_REALTIME) / 1000000),
        .remote = info == NULL ? NULL : info->client_addr,
        .region = request->region,
        .operation = served->operation,
        .body = pte_view(request->body, request->body_bytes),
        .status = answer->status,
        .error = served->error,
        .bytes_in = served->bytes_in,
        .bytes_out = served->bytes_out,
        .us = served->ns / 1000,
    };
    pt__access_log_put(request->server->log, &access);
}

static void record(const pt__http_request *request, const pt__served *served) {
    uint64_t began_ns = request->server->recording_ns;
    const pt__recorded recorded = {
        .us = request->whole_ns > began_ns ? (request->whole_ns - began_ns) / 1000 : 0,
        .region = request->region,
        .operation = served->operation,
        .body = pte_view(request->body, request->body_bytes),
        .error = served->error,
    };
    pt__recording_put(request->server->recording, &recorded);
}

void pt__http_account_end(pt__http_request *request, const pt__http_answer *answer,
                          size_t bytes_out) {
    uint64_t now = now_ns(CLOCK_MONOTONIC);
    const pt__served served = {
        .operation = request->operation,
        .error = error_type(answer),
        .bytes_in = request->body_received,
        .bytes_out = bytes_out,
        /* Some are answered before all of them is there. */
        .ns = request->whole_ns == 0 ? 0 : now - request->whole_ns,
    };
    pt__metrics_count(&request->loop->metrics, &served);
    if (request->server->log != NULL) {
        log_access(request, answer, &served);
    }
    if (request->server->recording != NULL) {
        record(request, &served);
    }
}

/* ---- GET /metrics ---- */

static void write_one(FILE *out, const char *name, const char *type, const char *help,
                      uint64_t value) {
    fprintf(out, "# HELP pocketable_%s %s\n# TYPE pocketable_%s %s\npocketable_%s %" PRIu64 "\n",
            name, help, name, type, name, value);
}

static void write_server(FILE *out, pt_server *server) {
    uint64_t open = 0;
    for (unsigned i = 0; i < server->loop_count; i++) {
        open += atomic_load(&server->loops[i].connections);
    }
    write_one(out, "connections", "gauge", "Connections that are open.", open);
    write_one(out, "connections_max", "gauge", "The most there may be.", server->connections_max);
    write_one(out, "waiting_bodies_bytes", "gauge", "Memory of long requests under way.",
              atomic_load(&server->bodies_bytes));
    if (server->log != NULL) {
        write_one(out, "access_log_lost_lines_total", "counter",
                  "Lines that the access log's file did not take in time.",
                  pt__line_log_lost(server->log));
    }
    if (server->recording != NULL) {
        write_one(out, "recording_lost_lines_total", "counter",
                  "Requests that the recording's file did not take in time.",
                  pt__line_log_lost(server->recording));
    }
}

static void write_groups(FILE *out, const pte_env_info *info) {
    static const char name[] = "pocketable_commit_group_writes";
    uint64_t sum = 0;
    fprintf(out, "# HELP %s Writes that were committed in one transaction.\n# TYPE %s histogram\n",
            name, name);
    for (size_t i = 0; i + 1 < PTE_GROUP_SIZES; i++) {
        sum += info->groups_of[i];
        fprintf(out, "%s_bucket{le=\"%zu\"} %" PRIu64 "\n", name, (size_t)1 << i, sum);
    }
    fprintf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum %" PRIu64 "\n%s_count %" PRIu64 "\n",
            name, info->groups, name, info->grouped_writes, name, info->groups);
}

static void write_database(FILE *out, pt_server *server) {
    pte_env_info info;
    if (pte_env_describe(&info, pt_database_env(server->database), NULL) != PTE_OK) {
        return; /* what can be told is */
    }
    write_groups(out, &info);
    write_one(out, "map_bytes", "gauge", "The most that the database may grow to.", info.map_bytes);
    write_one(out, "map_used_bytes", "gauge", "Of it, what has been in use.", info.used_bytes);
    write_one(out, "map_free_bytes", "gauge", "Of that, what is free again.", info.free_bytes);
    write_one(out, "readers", "gauge", "Slots of readers that are taken.", info.readers_used);
    write_one(out, "readers_max", "gauge", "Slots of readers.", info.readers_max);
    write_one(out, "tables", "gauge", "Tables, of all regions.", info.tables);
    write_one(out, "items", "gauge", "Items, of all tables.", info.items);
    write_one(out, "index_entries", "gauge", "Entries, of all indexes.", info.index_entries);
}

static bool write_all(pt_server *server, char **text, size_t *len) {
    FILE *out = open_memstream(text, len);
    pt__metrics **all = calloc(server->loop_count, sizeof(void *));
    if (out != NULL && all != NULL) {
        for (unsigned i = 0; i < server->loop_count; i++) {
            all[i] = &server->loops[i].metrics;
        }
        pt__metrics_write(out, all, server->loop_count);
        write_server(out, server);
        write_database(out, server);
    }
    bool written = out != NULL && all != NULL && ferror(out) == 0;
    free(all);
    written = out != NULL && fclose(out) == 0 && written;
    return written;
}

enum MHD_Result pt__http_send_metrics(pt__http_request *request) {
    char *text = NULL;
    size_t len = 0;
    if (!write_all(request->server, &text, &len)) {
        free(text);
        return pt__http_send_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR,
                                   "com.amazonaws.dynamodb.v20120810#InternalServerError",
                                   "The server has no memory for the request");
    }
    return pt__http_send(request, (pt__http_answer){
                                      .status = MHD_HTTP_OK,
                                      .content_type = "text/plain; version=0.0.4; charset=utf-8",
                                      .body = pte_view(text, len),
                                      .owned = text,
                                  });
}
