/*
 * The program `pocketable-bench`, which `pocketable bench` runs with its arguments.
 */
#include "command.h"

#include <signal.h>

int main(int argc, char **argv) {
    /* A limit on file sizes is then an error like a full disk, and is cleaned up after. */
    (void)signal(SIGXFSZ, SIG_IGN);
    return tool_bench_command.run(argc, argv);
}
