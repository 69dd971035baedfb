/* Times and durations as texts. Days are counted by the proleptic Gregorian calendar. */
#include "workload/recipe.h"

enum { DAY_S = 86400, YEAR_MIN = 1900, YEAR_MAX = 2999 };

static bool is_leap(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to the first of a year. */
static int64_t days_before(int64_t year) {
    int64_t y = year - 1;
    return 365 * (year - 1970) + (y / 4 - y / 100 + y / 400) - 477;
}

/* Exactly count digits; -1: they are not there. */
static int take_digits(pte_bytes *text, size_t count) {
    int number = 0;
    if (text->len < count) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (text->data[i] < '0' || text->data[i] > '9') {
            return -1;
        }
        number = 10 * number + (text->data[i] - '0');
    }
    *text = pte_view(text->data + count, text->len - count);
    return number;
}

static bool take_char(pte_bytes *text, char c) {
    if (text->len == 0 || text->data[0] != (uint8_t)c) {
        return false;
    }
    *text = pte_view(text->data + 1, text->len - 1);
    return true;
}

/* HH:MM, HH:MM:SS, either with a Z; seconds. */
static bool take_clock(int64_t *seconds, pte_bytes *text) {
    int hour = take_digits(text, 2);
    int minute = take_char(text, ':') ? take_digits(text, 2) : -1;
    int second = 0;
    if (take_char(text, ':')) {
        second = take_digits(text, 2);
    }
    take_char(text, 'Z');
    *seconds = (hour * 60 + minute) * 60 + second;
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

bool wl__time_parse(int64_t *time_ms, pte_bytes text) {
    int year = take_digits(&text, 4);
    int month = take_char(&text, '-') ? take_digits(&text, 2) : -1;
    int day = take_char(&text, '-') ? take_digits(&text, 2) : -1;
    int64_t seconds = 0;
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > days_in(year, month)) {
        return false;
    }
    if (text.len != 0 && ((!take_char(&text, 'T') && !take_char(&text, ' ')) ||
                          !take_clock(&seconds, &text) || text.len != 0)) {
        return false;
    }
    int64_t days = days_before(year) + day - 1;
    for (int m = 1; m < month; m++) {
        days += days_in(year, m);
    }
    *time_ms = (days * DAY_S + seconds) * 1000;
    return true;
}

bool wl__duration_parse(int64_t *duration_ms, pte_bytes text) {
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1},      {"s", 1000},           {"m", 60 * 1000},
                 {"h", 3600000}, {"d", DAY_S * 1000LL}, {NULL, 0}};
    int64_t number = 0;
    size_t digits = 0;
    while (digits < text.len && digits < 9 && text.data[digits] >= '0' &&
           text.data[digits] <= '9') {
        number = 10 * number + (text.data[digits++] - '0');
    }
    pte_bytes unit = pte_view(text.data + digits, text.len - digits);
    for (size_t i = 0; digits != 0 && units[i].name != NULL; i++) {
        if (pte_bytes_equal(unit, pte_str(units[i].name))) {
            *duration_ms = number * units[i].ms;
            return number > 0 && *duration_ms <= 36500 * (DAY_S * 1000LL);
        }
    }
    return false;
}

size_t wl__time_write(char text[40], int64_t time_ms, wl__time_form form) {
    int64_t seconds = time_ms / 1000 - (time_ms % 1000 < 0);
    if (form == WL__TIME_SECONDS || form == WL__TIME_MILLISECONDS) {
        return (size_t)snprintf(text, 40, "%lld",
                                (long long)(form == WL__TIME_SECONDS ? seconds : time_ms));
    }
    int ms = (int)(time_ms - seconds * 1000);
    int64_t days = seconds / DAY_S - (seconds % DAY_S < 0);
    int clock = (int)(seconds - days * DAY_S);
    int64_t year = 1970 + days / 366;
    while (days_before(year + 1) <= days) {
        year++;
    }
    while (days_before(year) > days) {
        year--;
    }
    int day = (int)(days - days_before(year)), month = 1;
    while (day >= days_in(year, month)) {
        day -= days_in(year, month++);
    }
    int len = snprintf(text, 40, "%04lld-%02d-%02d", (long long)year, month, day + 1);
    if (form == WL__TIME_ISO) {
        len += snprintf(text + len, 40 - (size_t)len, "T%02d:%02d:%02d", clock / 3600,
                        clock / 60 % 60, clock % 60);
        len += ms != 0 ? snprintf(text + len, 40 - (size_t)len, ".%03dZ", ms)
                       : snprintf(text + len, 40 - (size_t)len, "Z");
    }
    return (size_t)len;
}
