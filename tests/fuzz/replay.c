/* A fuzz target without a fuzzer: runs it on every file of a folder. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

static void replay(const char *folder, const char *name) {
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    MUST(len > 0 && (size_t)len < sizeof path);
    FILE *file = fopen(path, "rb");
    MUST(file != NULL);
    MUST(fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    MUST(size >= 0);
    rewind(file);
    /* A block of exactly its size, so that AddressSanitizer sees every byte read past its end. */
    uint8_t *data = malloc(size == 0 ? 1 : (size_t)size);
    MUST(data != NULL);
    MUST(fread(data, 1, (size_t)size, file) == (size_t)size);
    MUST(LLVMFuzzerTestOneInput(data, (size_t)size) == 0);
    free(data);
    fclose(file);
}

int main(int argc, char **argv) {
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    size_t files = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            replay(argv[1], entry->d_name);
            files++;
        }
    }
    closedir(folder);
    printf("%zu inputs\n", files);
    return files == 0 ? 1 : 0; /* an empty corpus is a mistake */
}
