/*
 * Child processes of a test: its own program, started again with other arguments, with a pipe to
 * its standard input and one from its standard output. What it has to say to people goes to stderr.
 */
#ifndef TESTS_PROCESS_H
#define TESTS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct test_process {
    pid_t pid; /* 0: none */
    int in;    /* the child's standard input */
    int out;   /* the child's standard output */
} test_process;

/* Starts the program with up to 15 arguments, ended by NULL. Aborts the test if it cannot. */
void test_process_start(test_process *process, const char *const *arguments);

/* What a child calls first: it is to die with its parent, whatever becomes of that. */
void test_process_bind(void);

/* SIGKILL, then its end. Nothing to do for a process that is none. */
void test_process_kill(test_process *process);

/* Waits for its end; its exit status, or 128 + the signal that ended it. */
int test_process_wait(test_process *process);

/*
 * Reads exactly len bytes before the deadline (test_now_us). 1: read; 0: the other side is closed;
 * -1: the deadline came first.
 */
int test_pipe_read(int fd, void *bytes, size_t len, int64_t deadline_us);
/* False if the other side is closed. */
bool test_pipe_write(int fd, const void *bytes, size_t len);

/* Microseconds of a clock that only goes forward. */
int64_t test_now_us(void);
void test_sleep_us(int64_t us);

#endif
