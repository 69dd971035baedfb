/* A program of a user's: it sees only what is installed. */
#include <pocketable/engine.h>

#include <stdio.h>

int main(void) {
    pte_env *env;
    pte_status status =
        pte_env_open(&env, NULL, &(pte_env_options){.durability = PTE_MEMORY}, NULL);
    pte_env_close(env);
    return status != PTE_OK || puts(pte_status_text(status)) < 0;
}
