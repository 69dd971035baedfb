/* See files.h. Calls stdio. */
#include "files.h"

#include "terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FILE_BYTES_MAX = 1024 * 1024, SHOWN_MAX = 60 };

/* ---- whole files ---- */

static char *read_all(FILE *file, size_t *len) {
    char *text = malloc(FILE_BYTES_MAX + 2);
    if (text != NULL) {
        *len = fread(text, 1, FILE_BYTES_MAX + 1, file);
        text[*len] = '\0';
    }
    return text;
}

char *tool_file_read(const char *command, const char *path) {
    size_t len = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        tool_complain("%s: %s: %s", command, path, strerror(errno));
        return NULL;
    }
    char *text = read_all(file, &len);
    const char *wrong = text == NULL           ? "no memory"
                        : ferror(file) != 0    ? strerror(errno)
                        : len > FILE_BYTES_MAX ? "it is longer than a megabyte"
                        : strlen(text) != len  ? "it is no text"
                                               : NULL;
    fclose(file);
    if (wrong != NULL) {
        tool_complain("%s: %s: %s", command, path, wrong);
        free(text);
        return NULL;
    }
    return text;
}

/* ---- credentials ---- */

/* Where the reader is. */
typedef struct reader {
    tool_credentials *credentials;
    const char *command;
    const char *path;
    unsigned line;
    const char *profile; /* NULL: none has begun */
    unsigned profile_line;
    pt_server_credential one;
} reader;

static bool complain(const reader *at, unsigned line, const char *expected, const char *found) {
    tool_complain("%s: %s:%u: expected %s, found %.*s", at->command, at->path, line, expected,
                  SHOWN_MAX, found);
    return false;
}

/* Cuts blanks off both ends. */
static char *trim(char *text) {
    text += strspn(text, " \t\r");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL) {
        text[--len] = '\0';
    }
    return text;
}

static bool keep(reader *at) {
    tool_credentials *to = at->credentials;
    pt_server_credential *all = realloc(to->all, (to->count + 1) * sizeof *all);
    if (all == NULL) {
        tool_complain("%s: %s: no memory", at->command, at->path);
        return false;
    }
    to->all = all;
    to->all[to->count++] = at->one;
    return true;
}

/* The profile ends. One without any of the keys is of another kind, a role for example. */
static bool end_profile(reader *at) {
    const pt_server_credential *one = &at->one;
    bool good = true;
    if (one->access_key_id == NULL && one->secret_access_key == NULL) {
        if (one->session_token != NULL) {
            good = complain(at, at->profile_line, "aws_access_key_id beside aws_session_token",
                            "none in this profile");
        }
    } else if (one->access_key_id == NULL) {
        good = complain(at, at->profile_line, "aws_access_key_id beside aws_secret_access_key",
                        "none in this profile");
    } else if (one->secret_access_key == NULL) {
        good = complain(at, at->profile_line, "aws_secret_access_key beside aws_access_key_id",
                        "none in this profile");
    } else {
        good = keep(at);
    }
    at->one = (pt_server_credential){NULL, NULL, NULL};
    return good;
}

static bool begin_profile(reader *at, char *line) {
    char *end = strchr(line, ']');
    if (end == NULL) {
        return complain(at, at->line, "\"]\" at the end of the profile's name", line);
    }
    char *behind = end + 1 + strspn(end + 1, " \t");
    if (*behind != '\0' && *behind != '#' && *behind != ';') {
        return complain(at, at->line, "nothing behind \"]\"", behind);
    }
    *end = '\0';
    char *name = trim(line + 1);
    if (*name == '\0') {
        return complain(at, at->line, "a profile's name between \"[\" and \"]\"", "none");
    }
    bool good = end_profile(at);
    at->profile = name;
    at->profile_line = at->line;
    return good;
}

static const char **place_of(reader *at, const char *name) {
    return strcasecmp(name, "aws_access_key_id") == 0       ? &at->one.access_key_id
           : strcasecmp(name, "aws_secret_access_key") == 0 ? &at->one.secret_access_key
           : strcasecmp(name, "aws_session_token") == 0     ? &at->one.session_token
                                                            : NULL;
}

/* What is wrong with a value is told without the value: it may be secret. */
static bool check_value(const reader *at, const char *name, const char *value) {
    size_t max = strcasecmp(name, "aws_access_key_id") == 0   ? PT_SERVER_KEY_ID_BYTES_MAX
                 : strcasecmp(name, "aws_session_token") == 0 ? FILE_BYTES_MAX
                                                              : (size_t)PT_SERVER_SECRET_BYTES_MAX;
    char expected[128];
    snprintf(expected, sizeof expected, "a value of %s up to %zu characters long", name, max);
    if (*value == '\0') {
        return complain(at, at->line, expected, "none");
    }
    if (strlen(value) > max) {
        return complain(at, at->line, expected, "a longer one");
    }
    if (strpbrk(value, " \t") != NULL) {
        return complain(at, at->line, "a value without blanks", "one with blanks");
    }
    if (max == PT_SERVER_KEY_ID_BYTES_MAX && strpbrk(value, "/,") != NULL) {
        return complain(at, at->line, "an access key without slashes and commas", value);
    }
    return true;
}

static bool read_setting(reader *at, char *line) {
    char *equals = strchr(line, '=');
    if (equals == NULL) {
        return complain(at, at->line, "\"name = value\"", "no \"=\"");
    }
    if (at->profile == NULL) {
        return complain(at, at->line, "a line \"[profile]\" before the first setting", "a setting");
    }
    *equals = '\0';
    const char *name = trim(line), *value = trim(equals + 1);
    const char **place = place_of(at, name);
    if (place == NULL) {
        return true; /* the SDKs' own: region, role_arn, ... */
    }
    if (*place != NULL) {
        char expected[64];
        snprintf(expected, sizeof expected, "%s once in a profile", name);
        return complain(at, at->line, expected, "it again");
    }
    if (place == &at->one.session_token && *value == '\0') {
        return true; /* the same as none */
    }
    *place = value;
    return check_value(at, name, value);
}

/* A line that begins with a blank goes on with a setting of several lines, none of those here. */
static bool read_line(reader *at, char *line) {
    bool continues = line[0] == ' ' || line[0] == '\t';
    char *text = trim(line);
    if (*text == '\0' || *text == '#' || *text == ';' || continues) {
        return true;
    }
    return *text == '[' ? begin_profile(at, text) : read_setting(at, text);
}

bool tool_credentials_read(tool_credentials *credentials, const char *command, const char *path) {
    reader at = {.credentials = credentials, .command = command, .path = path};
    *credentials = (tool_credentials){NULL, NULL, 0};
    credentials->text = tool_file_read(command, path);
    bool good = credentials->text != NULL;
    char *rest = credentials->text;
    while (good && rest != NULL) {
        char *line = rest;
        rest = strchr(rest, '\n');
        if (rest != NULL) {
            *rest++ = '\0';
        }
        at.line++;
        good = read_line(&at, line);
    }
    good = good && end_profile(&at);
    if (good && credentials->count == 0) {
        tool_complain("%s: %s: expected a profile with aws_access_key_id and "
                      "aws_secret_access_key, found none",
                      command, path);
        good = false;
    }
    if (!good) {
        tool_credentials_clean_up(credentials);
    }
    return good;
}

void tool_credentials_clean_up(tool_credentials *credentials) {
    free(credentials->all);
    free(credentials->text);
    *credentials = (tool_credentials){NULL, NULL, 0};
}
