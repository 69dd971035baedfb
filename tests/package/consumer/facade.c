/* A program of a user's on the facade: one call, answered as AWS answers. */
#include <pocketable.h>

#include <stdio.h>

int main(void) {
    pt_database *database;
    pt_reply reply;
    pte_error error;
    if (pt_open(&database, NULL, NULL, &error) != PTE_OK) {
        return puts(error.message), 1;
    }
    pt_call(&reply, database, pte_str("DescribeEndpoints"), pte_str("{}"));
    bool right = reply.status == 200 && strstr((const char *)reply.body.data, "us-east-1") != NULL;
    puts(right ? "success" : (const char *)reply.body.data);
    pt_reply_clean_up(&reply);
    pt_close(database);
    return right ? 0 : 1;
}
