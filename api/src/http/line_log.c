/* The log's buffers and thread; see line_log.h. Calls worker.c. */
#include "http/line_log.h"

#include "http/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PERIOD_MS = 250,
    LOST_BYTES_MAX = 64, /* the line that tells of lost ones */
};

struct pt__line_log {
    int file;
    bool closes;
    bool regular; /* a write does not wait */
    size_t buffer_bytes;
    pt__line_log_loss loss;
    bool loss_told; /* the writer's, as what follows */
    pt__worker writer;
    char *writing; /* half a line that was not taken stands at its front */
    size_t writing_len;
    bool writing_tells; /* its last line is none of those that were put */

    pthread_mutex_t mutex; /* guards what follows */
    char *filling;
    size_t filling_len;
    uint64_t lost;      /* lines, ever */
    uint64_t lost_said; /* of them, those that the log tells of */
};

/* ---- lines ---- */

/* Copies a part, ends of lines as blanks: between the parts of JSON they mean the same. */
static void copy_flat(char *to, pte_bytes part) {
    static const char ends[] = "\n\r";
    if (part.len == 0) {
        return;
    }
    memcpy(to, part.data, part.len);
    for (const char *end = ends; *end != '\0'; end++) {
        char *at = to;
        while ((at = memchr(at, *end, part.len - (size_t)(at - to))) != NULL) {
            *at = ' ';
        }
    }
}

void pt__line_log_put(pt__line_log *log, const pte_bytes *parts, size_t count) {
    size_t len = 1;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    pthread_mutex_lock(&log->mutex);
    bool fits = len <= log->buffer_bytes - log->filling_len;
    size_t kick_bytes = log->buffer_bytes / 2; /* as full as this, it is written before its time */
    bool kick = log->filling_len < kick_bytes && log->filling_len + len >= kick_bytes;
    if (fits) {
        for (size_t i = 0; i < count; i++) {
            copy_flat(log->filling + log->filling_len, parts[i]);
            log->filling_len += parts[i].len;
        }
        log->filling[log->filling_len++] = '\n';
    } else {
        log->lost++;
    }
    pthread_mutex_unlock(&log->mutex);
    if (kick) {
        pt__worker_kick(&log->writer);
    }
}

uint64_t pt__line_log_lost(pt__line_log *log) {
    pthread_mutex_lock(&log->mutex);
    uint64_t lost = log->lost;
    pthread_mutex_unlock(&log->mutex);
    return lost;
}

/* ---- writing ---- */

/* Takes what has been filled in, and says behind it how many lines were lost since. */
static void take_filled(pt__line_log *log) {
    char *writing = log->writing;
    pthread_mutex_lock(&log->mutex);
    log->writing = log->filling;
    log->writing_len = log->filling_len;
    log->filling = writing;
    log->filling_len = 0;
    log->writing_tells = log->lost > log->lost_said;
    if (log->lost > log->lost_said) {
        /* Where the lost ones would stand; the buffer has the room. */
        log->writing_len +=
            (size_t)snprintf(log->writing + log->writing_len, LOST_BYTES_MAX,
                             "{\"lost_lines\":%" PRIu64 "}\n", log->lost - log->lost_said);
        log->lost_said = log->lost;
    }
    pthread_mutex_unlock(&log->mutex);
}

/* A pipe that nobody reads must not keep the thread, so that the server can end; and one whose
 * reader has gone must not end the process (SIGPIPE). */
static bool write_some(pt__line_log *log, size_t *at) {
    struct pollfd room = {.fd = log->file, .events = POLLOUT};
    size_t bytes = log->writing_len - *at;
    if (!log->regular) {
        if (poll(&room, 1, 0) != 1 || (room.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
            return false;
        }
        bytes = bytes < PIPE_BUF ? bytes : PIPE_BUF;
    }
    ssize_t written = write(log->file, log->writing + *at, bytes);
    if (written < 0 && errno == EINTR) {
        return true;
    }
    *at += written > 0 ? (size_t)written : 0;
    return written > 0 && *at < log->writing_len;
}

static void tell_loss(pt__line_log *log) {
    uint64_t lost = log->loss_told || log->loss.told == NULL ? 0 : pt__line_log_lost(log);
    if (lost != 0) {
        log->loss_told = true;
        log->loss.told(log->loss.ctx, lost, false);
    }
}

/* Writes what is there. What the file does not take now is tried again the next time, beginning
 * where it stopped, so that no line is cut; meanwhile new ones fill the other buffer. */
static bool write_lines(void *ctx) {
    pt__line_log *log = ctx;
    tell_loss(log);
    if (log->writing_len == 0) {
        take_filled(log);
    }
    size_t at = 0;
    while (log->writing_len > 0 && write_some(log, &at)) {
    }
    if (at > 0) {
        memmove(log->writing, log->writing + at, log->writing_len - at);
        log->writing_len -= at;
    }
    return false;
}

/* ---- opening and closing ---- */

static void destroy(pt__line_log *log) {
    if (log->closes && log->file >= 0) {
        close(log->file);
    }
    free(log->writing);
    free(log->filling);
    pthread_mutex_destroy(&log->mutex);
    free(log);
}

int pt__line_log_open(pt__line_log **opened, const pt__line_log_options *options) {
    *opened = NULL;
    pt__line_log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return ENOMEM;
    }
    int error = pthread_mutex_init(&log->mutex, NULL);
    if (error != 0) {
        free(log);
        return error;
    }
    log->buffer_bytes = options->buffer_bytes;
    log->loss = options->loss;
    log->closes = strcmp(options->path, "-") != 0;
    log->file = log->closes
                    ? open(options->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, options->mode)
                    : STDOUT_FILENO;
    struct stat kind;
    error = log->file < 0 || fstat(log->file, &kind) != 0 ? errno : 0;
    log->regular = error == 0 && S_ISREG(kind.st_mode);
    log->writing = malloc(log->buffer_bytes + LOST_BYTES_MAX);
    log->filling = malloc(log->buffer_bytes + LOST_BYTES_MAX);
    error = error == 0 && (log->writing == NULL || log->filling == NULL) ? ENOMEM : error;
    log->writer = (pt__worker){.work = write_lines, .ctx = log, .period_ms = PERIOD_MS};
    error = error == 0 ? pt__worker_start(&log->writer) : error;
    if (error != 0) {
        destroy(log);
        return error;
    }
    *opened = log;
    return 0;
}

static uint64_t count_lines(const char *text, size_t len) {
    uint64_t lines = 0;
    for (size_t i = 0; i < len; i++) {
        lines += text[i] == '\n';
    }
    return lines;
}

/* The writer has ended: what is still in the buffers will not be written. */
static void tell_all_loss(pt__line_log *log) {
    uint64_t left =
        count_lines(log->writing, log->writing_len) + count_lines(log->filling, log->filling_len);
    left -= log->writing_len != 0 && log->writing_tells;
    if (log->loss.told != NULL && log->lost + left != 0) {
        log->loss.told(log->loss.ctx, log->lost + left, true);
    }
}

void pt__line_log_close(pt__line_log *log) {
    if (log != NULL) {
        pt__worker_stop(&log->writer);
        /* What is left of one buffer, and then the other. */
        (void)write_lines(log);
        (void)write_lines(log);
        tell_all_loss(log);
        destroy(log);
    }
}
