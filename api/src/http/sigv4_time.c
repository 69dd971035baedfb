/* Times as they stand in signed requests. */
#include "http/sigv4.h"

#include <stdio.h>
#include <string.h>

enum { S_PER_DAY = 24 * 60 * 60, HTTP_DATE_CHARACTERS = 29 };

/* Days from 1970-01-01 to the day of the Gregorian calendar, from year 0 on. Years are counted from
 * March here, so that the leap day is the last; 400 of them have 146,097 days. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t month_from_march = (month + 9) % 12;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month_from_march + 2) / 5 +
           day - 1 - 719468;
}

/* The number that the digits are; false: one is none. */
static bool digits(int64_t *number, const char *text, size_t count) {
    *number = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *number = *number * 10 + (text[i] - '0');
    }
    return true;
}

static int64_t days_in(int64_t year, int64_t month) {
    return month == 12 ? 31 : days_of(year, month + 1, 1) - days_of(year, month, 1);
}

/* "hhmmss", or with colons between. */
static bool read_clock(int64_t *seconds, const char *text, size_t step) {
    int64_t hour, minute, second;
    bool good = digits(&hour, text, 2) && digits(&minute, text + step, 2) &&
                digits(&second, text + 2 * step, 2) && hour < 24 && minute < 60 && second < 60;
    *seconds = good ? hour * 3600 + minute * 60 + second : 0;
    return good;
}

static bool join(int64_t *seconds, int64_t year, int64_t month, int64_t day, int64_t clock) {
    bool good = month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
    *seconds = good ? days_of(year, month, day) * S_PER_DAY + clock : 0;
    return good;
}

static bool read_basic(int64_t *seconds, const char *text) {
    int64_t year, month, day, clock;
    return digits(&year, text, 4) && digits(&month, text + 4, 2) && digits(&day, text + 6, 2) &&
           text[8] == 'T' && read_clock(&clock, text + 9, 2) && text[15] == 'Z' &&
           join(seconds, year, month, day, clock);
}

/* RFC 9110, 5.6.7; the name of the day is not looked at. */
static bool read_http(int64_t *seconds, const char *text) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t year, day, clock, month = 0;
    for (int64_t i = 1; i <= 12 && month == 0; i++) {
        month = memcmp(text + 8, months + 3 * (i - 1), 3) == 0 ? i : 0;
    }
    return memcmp(text + 3, ", ", 2) == 0 && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' &&
           digits(&day, text + 5, 2) && digits(&year, text + 12, 4) &&
           read_clock(&clock, text + 17, 3) && text[19] == ':' && text[22] == ':' &&
           join(seconds, year, month, day, clock);
}

bool pt__sigv4_time_read(int64_t *seconds, pte_bytes text, bool http_date) {
    const char *characters = (const char *)text.data;
    if (text.len == PT__SIGV4_TIME_CHARACTERS) {
        return read_basic(seconds, characters);
    }
    /* Python's formatdate ends it with "-0000", with which botocore signs. */
    bool ends = (text.len == HTTP_DATE_CHARACTERS && memcmp(characters + 25, " GMT", 4) == 0) ||
                (text.len == HTTP_DATE_CHARACTERS + 2 && memcmp(characters + 25, " -0000", 6) == 0);
    return http_date && ends && read_http(seconds, characters);
}

void pt__sigv4_time_write(char text[PT__SIGV4_TIME_CHARACTERS + 1], int64_t seconds) {
    int64_t last = days_of(10000, 1, 1) * S_PER_DAY - 1; /* the last that has four digits */
    seconds = seconds > last ? last : seconds < 0 ? 0 : seconds;
    int64_t clock = seconds % S_PER_DAY, days = seconds / S_PER_DAY;
    int64_t year = 1970 + days / 366, month = 1;
    while (days_of(year + 1, 1, 1) <= days) {
        year++;
    }
    while (month < 12 && days_of(year, month + 1, 1) <= days) {
        month++;
    }
    char room[64];
    snprintf(room, sizeof room, "%04d%02d%02dT%02d%02d%02dZ", (int)year, (int)month,
             (int)(days - days_of(year, month, 1)) + 1, (int)(clock / 3600), (int)(clock / 60 % 60),
             (int)(clock % 60));
    memcpy(text, room, PT__SIGV4_TIME_CHARACTERS);
    text[PT__SIGV4_TIME_CHARACTERS] = '\0';
}
