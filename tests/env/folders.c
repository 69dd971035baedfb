#include "env/folders.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

void folders_path(char *path, const char *folder, const char *file) {
    snprintf(path, FOLDERS_PATH_MAX, "%s/%s", folder, file);
}

void folders_write(const char *folder, const char *file, const void *bytes, size_t len) {
    char path[FOLDERS_PATH_MAX];
    folders_path(path, folder, file);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, len, out), len);
    assert_int_equal(fclose(out), 0);
}

uint8_t *folders_read(const char *folder, const char *file, size_t *len) {
    char path[FOLDERS_PATH_MAX];
    struct stat found;
    folders_path(path, folder, file);
    assert_int_equal(stat(path, &found), 0);
    *len = (size_t)found.st_size;
    uint8_t *bytes = malloc(*len + 1);
    FILE *in = fopen(path, "rb");
    assert_non_null(bytes);
    assert_non_null(in);
    assert_int_equal(fread(bytes, 1, *len, in), *len);
    fclose(in);
    return bytes;
}

static void append(folders_state *state, const void *bytes, size_t len) {
    state->bytes = realloc(state->bytes, state->len + len + 1);
    assert_non_null(state->bytes);
    memcpy(state->bytes + state->len, bytes, len);
    state->len += len;
}

folders_state folders_look(const char *folder) {
    folders_state state = {0};
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    assert_true(count >= 0);
    append(&state, "", 1);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (name[0] != '.' && strcmp(name, "lock.mdb") != 0) {
            size_t len;
            uint8_t *bytes = folders_read(folder, name, &len);
            append(&state, name, strlen(name) + 1);
            append(&state, bytes, len);
            free(bytes);
        }
        free(entries[i]);
    }
    free(entries);
    return state;
}

void folders_expect_untouched(const char *folder, folders_state *before) {
    folders_state after = folders_look(folder);
    assert_int_equal(after.len, before->len);
    assert_memory_equal(after.bytes, before->bytes, after.len);
    free(after.bytes);
    free(before->bytes);
    *before = (folders_state){0};
}

size_t folders_count(const char *folder) {
    DIR *directory = opendir(folder);
    size_t count = 0;
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(directory);
    return count;
}
