/* A program of a user's on the server: it starts and stops, signatures being checked. */
#include <pocketable/server.h>

#include <stdio.h>

int main(void) {
    pt_database *database;
    pt_server *server;
    pte_error error;
    const pt_server_credential credential = {"AKIDEXAMPLE", "secret", NULL};
    const pt_server_options options = {.credentials = &credential, .credential_count = 1};
    if (pt_open(&database, NULL, NULL, &error) != PTE_OK) {
        return puts(error.message), 1;
    }
    if (pt_server_start(&server, database, &options, &error) != PTE_OK) {
        return puts(error.message), 1;
    }
    bool right = pt_server_port(server) != 0;
    puts(right ? "success" : "no port");
    pt_server_stop(server);
    pt_close(database);
    return right ? 0 : 1;
}
