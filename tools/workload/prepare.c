/* Tables and items of a run; see run.h. */
#include "workload/answer.h"
#include "workload/memory.h"
#include "workload/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yajl/yajl_tree.h>

enum {
    BATCH_ITEMS = 25, /* BatchWriteItem's most */
    /* A longer batch is sent before it is full: 16 MB is the most. */
    BATCH_BYTES = 8 * 1024 * 1024,
    ACTIVE_TRIES = 600,
    ACTIVE_PAUSE_MS = 100,
};

bool wl__run_fails(wl_complaint *complaint, const wl_workload *workload, size_t line,
                   const char *format, ...) {
    va_list arguments;
    *complaint = (wl_complaint){.file = wl_workload_path(workload), .line = line};
    va_start(arguments, format);
    vsnprintf(complaint->message, sizeof complaint->message, format, arguments);
    va_end(arguments);
    return false;
}

uint64_t wl__now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* ---- requests ---- */

/* What a run sends before it is measured. */
typedef struct sender {
    const wl_workload *workload;
    qp_door *door;
    wl__answer *answer; /* to the last request */
    pt_reply reply;
    wl_complaint *complaint;
    const wl_run_options *options;
    uint64_t done, total;
} sender;

/* Sends; false: the way failed. What was answered is in the sender. */
static bool send_request(sender *s, const char *operation, pte_bytes body) {
    pte_error error = {0};
    if (s->door->call(s->door, operation, body, &s->reply, &error) != PTE_OK) {
        return wl__run_fails(s->complaint, s->workload, 0, "%s: %s", operation, error.message);
    }
    if (!wl__answer_read(s->answer, s->workload, &s->reply, true)) {
        return wl__run_fails(s->complaint, s->workload, 0,
                             "%s: the answer is not JSON, or there is no memory", operation);
    }
    return true;
}

static bool refused(sender *s, size_t line, const char *what, const char *name) {
    if (s->answer->exception[0] == '\0') {
        return wl__run_fails(s->complaint, s->workload, line,
                             "%s %s: an answer of status %d that names no error", what, name,
                             s->reply.status);
    }
    return wl__run_fails(s->complaint, s->workload, line, "%s %s: %s: %s", what, name,
                         s->answer->exception, s->answer->message);
}

static void write_name(wl_text *body, const char *table) {
    wl__text_reset(body);
    wl__text_raw(body, "{\"TableName\":\"");
    wl__text_raw(body, table);
    wl__text_raw(body, "\"}");
}

/* ---- tables ---- */

/* Whether DescribeTable's answer says that the table, and its indexes, are there to be used. */
static bool is_active(pt_reply reply) {
    /* Statuses are members of their own here, and no name can have quotes in it. */
    const char *body = (const char *)reply.body.data;
    return reply.status == 200 && strstr(body, "\"TableStatus\":\"ACTIVE\"") != NULL &&
           strstr(body, "\"IndexStatus\":\"CREATING\"") == NULL;
}

static bool await_active(sender *s, const char *table) {
    const struct timespec pause = {.tv_nsec = ACTIVE_PAUSE_MS * 1000000L};
    wl_text body = {0};
    bool active = false, fine = true;
    write_name(&body, table);
    for (unsigned i = 0; fine && !active && i < ACTIVE_TRIES; i++) {
        if (i != 0) {
            nanosleep(&pause, NULL);
        }
        fine = send_request(s, "DescribeTable", wl__text_bytes(&body));
        active = fine && is_active(s->reply);
    }
    wl_text_clean_up(&body);
    if (fine && !active) {
        fine =
            wl__run_fails(s->complaint, s->workload, 0, "table %s does not become ACTIVE", table);
    }
    return fine;
}

static bool make_table(sender *s, const wl_table *table) {
    if (!send_request(s, "CreateTable", table->create_table)) {
        return false;
    }
    if (strcmp(s->answer->exception, "ResourceInUseException") == 0) {
        return wl__run_fails(s->complaint, s->workload, 0,
                             "there is a table %s already; name a place where there is none",
                             table->name);
    }
    return s->reply.status == 200 ? await_active(s, table->name)
                                  : refused(s, 0, "table", table->name);
}

static bool sender_init(sender *s, const wl_workload *workload, qp_door *door,
                        wl_complaint *complaint) {
    *s = (sender){.workload = workload, .door = door, .complaint = complaint};
    s->answer = calloc(1, sizeof *s->answer);
    return s->answer != NULL || wl__run_fails(complaint, workload, 0, "no memory");
}

