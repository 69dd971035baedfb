/*
 * DynamoDB's numbers: exact decimals of up to 38 significant digits, magnitude 1E-130 to
 * 9.9999999999999999999999999999999999999E+125, both signs, and zero.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 *
 * All functions here are pure and may be called from any thread; none allocates.
 */
#ifndef POCKETABLE_ENGINE_NUMBER_H
#define POCKETABLE_ENGINE_NUMBER_H

#include <pocketable/engine/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PTE_NUMBER_DIGITS_MAX = 38,
    PTE_NUMBER_EXPONENT_MIN = -130,
    PTE_NUMBER_EXPONENT_MAX = 125,
    PTE_NUMBER_TEXT_MAX = 172, /* "-0." 129 zeros 38 digits is 170; rounded up */
    PTE_NUMBER_KEY_MAX = 22,   /* sign, exponent, 19 digit pairs, end */
};

/*
 * digit[0] . digit[1] digit[2] ... times ten to the exponent. Canonical: neither the first nor the
 * last digit is 0; zero has no digits, exponent 0 and is not negative.
 */
typedef struct pte_number {
    bool negative;
    uint8_t digit_count;                   /* 0 for zero */
    int16_t exponent;                      /* of the first digit, -130 to 125 */
    uint8_t digits[PTE_NUMBER_DIGITS_MAX]; /* 0 to 9 each, not characters */
} pte_number;

/*
 * Reads [+-] digits [. digits] [(e|E) [+-] digits], at least one digit in the mantissa, nothing
 * around it. Leading and trailing zeros do not count as significant.
 * Errors: NUMBER_SYNTAX (error position: the offending byte), NUMBER_OVERFLOW, NUMBER_UNDERFLOW,
 * NUMBER_PRECISION. A mantissa of zeros is 0 unless it has an exponent part that is out of range
 * for an integer mantissa: "0e126" is NUMBER_OVERFLOW, "0.0e126" is 0, as on AWS.
 */
PTE_API PTE_CHECKED pte_status pte_number_parse(pte_number *number, pte_bytes text,
                                                pte_error *error);

/*
 * Writes the canonical text: plain notation without exponent, plus sign or needless zeros ("0",
 * "-12.5", "0.001"), as DynamoDB returns it. Returns its length; no zero is put behind it.
 */
PTE_API size_t pte_number_format(const pte_number *number, char text[PTE_NUMBER_TEXT_MAX]);

/* Order by value: below 0, 0 or above 0. */
PTE_API int pte_number_compare(const pte_number *a, const pte_number *b);

/*
 * Exact sum and difference; the result may be one of the operands.
 * Errors: NUMBER_OVERFLOW, NUMBER_UNDERFLOW, NUMBER_PRECISION (the exact result needs more than 38
 * digits; it is never rounded).
 */
PTE_API PTE_CHECKED pte_status pte_number_add(pte_number *sum, const pte_number *a,
                                              const pte_number *b, pte_error *error);
PTE_API PTE_CHECKED pte_status pte_number_subtract(pte_number *difference, const pte_number *a,
                                                   const pte_number *b, pte_error *error);

/*
 * Writes bytes whose unsigned order is the order of the values, none a prefix of another; the table
 * is in FORMAT.md. Returns their count, 1 to PTE_NUMBER_KEY_MAX.
 */
PTE_API size_t pte_number_encode_key(const pte_number *number, uint8_t key[PTE_NUMBER_KEY_MAX]);

/*
 * Reads one such encoding at the start of bytes and sets *used to its length.
 * Errors: CORRUPT (no canonical encoding stands there).
 */
PTE_API PTE_CHECKED pte_status pte_number_decode_key(pte_number *number, size_t *used,
                                                     pte_bytes bytes, pte_error *error);

/*
 * What the number counts toward the size of an item: 1, plus a byte for every two significant
 * digits left of the point and every two right of it (each side rounded up), plus 1 if negative.
 * Measured on the service; its documentation gives an approximation.
 */
PTE_API size_t pte_number_size_bytes(const pte_number *number);

#ifdef __cplusplus
}
#endif
#endif
