/*
 * Small disks and read-only folders for one test program: mounts in a mount namespace of its own
 * (as root, or as root of a user namespace of its own), gone when the program ends. Linux only;
 * elsewhere, and where the system forbids it, there are none.
 */
#ifndef TESTS_FAULTS_MOUNTS_H
#define TESTS_FAULTS_MOUNTS_H

#include "support/support.h"

/* Moves this program, which must not have made a thread yet, into a namespace of its own. False,
 * with a line that says what is skipped, where that is impossible. */
bool mounts_enter(const char *skipped);

/* A file system of so many bytes in memory, in place of the folder at path. */
void mounts_disk(const char *path, size_t bytes);
/* Nothing below path can be written. */
void mounts_read_only(const char *path);
/* Ends either. */
void mounts_end(const char *path);

#endif