bool wl_run_tables(const wl_workload *workload, qp_door *door, wl_complaint *complaint) {
    sender s;
    bool fine = sender_init(&s, workload, door, complaint);
    for (size_t i = 0; fine && i < wl_table_count(workload); i++) {
        fine = make_table(&s, wl_table_at(workload, i));
        for (size_t made = i; !fine && made-- > 0;) {
            wl_text body = {0};
            pte_error error;
            write_name(&body, wl_table_at(workload, made)->name);
            (void)(door->call(door, "DeleteTable", wl__text_bytes(&body), &s.reply, &error) ==
                   PTE_OK);
            wl_text_clean_up(&body);
        }
    }
    free(s.answer);
    return fine;
}

void wl_run_drop(const wl_workload *workload, qp_door *door) {
    for (size_t i = 0; i < wl_table_count(workload); i++) {
        wl_text body = {0};
        pt_reply reply;
        pte_error error;
        write_name(&body, wl_table_at(workload, i)->name);
        (void)(door->call(door, "DeleteTable", wl__text_bytes(&body), &reply, &error) == PTE_OK);
        wl_text_clean_up(&body);
    }
}

/* ---- items ---- */

static bool put_alone(sender *s, const wl_entity *entity, size_t number, uint64_t n) {
    wl_text item = {0}, body = {0};
    wl_item_make(&item, s->workload, number, n);
    wl__text_raw(&body, "{\"TableName\":\"");
    wl__text_raw(&body, wl_table_at(s->workload, entity->table)->name);
    wl__text_raw(&body, "\",\"Item\":");
    wl__text_add(&body, wl__text_bytes(&item));
    wl__text_raw(&body, "}");
    bool fine = !item.failed && !body.failed;
    if (!fine) {
        wl__run_fails(s->complaint, s->workload, entity->line, "no memory for an item of %s",
                      entity->name);
    }
    fine = fine && send_request(s, "PutItem", wl__text_bytes(&body));
    if (fine && s->reply.status != 200) {
        char name[300];
        snprintf(name, sizeof name, "%.200s %llu", entity->name, (unsigned long long)n);
        fine = refused(s, entity->line, "item", name);
    }
    wl_text_clean_up(&item);
    wl_text_clean_up(&body);
    return fine;
}

/* Writes a batch of the items from n on; returns how many. */
static uint64_t write_batch(wl_text *body, wl_text *item, sender *s, size_t number, uint64_t n) {
    const wl_entity *entity = wl_entity_at(s->workload, number);
    uint64_t count = 0;
    wl__text_reset(body);
    wl__text_raw(body, "{\"RequestItems\":{\"");
    wl__text_raw(body, wl_table_at(s->workload, entity->table)->name);
    wl__text_raw(body, "\":[");
    while (count < BATCH_ITEMS && n + count < entity->count && body->len < BATCH_BYTES &&
           !body->failed) {
        wl__text_reset(item);
        wl_item_make(item, s->workload, number, n + count);
        wl__text_raw(body,
                     count == 0 ? "{\"PutRequest\":{\"Item\":" : ",{\"PutRequest\":{\"Item\":");
        wl__text_add(body, wl__text_bytes(item));
        wl__text_raw(body, "}}");
        body->failed = body->failed || item->failed;
        count++;
    }
    wl__text_raw(body, "]}}");
    return count;
}

/* A batch that is refused (two items of one key, say) or done in part is put item by item. */
static bool load_entity(sender *s, size_t number) {
    const wl_entity *entity = wl_entity_at(s->workload, number);
    wl_text body = {0}, item = {0};
    bool fine = true;
    for (uint64_t n = 0; fine && n < entity->count;) {
        uint64_t count = write_batch(&body, &item, s, number, n);
        fine = !body.failed || wl__run_fails(s->complaint, s->workload, entity->line,
                                             "no memory for items of %s", entity->name);
        fine = fine && send_request(s, "BatchWriteItem", wl__text_bytes(&body));
        bool alone = fine && (s->reply.status != 200 || s->answer->unprocessed != 0);
        for (uint64_t i = 0; fine && alone && i < count; i++) {
            fine = put_alone(s, entity, number, n + i);
        }
        n += count;
        s->done += count;
        if (s->options->on_progress != NULL) {
            s->options->on_progress(s->options->ctx, "loading", s->done, s->total);
        }
        fine = fine && !wl__run_stopped(s->options, s->workload, s->complaint);
    }
    wl_text_clean_up(&item);
    wl_text_clean_up(&body);
    return fine;
}

bool wl_run_load(double *seconds, const wl_workload *workload, qp_door *door,
                 const wl_run_options *options, wl_complaint *complaint) {
    sender s;
    uint64_t start_ns = wl__now_ns();
    *seconds = 0;
    bool fine = sender_init(&s, workload, door, complaint);
    s.options = options;
    for (size_t i = 0; i < wl_entity_count(workload); i++) {
        s.total += wl_entity_at(workload, i)->count;
    }
    for (size_t i = 0; fine && i < wl_entity_count(workload); i++) {
        fine = load_entity(&s, i);
    }
    free(s.answer);
    *seconds = (double)(wl__now_ns() - start_ns) / 1e9;
    return fine;
}
