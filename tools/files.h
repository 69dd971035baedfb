/* Files that the server is started with: certificates and keys, and credentials in AWS's form. */
#ifndef TOOL_FILES_H
#define TOOL_FILES_H

#include <pocketable/server.h>

#include <stdbool.h>

/*
 * Reads a whole text file, of at most a megabyte; the caller frees. NULL after a complaint that
 * begins with the command's name and the file's. Zeros within are refused.
 */
char *tool_file_read(const char *command, const char *path);

/* Credentials and the text that they view. */
typedef struct tool_credentials {
    char *text;
    pt_server_credential *all;
    size_t count;
} tool_credentials;

/*
 * Reads a shared-credentials file: those profiles that have aws_access_key_id and
 * aws_secret_access_key, perhaps with aws_session_token. False after a complaint with file and
 * line. https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
bool tool_credentials_read(tool_credentials *credentials, const char *command, const char *path);
void tool_credentials_clean_up(tool_credentials *credentials);

#endif
