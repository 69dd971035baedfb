/* Opening and removing the demo's database. */
#include "demo_place.h"

#include "terminal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* The files of a database; env.h names them. */
static const char *const data_file = "data.mdb", *const lock_file = "lock.mdb";

typedef enum finding {
    ABSENT,
    EMPTY,
    HAS_DATABASE, /* a file of that name; whether it is one of ours, opening tells */
    HAS_OTHERS,
    UNREADABLE,
} finding;

static finding look_at(const char *path) {
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return errno == ENOENT ? ABSENT : UNREADABLE;
    }
    finding found = EMPTY;
    struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        if (strcmp(entry->d_name, data_file) == 0) {
            found = HAS_DATABASE;
            break;
        }
        found = HAS_OTHERS;
    }
    closedir(directory);
    return found;
}

static bool remove_file(const char *directory, const char *name) {
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);
    if (path == NULL) {
        tool_complain("no memory to remove %s", name);
        return false;
    }
    snprintf(path, size, "%s/%s", directory, name);
    bool removed = unlink(path) == 0 || errno == ENOENT;
    if (!removed) {
        tool_complain("%s: not removed: %s", path, strerror(errno));
    }
    free(path);
    return removed;
}

static bool remove_made(const demo_place *place) {
    bool removed = true;
    if (place->made_database) {
        removed = remove_file(place->path, data_file) && remove_file(place->path, lock_file);
    }
    if (removed && place->made_directory && rmdir(place->path) != 0 && errno != ENOENT) {
        tool_complain("%s: not removed: %s", place->path, strerror(errno));
        removed = false;
    }
    return removed;
}

/* Decides what may be done with the directory; false after a complaint. */
static bool look_around(demo_place *place) {
    switch (look_at(place->path)) {
    case ABSENT:
        place->made_directory = true;
        place->made_database = true;
        return true;
    case EMPTY:
        place->made_database = true;
        return true;
    case HAS_DATABASE:
        return true;
    case HAS_OTHERS:
        tool_complain("%s: the directory is not empty and is not a database; name another",
                      place->path);
        return false;
    default:
        tool_complain("%s: %s", place->path, strerror(errno));
        return false;
    }
}

bool demo_place_open(demo_place *place, const char *path, pte_durability durability) {
    *place = (demo_place){.path = path};
    if (path != NULL && !look_around(place)) {
        *place = (demo_place){0};
        return false;
    }
    pt_options options = {
        .engine.durability = path != NULL ? durability : PTE_MEMORY,
        .engine.must_exist = path != NULL && !place->made_database,
    };
    pte_error error = {0};
    pte_status status = pt_open(&place->database, path, &options, &error);
    if (status != PTE_OK) {
        tool_complain_of(path != NULL ? path : "a database in memory", status, &error);
        if (path != NULL) {
            (void)remove_made(place);
        }
        *place = (demo_place){0};
    }
    return status == PTE_OK;
}

bool demo_place_close(demo_place *place, bool keep) {
    pt_close(place->database);
    bool removed = place->path == NULL || keep || remove_made(place);
    *place = (demo_place){0};
    return removed;
}
