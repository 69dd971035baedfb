/* Commands on a database, carried out here or by another process. */
#include "remote.h"

#include <pocketable/engine/table.h>
#include <pocketable/engine/upkeep.h>
#include <pocketable/engine/write.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LARGE_BYTES = 390 * 1000, ANSWER_US_MAX = 60 * 1000 * 1000 };

static const pte_index_spec BY_COLOUR = {
    .name = {(const uint8_t *)"by_colour", 9},
    .hash = {{{(const uint8_t *)"colour", 6}, PTE_TYPE_S}},
    .hash_count = 1,
    .projection = PTE_PROJECT_KEYS_ONLY,
};

/*
 * AddressSanitizer would keep what is freed, and a process that is short of address space has none
 * for that: LMDB takes 3 MB whenever the engine tries another size of the map.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "quarantine_size_mb=0:thread_local_quarantine_size_kb=0";
}

/* ---- Carrying out ---- */

static size_t address_bytes(void) {
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%lu", &pages) != 1) {
        abort();
    }
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Opens with so little address space that the map is small, and gives it back then. */
static pte_status open_short(remote *r, const char *folder, const pte_env_options *options,
                             pte_error *error) {
    struct rlimit usual;
    getrlimit(RLIMIT_AS, &usual);
    struct rlimit few = {.rlim_cur = address_bytes() + REMOTE_ADDRESS_BYTES,
                         .rlim_max = usual.rlim_max};
    setrlimit(RLIMIT_AS, &few);
    pte_status status = pte_env_open(&r->env, folder, options, error);
    setrlimit(RLIMIT_AS, &usual);
    return status;
}

static pte_status open_env(remote *r, const remote_command *command, pte_error *error) {
    const pte_env_options options = {.durability = PTE_RELAXED};
    if (command->number == REMOTE_SHORT_OF_ADDRESSES) {
        return open_short(r, command->name, &options, error);
    }
    return pte_env_open(&r->env, command->name, &options, error);
}

static pte_status close_env(remote *r) {
    while (r->held_count > 0) {
        pte_read_end(r->held[--r->held_count]);
    }
    pte_env_close(r->env);
    r->env = NULL;
    return PTE_OK;
}

static pte_status create(remote *r, const remote_command *command, pte_error *error) {
    const pte_table_spec spec = {
        .name = pte_str(command->name),
        .hash = {pte_str("id"), command->number == 0 ? PTE_TYPE_S : PTE_TYPE_N}};
    return pte_table_create(r->env, &spec, error);
}

static pte_status alter(remote *r, const remote_command *command, pte_error *error) {
    const pte_bytes table = pte_str(command->name);
    const pte_table_change add = {.add_index = &BY_COLOUR};
    const pte_table_change drop = {.drop_index = BY_COLOUR.name};
    bool adds = command->verb == REMOTE_ADD_INDEX;
    pte_status status = pte_table_alter(r->env, table, adds ? &add : &drop, error);
    return status == PTE_OK && adds ? pte_backfill(r->env, table, NULL, NULL, error) : status;
}

static pte_status put(remote *r, const remote_command *command, pte_error *error) {
    static char large[LARGE_BYTES];
    static unsigned char fill;
    char id[24];
    pte_item item;
    pte_builder *builder;
    pte_status status = pte_builder_create(&builder, NULL, error);
    if (status != PTE_OK) {
        return status;
    }
    snprintf(id, sizeof id, "%llu", (unsigned long long)command->number);
    if (command->verb == REMOTE_PUT_N) {
        pte_builder_add_number(builder, "id", id);
    } else {
        pte_builder_add_string(builder, "id", id);
    }
    pte_builder_add_string(builder, "colour", "red");
    if (command->verb == REMOTE_PUT_LARGE) {
        memset(large, ++fill, sizeof large); /* an item that stays as it is would not be written */
        pte_builder_name(builder, pte_str("large"));
        pte_builder_binary(builder, pte_view(large, sizeof large));
    }
    status = pte_builder_item(&item, builder, error);
    if (status == PTE_OK) {
        status = pte_put(r->env, pte_str(command->name), &item, error);
    }
    pte_builder_destroy(builder);
    return status;
}

static pte_status get(pte_read *read, const remote_command *command, pte_error *error) {
    char id[24];
    pte_item item;
    snprintf(id, sizeof id, "%llu", (unsigned long long)command->number);
    const pte_key key = {.hash = command->verb == REMOTE_GET_N ? pte_n(id) : pte_s(id)};
    return pte_read_item(&item, read, pte_str(command->name), &key, error);
}

