/*
 * Decimal numbers as bytes whose unsigned order is the order of the values.
 *
 *   negative   01   255 - (exponent + 130)   255 - pair ...   FF
 *   zero       02
 *   positive   03   exponent + 130           pair ...         00
 *
 *   exponent   of the first digit, -130 to 125, so the byte is 0 to 255
 *   pair       10 * digit + next digit + 1, so 1 to 100; 1 to 19 pairs. An odd last digit is
 *              followed by a 0; the last pair is never 1 (00), as numbers have no last digit 0.
 *   end        below every pair, and above every inverted one, so that a number stands before those
 *              that go on behind its digits, or behind them if negative
 *
 * The end also makes that none is a prefix of another. Every number has one encoding; decoding
 * refuses all other bytes.
 */
#include <pocketable/engine/number.h>

#include "base/error.h"

enum {
    SIGN_NEGATIVE = 1,
    SIGN_ZERO = 2,
    SIGN_POSITIVE = 3,
    PAIR_MAX = 100,
    PAIRS_MAX = PTE_NUMBER_DIGITS_MAX / 2,
};

_Static_assert(PTE_NUMBER_KEY_MAX == 2 + PAIRS_MAX + 1, "sign, exponent, pairs, end");
_Static_assert(PTE_NUMBER_EXPONENT_MAX - PTE_NUMBER_EXPONENT_MIN == 255, "exponent in a byte");

size_t pte_number_encode_key(const pte_number *number, uint8_t key[PTE_NUMBER_KEY_MAX]) {
    if (number->digit_count == 0) {
        key[0] = SIGN_ZERO;
        return 1;
    }
    /* All bits turned is 255 - x. */
    const uint8_t turn = number->negative ? 0xFF : 0;
    uint8_t *to = key;
    *to++ = number->negative ? SIGN_NEGATIVE : SIGN_POSITIVE;
    *to++ = (uint8_t)((number->exponent - PTE_NUMBER_EXPONENT_MIN) ^ turn);
    unsigned i = 0;
    for (; i + 1 < number->digit_count; i += 2) {
        *to++ = (uint8_t)((10 * number->digits[i] + number->digits[i + 1] + 1) ^ turn);
    }
    if (i < number->digit_count) {
        *to++ = (uint8_t)((10 * number->digits[i] + 1) ^ turn);
    }
    *to++ = turn;
    return (size_t)(to - key);
}

/* Reads the pairs and the end behind the first two bytes; 0 if they are not canonical, else the
 * length of the whole encoding. */
static size_t read_pairs(pte_number *number, pte_bytes bytes, uint8_t turn) {
    size_t at = 2;
    unsigned count = 0;
    for (; at < bytes.len && at < PTE_NUMBER_KEY_MAX; at++) {
        unsigned pair = bytes.data[at] ^ turn;
        if (pair == 0) {
            break;
        }
        if (pair > PAIR_MAX || count == PTE_NUMBER_DIGITS_MAX) {
            return 0;
        }
        number->digits[count++] = (uint8_t)((pair - 1) / 10);
        number->digits[count++] = (uint8_t)((pair - 1) % 10);
    }
    if (at == bytes.len || at == PTE_NUMBER_KEY_MAX || count == 0 || number->digits[0] == 0) {
        return 0;
    }
    if (number->digits[count - 1] == 0) {
        count--;
    }
    if (number->digits[count - 1] == 0) {
        return 0;
    }
    number->digit_count = (uint8_t)count;
    return at + 1;
}

pte_status pte_number_decode_key(pte_number *number, size_t *used, pte_bytes bytes,
                                 pte_error *error) {
    *number = (pte_number){0};
    *used = 0;
    if (bytes.len >= 1 && bytes.data[0] == SIGN_ZERO) {
        *used = 1;
        return PTE_OK;
    }
    if (bytes.len >= 2 && (bytes.data[0] == SIGN_NEGATIVE || bytes.data[0] == SIGN_POSITIVE)) {
        number->negative = bytes.data[0] == SIGN_NEGATIVE;
        const uint8_t turn = number->negative ? 0xFF : 0;
        number->exponent = (int16_t)((bytes.data[1] ^ turn) + PTE_NUMBER_EXPONENT_MIN);
        *used = read_pairs(number, bytes, turn);
        if (*used != 0) {
            return PTE_OK;
        }
    }
    *number = (pte_number){0};
    return pte__fail(error, PTE_CORRUPT, "no encoded number where one is expected");
}
