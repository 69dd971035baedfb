/* Folders and files that tests of opening look at: what lies in them, byte for byte. */
#ifndef TESTS_ENV_FOLDERS_H
#define TESTS_ENV_FOLDERS_H

#include "support/support.h"

#include <stdio.h>

enum { FOLDERS_PATH_MAX = 4200 };

/* Joins; path has FOLDERS_PATH_MAX bytes. */
void folders_path(char *path, const char *folder, const char *file);
void folders_write(const char *folder, const char *file, const void *bytes, size_t len);

/* The content of a file; the caller frees it. */
uint8_t *folders_read(const char *folder, const char *file, size_t *len);

/* Names and contents of all files but "lock.mdb". */
typedef struct folders_state {
    uint8_t *bytes;
    size_t len;
} folders_state;
folders_state folders_look(const char *folder);
/* Ends the test unless the folder looks as it did; frees the state. */
void folders_expect_untouched(const char *folder, folders_state *before);

/* How many entries there are. */
size_t folders_count(const char *folder);

#endif
