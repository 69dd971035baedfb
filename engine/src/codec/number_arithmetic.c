/*
 * Exact sum and difference of decimal numbers: both operands are laid over one row of digits, one
 * cell a power of ten, added or subtracted as on paper, and trimmed. Nothing is ever rounded.
 */
#include <pocketable/engine/number.h>

#include "base/error.h"

enum {
    /* The row's cells, highest power first: the carry out of 125, down to the last of 38 digits
     * whose first is at -130. */
    POWER_MAX = PTE_NUMBER_EXPONENT_MAX + 1,
    POWER_MIN = PTE_NUMBER_EXPONENT_MIN - PTE_NUMBER_DIGITS_MAX + 1,
    CELLS = POWER_MAX - POWER_MIN + 1,
};

/* Cells hold -9 to 18 while in work, 0 to 9 when done. */
typedef struct row {
    int8_t cells[CELLS];
    int first; /* the used ones: cells[first] to cells[last]; the rest is 0 */
    int last;
} row;

static void lay(row *r, const pte_number *number, bool subtract) {
    int at = POWER_MAX - number->exponent;
    for (int i = 0; i < number->digit_count; i++) {
        int digit = number->digits[i];
        r->cells[at + i] = (int8_t)(r->cells[at + i] + (subtract ? -digit : digit));
    }
    int last = at + number->digit_count - 1;
    r->first = at < r->first ? at : r->first;
    r->last = last > r->last ? last : r->last;
}

/* Brings every cell into 0..9; the whole must not be negative. */
static void carry(row *r) {
    int carried = 0;
    r->first--; /* one cell for the carry; there is one above the highest power */
    for (int i = r->last; i >= r->first; i--) {
        int cell = r->cells[i] + carried;
        carried = cell < 0 ? -1 : cell > 9 ? 1 : 0;
        r->cells[i] = (int8_t)(cell - 10 * carried);
    }
}

static void trim(row *r) {
    while (r->first <= r->last && r->cells[r->first] == 0) {
        r->first++;
    }
    while (r->last > r->first && r->cells[r->last] == 0) {
        r->last--;
    }
}

static pte_status collect(pte_number *result, const row *r, bool negative, pte_error *error) {
    *result = (pte_number){0};
    int count = r->last - r->first + 1;
    int exponent = POWER_MAX - r->first;
    if (count <= 0) {
        return PTE_OK;
    }
    if (exponent > PTE_NUMBER_EXPONENT_MAX) {
        return pte__fail(error, PTE_NUMBER_OVERFLOW, "the result's exponent is %d", exponent);
    }
    if (exponent < PTE_NUMBER_EXPONENT_MIN) {
        return pte__fail(error, PTE_NUMBER_UNDERFLOW, "the result's exponent is %d", exponent);
    }
    if (count > PTE_NUMBER_DIGITS_MAX) {
        return pte__fail(error, PTE_NUMBER_PRECISION, "the exact result has %d", count);
    }
    result->negative = negative;
    result->exponent = (int16_t)exponent;
    result->digit_count = (uint8_t)count;
    for (int i = 0; i < count; i++) {
        result->digits[i] = (uint8_t)r->cells[r->first + i];
    }
    return PTE_OK;
}

/* Sum of two numbers that are not zero. */
static pte_status add_nonzero(pte_number *sum, const pte_number *a, const pte_number *b,
                              pte_error *error) {
    bool subtract = a->negative != b->negative;
    const pte_number *larger = a;
    const pte_number *smaller = b;
    if (subtract) {
        /* With b's sign turned both have one sign, so their order is that of their magnitudes. */
        pte_number turned = *b;
        turned.negative = a->negative;
        int order = pte_number_compare(a, &turned);
        if (a->negative ? order > 0 : order < 0) {
            larger = b;
            smaller = a;
        }
    }
    row r = {.cells = {0}, .first = CELLS, .last = -1};
    bool negative = larger->negative;
    lay(&r, larger, false);
    lay(&r, smaller, subtract);
    carry(&r);
    trim(&r);
    return collect(sum, &r, negative, error);
}

pte_status pte_number_add(pte_number *sum, const pte_number *a, const pte_number *b,
                          pte_error *error) {
    if (a->digit_count == 0) {
        *sum = *b;
        return PTE_OK;
    }
    if (b->digit_count == 0) {
        *sum = *a;
        return PTE_OK;
    }
    return add_nonzero(sum, a, b, error);
}

pte_status pte_number_subtract(pte_number *difference, const pte_number *a, const pte_number *b,
                               pte_error *error) {
    pte_number turned = *b;
    turned.negative = b->digit_count != 0 && !b->negative;
    return pte_number_add(difference, a, &turned, error);
}
