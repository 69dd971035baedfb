/*
 * Decimal numbers: text to digits, digits to text, and order. Arithmetic is in number_arithmetic.c,
 * the order-preserving bytes in number_key.c.
 *
 * Text may be any length, so it is read in one pass and positions in it are 64 bits wide.
 */
#include <pocketable/engine/number.h>

#include "base/error.h"

/* An exponent in text stops growing here: far beyond what any mantissa in memory could balance, and
 * far from overflowing in the sums below. */
#define EXPONENT_TEXT_MAX INT64_C(100000000000000000)

/* What one pass over a text finds. */
typedef struct scan {
    const uint8_t *start;
    const uint8_t *at;
    const uint8_t *end;
    int64_t whole;       /* digits before the point */
    int64_t fraction;    /* digits behind it */
    int64_t first;       /* index among all digits of the first that is not 0, -1 for none */
    int64_t significant; /* digits from that one to the last that is not 0 */
    int64_t exponent;    /* as written, 0 if absent */
    bool has_exponent;
} scan;

static bool at_digit(const scan *s) {
    return s->at < s->end && (uint8_t)(*s->at - '0') <= 9;
}

static bool take_sign(scan *s) {
    bool negative = s->at < s->end && *s->at == '-';
    if (negative || (s->at < s->end && *s->at == '+')) {
        s->at++;
    }
    return negative;
}

/* Takes a run of digits; seen is how many stood before it. Returns the run's length. */
static int64_t take_digits(scan *s, pte_number *number, int64_t seen) {
    int64_t index = seen;
    for (; at_digit(s); s->at++, index++) {
        uint8_t digit = (uint8_t)(*s->at - '0');
        if (s->first < 0) {
            if (digit == 0) {
                continue;
            }
            s->first = index;
        }
        int64_t place = index - s->first;
        if (place < PTE_NUMBER_DIGITS_MAX) {
            number->digits[place] = digit;
        }
        if (digit != 0) {
            s->significant = place + 1;
        }
    }
    return index - seen;
}

/* Takes "e", sign and digits; false if there is an "e" without digits. */
static bool take_exponent(scan *s) {
    if (s->at == s->end || (*s->at | 0x20) != 'e') {
        return true;
    }
    s->at++;
    s->has_exponent = true;
    bool negative = take_sign(s);
    bool any = at_digit(s);
    for (; at_digit(s); s->at++) {
        if (s->exponent < EXPONENT_TEXT_MAX) {
            s->exponent = s->exponent * 10 + (*s->at - '0');
        }
    }
    s->exponent = negative ? -s->exponent : s->exponent;
    return any;
}

/* The whole text; false at the first byte that does not belong, which s->at then points at. */
static bool scan_text(scan *s, pte_number *number) {
    number->negative = take_sign(s);
    s->whole = take_digits(s, number, 0);
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        s->fraction = take_digits(s, number, s->whole);
    }
    return s->whole + s->fraction > 0 && take_exponent(s) && s->at == s->end;
}

static pte_status check_range(int64_t exponent, pte_error *error) {
    if (exponent > PTE_NUMBER_EXPONENT_MAX) {
        return pte__fail(error, PTE_NUMBER_OVERFLOW, "the exponent is above %d",
                         PTE_NUMBER_EXPONENT_MAX);
    }
    if (exponent < PTE_NUMBER_EXPONENT_MIN) {
        return pte__fail(error, PTE_NUMBER_UNDERFLOW, "the exponent is below %d",
                         PTE_NUMBER_EXPONENT_MIN);
    }
    return PTE_OK;
}

/*
 * A mantissa of zeros. The service takes the exponent of the last zero written for that of the
 * number, and refuses it out of range: 0e126, but not 0.0e126.
 */
static pte_status finish_zero(pte_number *number, const scan *s, pte_error *error) {
    *number = (pte_number){0};
    return s->has_exponent ? check_range(s->exponent - s->fraction, error) : PTE_OK;
}

static pte_status finish(pte_number *number, const scan *s, pte_error *error) {
    int64_t exponent = s->exponent + s->whole - 1 - s->first;
    pte_status status = check_range(exponent, error);
    if (status == PTE_OK && s->significant > PTE_NUMBER_DIGITS_MAX) {
        status = pte__fail(error, PTE_NUMBER_PRECISION, "it has %lld", (long long)s->significant);
    }
    if (status != PTE_OK) {
        *number = (pte_number){0};
        return status;
    }
    number->digit_count = (uint8_t)s->significant;
    number->exponent = (int16_t)exponent;
    return PTE_OK;
}

pte_status pte_number_parse(pte_number *number, pte_bytes text, pte_error *error) {
    *number = (pte_number){0};
    if (text.len == 0) {
        return pte__fail(error, PTE_NUMBER_SYNTAX, "the text is empty");
    }
    scan s = {
        .start = text.data,
        .at = text.data,
        .end = text.data + text.len,
        .first = -1,
    };
    if (!scan_text(&s, number)) {
        *number = (pte_number){0};
        size_t position = (size_t)(s.at - s.start);
        return pte__fail_at(error, PTE_NUMBER_SYNTAX, position, "%s at byte %zu",
                            s.at == s.end ? "the text ends" : "an unexpected character", position);
    }
    return s.first < 0 ? finish_zero(number, &s, error) : finish(number, &s, error);
}

static char *put_digits(char *to, const uint8_t *digits, size_t count) {
    for (size_t i = 0; i < count; i++) {
        to[i] = (char)('0' + digits[i]);
    }
    return to + count;
}

static char *put_zeros(char *to, size_t count) {
    memset(to, '0', count);
    return to + count;
}

size_t pte_number_format(const pte_number *number, char text[PTE_NUMBER_TEXT_MAX]) {
    char *to = text;
    size_t count = number->digit_count;
    if (count == 0) {
        *to = '0';
        return 1;
    }
    if (number->negative) {
        *to++ = '-';
    }
    if (number->exponent < 0) {
        *to++ = '0';
        *to++ = '.';
        to = put_zeros(to, (size_t)(-number->exponent - 1));
        return (size_t)(put_digits(to, number->digits, count) - text);
    }
    size_t whole = (size_t)number->exponent + 1;
    if (count <= whole) {
        to = put_digits(to, number->digits, count);
        return (size_t)(put_zeros(to, whole - count) - text);
    }
    to = put_digits(to, number->digits, whole);
    *to++ = '.';
    return (size_t)(put_digits(to, number->digits + whole, count - whole) - text);
}

static int compare_magnitude(const pte_number *a, const pte_number *b) {
    if (a->digit_count == 0 || b->digit_count == 0) {
        return (a->digit_count != 0) - (b->digit_count != 0);
    }
    if (a->exponent != b->exponent) {
        return a->exponent < b->exponent ? -1 : 1;
    }
    return pte_bytes_compare(pte_view(a->digits, a->digit_count),
                             pte_view(b->digits, b->digit_count));
}

int pte_number_compare(const pte_number *a, const pte_number *b) {
    if (a->negative != b->negative) {
        return a->negative ? -1 : 1;
    }
    return a->negative ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

size_t pte_number_size_bytes(const pte_number *number) {
    size_t count = number->digit_count;
    size_t whole = number->exponent < 0 ? 0 : (size_t)number->exponent + 1;
    if (whole > count) {
        whole = count; /* zeros behind the last digit do not count */
    }
    size_t fraction = count - whole;
    return 1 + (whole + 1) / 2 + (fraction + 1) / 2 + (number->negative ? 1 : 0);
}
