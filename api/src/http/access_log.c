/* The log's buffers, lines and thread; see access_log.h. Calls worker.c. */
#include "http/access_log.h"

#include "http/worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 512 * 1024,
    LINE_BYTES_MAX = 1536,
    PERIOD_MS = 250,
    /* A buffer as full as this is written before its time. */
    KICK_BYTES = BUFFER_BYTES / 2,
    NAME_BYTES_MAX = 255,
    /* How far into a body the table's name is looked for. */
    LOOKED_AT_BYTES_MAX = 16 * 1024,
};

struct pt__access_log {
    int file;
    bool closes;
    bool regular; /* a write does not wait */
    pt__worker writer;
    char *writing; /* the writer's; half a line that was not taken stands at its front */
    size_t writing_len;

    pthread_mutex_t mutex; /* guards what follows */
    char *filling;
    size_t filling_len;
    uint64_t lost;      /* lines, ever */
    uint64_t lost_said; /* of them, those that the log tells of */
};

/* ---- lines ---- */

static void put_text(char *line, size_t *len, const char *text) {
    size_t bytes = strlen(text);
    memcpy(line + *len, text, bytes);
    *len += bytes;
}

/* ,"name":"value", the value cut off after NAME_BYTES_MAX; what JSON would have to escape, and what
 * is no ASCII, becomes '?'. */
static void put_name(char *line, size_t *len, const char *name, pte_bytes value) {
    if (value.len == 0) {
        return;
    }
    put_text(line, len, ",\"");
    put_text(line, len, name);
    put_text(line, len, "\":\"");
    for (size_t i = 0; i < value.len && i < NAME_BYTES_MAX; i++) {
        char c = (char)value.data[i];
        line[(*len)++] = c < 0x20 || c == 0x7F || c == '"' || c == '\\' ? '?' : c;
    }
    put_text(line, len, "\"");
}

/*
 * The value of the first member "TableName" anywhere in the body. Within a string its quotes would
 * be escaped, and as an attribute's name it would be followed by an object, so that it is a
 * request's, if not always the outermost: a transaction is logged with its first table.
 */
static pte_bytes table_in(pte_bytes body) {
    static const char member[] = "\"TableName\"";
    size_t len = body.len < LOOKED_AT_BYTES_MAX ? body.len : LOOKED_AT_BYTES_MAX;
    const char *at = body.len == 0 ? NULL : memmem(body.data, len, member, sizeof member - 1);
    if (at == NULL) {
        return pte_str("");
    }
    const char *end = (const char *)body.data + len;
    for (at += sizeof member - 1; at < end && (*at == ':' || *at == ' '); at++) {
    }
    if (at == end || *at != '"') {
        return pte_str("");
    }
    at++;
    const char *close = memchr(at, '"', (size_t)(end - at));
    return close == NULL ? pte_str("") : pte_view(at, (size_t)(close - at));
}

static void put_remote(char *line, size_t *len, const struct sockaddr *remote) {
    char address[INET6_ADDRSTRLEN] = "", shown[INET6_ADDRSTRLEN + 16];
    unsigned port = 0;
    if (remote != NULL && remote->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)remote;
        inet_ntop(AF_INET, &four->sin_addr, address, sizeof address);
        port = ntohs(four->sin_port);
        snprintf(shown, sizeof shown, "%s:%u", address, port);
    } else if (remote != NULL && remote->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)remote;
        inet_ntop(AF_INET6, &six->sin6_addr, address, sizeof address);
        port = ntohs(six->sin6_port);
        snprintf(shown, sizeof shown, "[%s]:%u", address, port);
    } else {
        return;
    }
    put_name(line, len, "remote", pte_str(shown));
}

