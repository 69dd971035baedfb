/* `pocketable copy`: a snapshot of a database in use, whole or compact. */
#include "command.h"
#include "terminal.h"

#include <pocketable/engine.h>

static int run(int argc, char **argv);

const tool_command tool_copy_command = {
    .name = "copy",
    .summary = "copy a database, in use or not, into a new directory",
    .help = "Usage: pocketable copy [--compact] FROM TO\n"
            "\n"
            "Copies a snapshot of the database in directory FROM into directory TO, which must\n"
            "be absent or empty. The database may be read and written meanwhile; the copy is\n"
            "what it was when the copy began, and appears only when it is whole.\n"
            "\n"
            "  --compact   leave out free space: slower, smaller\n"
            "\n"
            "Exit status: 0 copied, 1 not copied, 2 not understood.\n",
    .run = run,
};

static pte_status used_bytes(size_t *bytes, pte_env *env, pte_error *error) {
    pte_env_info info;
    pte_status status = pte_env_describe(&info, env, error);
    *bytes = status == PTE_OK ? info.used_bytes : 0;
    return status;
}

/* Opens the copy, which proves that it is a database, and asks for its size. */
static pte_status copied_bytes(size_t *bytes, const char *path, pte_error *error) {
    pte_env_options options = {.read_only = true, .must_exist = true};
    pte_env *env = NULL;
    pte_status status = pte_env_open(&env, path, &options, error);
    if (status == PTE_OK) {
        status = used_bytes(bytes, env, error);
    }
    pte_env_close(env);
    return status;
}

static int copy(const char *from, const char *to, bool compact) {
    tool_terminal terminal = tool_terminal_of(stdout, false);
    pte_env_options options = {.read_only = true, .must_exist = true};
    pte_copy_options copy_options = {.compact = compact};
    pte_env *env = NULL;
    pte_error error = {0};
    size_t from_bytes = 0, to_bytes = 0;
    const char *doing = from;
    pte_status status = pte_env_open(&env, from, &options, &error);
    if (status != PTE_OK) {
        goto out;
    }
    status = used_bytes(&from_bytes, env, &error);
    if (status != PTE_OK) {
        goto out;
    }
    doing = to;
    uint64_t start_ns = tool_now_ns();
    status = pte_env_copy(env, to, &copy_options, &error);
    if (status != PTE_OK) {
        goto out;
    }
    uint64_t time_ns = tool_now_ns() - start_ns;
    status = copied_bytes(&to_bytes, to, &error);
    if (status == PTE_OK) {
        tool_print(&terminal, TOOL_PLAIN, "copied %s (%s) to %s (%s) in %s\n", from,
                   tool_size(from_bytes).text, to, tool_size(to_bytes).text,
                   tool_duration(time_ns).text);
    }
out:
    if (status != PTE_OK) {
        tool_complain_of(doing, status, &error);
    }
    pte_env_close(env);
    return status == PTE_OK && tool_flush(&terminal) ? TOOL_DONE : TOOL_FAILED;
}

static int run(int argc, char **argv) {
    bool compact = false;
    const tool_option options[] = {{.name = "--compact", .flag = &compact}};
    tool_arguments arguments = {
        .command = &tool_copy_command,
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .operands_shown = "FROM and TO, two directories",
        .operands_wanted = 2,
    };
    int exit_status;
    if (!tool_arguments_read(&arguments, argc, argv, &exit_status)) {
        return exit_status;
    }
    return copy(arguments.operands[0], arguments.operands[1], compact);
}