static pte_status count(uint64_t *number, pte_read *read, const remote_command *command,
                        pte_error *error) {
    pte_cursor *cursor;
    pte_item item;
    const pte_query query = {.table = pte_str(command->name),
                             .index = BY_COLOUR.name,
                             .hash = {pte_s("red")},
                             .hash_count = 1};
    pte_status status = pte_query_open(&cursor, read, &query, error);
    while (status == PTE_OK) {
        status = pte_cursor_next(&item, cursor, error);
        *number += status == PTE_OK ? 1 : 0;
    }
    return status == PTE_END ? PTE_OK : status;
}

static pte_status look(uint64_t *number, remote *r, const remote_command *command,
                       pte_error *error) {
    pte_read *read;
    pte_status status = pte_read_begin(&read, r->env, error);
    if (status == PTE_OK) {
        status = command->verb == REMOTE_COUNT ? count(number, read, command, error)
                                               : get(read, command, error);
        pte_read_end(read);
    }
    return status;
}

static pte_status describe(uint64_t *number, remote *r, const remote_command *command,
                           pte_error *error) {
    pte_env_info info;
    pte_status status = pte_env_describe(&info, r->env, error);
    *number = command->verb == REMOTE_MAP_BYTES    ? info.map_bytes
              : command->verb == REMOTE_USED_BYTES ? info.used_bytes
                                                   : info.readers_used;
    return status;
}

static pte_status carry_out(uint64_t *number, remote *r, const remote_command *command,
                            pte_error *error) {
    switch (command->verb) {
    case REMOTE_OPEN:
        return open_env(r, command, error);
    case REMOTE_CLOSE:
        return close_env(r);
    case REMOTE_CREATE:
        return create(r, command, error);
    case REMOTE_DROP:
        return pte_table_drop(r->env, pte_str(command->name), error);
    case REMOTE_ADD_INDEX:
    case REMOTE_DROP_INDEX:
        return alter(r, command, error);
    case REMOTE_PUT_S:
    case REMOTE_PUT_N:
    case REMOTE_PUT_LARGE:
        return put(r, command, error);
    case REMOTE_GET_S:
    case REMOTE_GET_N:
    case REMOTE_COUNT:
        return look(number, r, command, error);
    case REMOTE_HOLD:
        return r->held_count < REMOTE_HELD_MAX
                   ? pte_read_begin(&r->held[r->held_count++], r->env, error)
                   : PTE_LIMIT;
    default:
        return describe(number, r, command, error);
    }
}

int remote_main(void) {
    remote here = {0};
    remote_command command;
    test_process_bind();
    while (test_pipe_read(STDIN_FILENO, &command, sizeof command, INT64_MAX) == 1 &&
           command.verb != REMOTE_LEAVE) {
        remote_answer answer = {0};
        answer.status = carry_out(&answer.number, &here, &command, &answer.error);
        if (!test_pipe_write(STDOUT_FILENO, &answer, sizeof answer)) {
            break;
        }
    }
    (void)close_env(&here);
    return 0;
}

/* ---- Telling ---- */

void remote_start(remote *r) {
    const char *arguments[] = {"remote", NULL};
    test_process_start(&r->process, arguments);
}

remote_answer remote_tell(remote *r, remote_verb verb, const char *name, uint64_t number) {
    remote_command command = {.verb = verb, .number = number};
    remote_answer answer = {0};
    snprintf(command.name, sizeof command.name, "%s", name);
    if (r->process.pid == 0) {
        answer.status = carry_out(&answer.number, r, &command, &answer.error);
        return answer;
    }
    if (!test_pipe_write(r->process.in, &command, sizeof command) ||
        test_pipe_read(r->process.out, &answer, sizeof answer, test_now_us() + ANSWER_US_MAX) !=
            1) {
        fail_msg("the other process does not answer command %d", (int)verb);
    }
    return answer;
}

uint64_t remote_expect_at(pte_status expected, remote *r, remote_verb verb, const char *name,
                          uint64_t number, const char *file, int line) {
    char call[300];
    remote_answer answer = remote_tell(r, verb, name, number);
    snprintf(call, sizeof call, "command %d (%s, %llu) %s", (int)verb, name,
             (unsigned long long)number, r->process.pid == 0 ? "here" : "in the other process");
    test_expect_at(expected, (pte_status)answer.status, &answer.error, call, file, line);
    return answer.number;
}
