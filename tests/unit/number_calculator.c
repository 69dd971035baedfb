/*
 * Answers number_oracle.py's questions, a line each, over pipes. Fields are separated by tabs:
 *
 *   P text        canonical text, size, key bytes in hexadecimal, or a status name
 *   A a b         a + b as canonical text, or a status name
 *   S a b         a - b likewise
 *   C a b         order of a and b: -1, 0 or 1
 *
 * Every parsed number is also decoded from its key again; "decode" is answered if that fails.
 */
#include <pocketable/engine/number.h>

#include <stdio.h>
#include <stdlib.h>

static pte_status parse(pte_number *number, const char *text) {
    return pte_number_parse(number, pte_str(text), NULL);
}

static void print_number(const pte_number *number) {
    char text[PTE_NUMBER_TEXT_MAX];
    printf("%.*s", (int)pte_number_format(number, text), text);
}

static void answer_parse(const char *text) {
    pte_number number;
    pte_number again;
    pte_status status = parse(&number, text);
    if (status != PTE_OK) {
        puts(pte_status_name(status));
        return;
    }
    uint8_t key[PTE_NUMBER_KEY_MAX];
    size_t used;
    size_t len = pte_number_encode_key(&number, key);
    if (pte_number_decode_key(&again, &used, pte_view(key, len), NULL) != PTE_OK || used != len ||
        pte_number_compare(&number, &again) != 0) {
        puts("decode");
        return;
    }
    print_number(&number);
    printf("\t%zu\t", pte_number_size_bytes(&number));
    for (size_t i = 0; i < len; i++) {
        printf("%02x", key[i]);
    }
    putchar('\n');
}

static void answer_pair(char operation, const char *first, const char *second) {
    pte_number a;
    pte_number b;
    if (parse(&a, first) != PTE_OK || parse(&b, second) != PTE_OK) {
        puts("parse");
        return;
    }
    if (operation == 'C') {
        int order = pte_number_compare(&a, &b);
        printf("%d\n", (order > 0) - (order < 0));
        return;
    }
    pte_number result;
    pte_status status = operation == 'A' ? pte_number_add(&result, &a, &b, NULL)
                                         : pte_number_subtract(&result, &a, &b, NULL);
    if (status != PTE_OK) {
        puts(pte_status_name(status));
        return;
    }
    print_number(&result);
    putchar('\n');
}

int main(void) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    while ((len = getline(&line, &capacity, stdin)) > 0) {
        line[len - 1] = 0; /* the end of the line */
        char *first = strchr(line, '\t');
        char *second = first != NULL ? strchr(first + 1, '\t') : NULL;
        if (second != NULL) {
            *second = 0;
            answer_pair(line[0], first + 1, second + 1);
        } else if (first != NULL) {
            answer_parse(first + 1);
        }
    }
    free(line);
    return 0;
}
