/* Child processes of a test. */
#include "support/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 16 };

static void give_up(const char *what) {
    perror(what);
    abort();
}

void test_process_start(test_process *process, const char *const *arguments) {
    int in[2];
    int out[2];
    char *argv[ARGUMENTS_MAX + 1] = {(char *)(uintptr_t) "/proc/self/exe"};
    for (size_t i = 0; i + 1 < ARGUMENTS_MAX && arguments[i] != NULL; i++) {
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    }
    /* A child that is killed while its parent writes to it must not end the parent too. */
    signal(SIGPIPE, SIG_IGN);
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
        give_up("pipe");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    errno = posix_spawn(&process->pid, argv[0], &actions, NULL, argv, environ);
    if (errno != 0) {
        give_up("posix_spawn");
    }
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    process->in = in[1];
    process->out = out[0];
}

void test_process_bind(void) {
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1) {
        _exit(1); /* the parent went before that */
    }
}

int test_process_wait(test_process *process) {
    int status = 0;
    if (process->pid <= 0) {
        return -1;
    }
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(process->in);
    close(process->out);
    process->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void test_process_kill(test_process *process) {
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        (void)test_process_wait(process);
    }
}

int test_pipe_read(int fd, void *bytes, size_t len, int64_t deadline_us) {
    uint8_t *to = bytes;
    size_t got = 0;
    while (got < len) {
        int64_t left_us = deadline_us - test_now_us();
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        struct timespec wait = {.tv_sec = left_us > 0 ? left_us / 1000000 : 0,
                                .tv_nsec = left_us > 0 ? left_us % 1000000 * 1000 : 0};
        int ready = ppoll(&poll_fd, 1, &wait, NULL);
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready <= 0) {
            return -1;
        }
        ssize_t part = read(fd, to + got, len - got);
        if (part <= 0 && errno != EINTR) {
            return 0;
        }
        if (part == 0) {
            return 0;
        }
        got += part > 0 ? (size_t)part : 0;
    }
    return 1;
}

bool test_pipe_write(int fd, const void *bytes, size_t len) {
    const uint8_t *from = bytes;
    size_t put = 0;
    while (put < len) {
        ssize_t part = write(fd, from + put, len - put);
        if (part < 0 && errno != EINTR) {
            return false;
        }
        put += part > 0 ? (size_t)part : 0;
    }
    return true;
}

int64_t test_now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void test_sleep_us(int64_t us) {
    struct timespec left = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    while (us > 0 && nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}
