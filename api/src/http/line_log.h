/*
 * A file that gets lines from many threads: a line is put into a buffer by whoever has it and
 * written to the file by a thread of the log's. A file that cannot keep up, or that refuses bytes,
 * loses lines and not requests; how many are lost is counted, and said in a line of its own,
 * {"lost_lines":N}, when it goes on, and to whoever wants to be told.
 */
#ifndef PT_HTTP_LINE_LOG_H
#define PT_HTTP_LINE_LOG_H

#include <pocketable/engine/status.h>

#include <sys/types.h>

typedef struct pt__line_log pt__line_log;

/* Told of lost lines; see pt_server_options.on_recording_lost. told NULL: nobody is.
 */
typedef struct pt__line_log_loss {
    void (*told)(void *ctx, uint64_t lines, bool stopped);
    void *ctx;
} pt__line_log_loss;

typedef struct pt__line_log_options {
    const char *path;    /* opened to append; "-" is the standard output */
    mode_t mode;         /* of a new file */
    size_t buffer_bytes; /* of each of two buffers; a longer line is lost */
    pt__line_log_loss loss;
} pt__line_log_options;

/* Opens the file and starts the thread, which inherits the caller's blocked signals. Returns an
 * errno. */
int pt__line_log_open(pt__line_log **opened, const pt__line_log_options *options);
/* Writes what is left and closes; what the file does not take now is lost. NULL is allowed. */
void pt__line_log_close(pt__line_log *log);
/* Puts a line of these parts; an end of a line within them becomes a blank. Any thread. */
void pt__line_log_put(pt__line_log *log, const pte_bytes *parts, size_t count);
/* The lines that were lost so far. Any thread. */
uint64_t pt__line_log_lost(pt__line_log *log);

#endif