/* All parts are bounded, and fit. */
static size_t make_line(char line[LINE_BYTES_MAX], const pt__access *access) {
    char piece[160];
    struct tm parts;
    time_t seconds = (time_t)(access->time_ms / 1000);
    gmtime_r(&seconds, &parts);
    size_t len = strftime(line, LINE_BYTES_MAX, "{\"time\":\"%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(piece, sizeof piece, ".%03dZ\"", (int)(access->time_ms % 1000));
    put_text(line, &len, piece);
    put_remote(line, &len, access->remote);
    put_name(line, &len, "region", access->region);
    put_name(line, &len, "operation", access->operation);
    put_name(line, &len, "table", table_in(access->body));
    snprintf(piece, sizeof piece, ",\"status\":%d", access->status);
    put_text(line, &len, piece);
    put_name(line, &len, "error", access->error);
    snprintf(piece, sizeof piece,
             ",\"bytes_in\":%zu,\"bytes_out\":%zu,\"microseconds\":%" PRIu64 "}\n",
             access->bytes_in, access->bytes_out, access->us);
    put_text(line, &len, piece);
    return len;
}

void pt__access_log_put(pt__access_log *log, const pt__access *access) {
    char line[LINE_BYTES_MAX];
    size_t len = make_line(line, access);
    pthread_mutex_lock(&log->mutex);
    bool fits = log->filling_len + len <= BUFFER_BYTES;
    bool kick = log->filling_len < KICK_BYTES && log->filling_len + len >= KICK_BYTES;
    if (fits) {
        memcpy(log->filling + log->filling_len, line, len);
        log->filling_len += len;
    } else {
        log->lost++;
    }
    pthread_mutex_unlock(&log->mutex);
    if (kick) {
        pt__worker_kick(&log->writer);
    }
}

uint64_t pt__access_log_lost(pt__access_log *log) {
    pthread_mutex_lock(&log->mutex);
    uint64_t lost = log->lost;
    pthread_mutex_unlock(&log->mutex);
    return lost;
}

/* ---- writing ---- */

/* Takes what has been filled in, and says first what was lost before it. */
static void take_filled(pt__access_log *log) {
    char *writing = log->writing;
    pthread_mutex_lock(&log->mutex);
    log->writing = log->filling;
    log->writing_len = log->filling_len;
    log->filling = writing;
    log->filling_len = 0;
    if (log->lost > log->lost_said) {
        /* Behind what was kept, where the lost ones would stand; the buffer has the room. */
        log->writing_len +=
            (size_t)snprintf(log->writing + log->writing_len, LINE_BYTES_MAX,
                             "{\"lost_lines\":%" PRIu64 "}\n", log->lost - log->lost_said);
        log->lost_said = log->lost;
    }
    pthread_mutex_unlock(&log->mutex);
}

/* A pipe that nobody reads must not keep the thread, so that the server can end. */
static bool write_some(pt__access_log *log, size_t *at) {
    struct pollfd room = {.fd = log->file, .events = POLLOUT};
    size_t bytes = log->writing_len - *at;
    if (!log->regular) {
        if (poll(&room, 1, 0) != 1) {
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

/* Writes what is there. What the file does not take now is tried again the next time, beginning
 * where it stopped, so that no line is cut; meanwhile new ones fill the other buffer. */
static bool write_lines(void *ctx) {
    pt__access_log *log = ctx;
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

static void destroy(pt__access_log *log) {
    if (log->closes && log->file >= 0) {
        close(log->file);
    }
    free(log->writing);
    free(log->filling);
    pthread_mutex_destroy(&log->mutex);
    free(log);
}

int pt__access_log_open(pt__access_log **opened, const char *path) {
    *opened = NULL;
    pt__access_log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return ENOMEM;
    }
    int error = pthread_mutex_init(&log->mutex, NULL);
    if (error != 0) {
        free(log);
        return error;
    }
    log->closes = strcmp(path, "-") != 0;
    log->file =
        log->closes ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640) : STDOUT_FILENO;
    struct stat kind;
    error = log->file < 0 || fstat(log->file, &kind) != 0 ? errno : 0;
    log->regular = error == 0 && S_ISREG(kind.st_mode);
    log->writing = malloc(BUFFER_BYTES + LINE_BYTES_MAX);
    log->filling = malloc(BUFFER_BYTES + LINE_BYTES_MAX);
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

void pt__access_log_close(pt__access_log *log) {
    if (log != NULL) {
        pt__worker_stop(&log->writer);
        /* What is left of one buffer, and then the other. */
        (void)write_lines(log);
        (void)write_lines(log);
        destroy(log);
    }
}
