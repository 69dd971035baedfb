/* A program of a user's: it sees only what is installed. */
#include <pocketable/engine.h>

#include <stdio.h>

int main(void) {
    return puts(pte_status_text(PTE_OK)) < 0;
}
