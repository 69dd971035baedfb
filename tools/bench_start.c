/*
 * `pocketable bench` as the program `pocketable` has it: it becomes `pocketable-bench`, a program
 * of its own in the same folder, so that who serves does not carry what only measuring needs.
 */
#include "command.h"
#include "terminal.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static int run(int argc, char **argv);

const tool_command tool_bench_start_command = {
    .name = "bench",
    .summary = "what a table design's access patterns cost, before AWS bills them",
    .help = NULL,
    .run = run,
};

static const char program[] = "pocketable-bench";

/* Where it is: beside this program's own file, wherever that was installed, built or moved to, and
 * whatever links led to it. False after a complaint. */
static bool find_program(char path[PATH_MAX]) {
    size_t room = PATH_MAX - sizeof program;
    ssize_t len = readlink("/proc/self/exe", path, room);
    if (len < 0 || (size_t)len == room) {
        tool_complain("bench: %s is expected beside this program, and where this program is "
                      "/proc/self/exe does not tell: %s",
                      program, len < 0 ? strerror(errno) : strerror(ENAMETOOLONG));
        return false;
    }
    path[len] = '\0';
    memcpy(strrchr(path, '/') + 1, program, sizeof program);
    return true;
}

/* Returns only if it cannot be run. */
static int run(int argc, char **argv) {
    char path[PATH_MAX];
    (void)argc;
    if (find_program(path)) {
        argv[0] = path;
        (void)execv(path, argv);
        tool_complain("bench: it is a program of its own, expected as %s: %s", path,
                      strerror(errno));
    }
    return TOOL_FAILED;
}
