/* Values that are made without others. */
#include "workload/inside.h"

static const int64_t year_10000_ms = 253402300800000;

wl__random wl__random_of(const wl__kitchen *kitchen, const wl__frame *frame,
                         const wl__recipe *recipe) {
    uint64_t mixed = wl__mix(kitchen->workload->seed, recipe->stream);
    mixed = wl__mix(mixed, frame->number);
    return (wl__random){frame->salt != 0 ? wl__mix(mixed, frame->salt) : mixed};
}

pte_bytes wl__keep(wl__kitchen *kitchen, pte_bytes text) {
    char *copy = wl__arena_copy(&kitchen->arena, text);
    return pte_view(copy, copy != NULL ? text.len : 0);
}

/* What a range and its distribution give. */
static int64_t draw(const wl__frame *frame, const wl__recipe *recipe, wl__random *random) {
    return recipe->min + (int64_t)wl__distribution_draw(&recipe->by, random, frame->number);
}

static wl__value value_of(wl__kitchen *kitchen, wl__type type, const char *text, size_t len) {
    return (wl__value){.type = type, .text = wl__keep(kitchen, pte_view(text, len))};
}

/* ---- numbers ---- */

static wl__value make_integer(wl__kitchen *kitchen, const wl__frame *frame,
                              const wl__recipe *recipe, wl__random *random) {
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)draw(frame, recipe, random));
    return value_of(kitchen, WL__N, text, (size_t)len);
}

static wl__value make_decimal(wl__kitchen *kitchen, const wl__frame *frame,
                              const wl__recipe *recipe, wl__random *random) {
    char text[40];
    int64_t drawn = draw(frame, recipe, random);
    uint64_t size = drawn < 0 ? (uint64_t)-drawn : (uint64_t)drawn, scale = 1;
    for (int64_t i = 0; i < recipe->step; i++) {
        scale *= 10;
    }
    int len = snprintf(text, sizeof text, "%s%llu.%0*llu", drawn < 0 ? "-" : "",
                       (unsigned long long)(size / scale), (int)recipe->step,
                       (unsigned long long)(size % scale));
    return value_of(kitchen, WL__N, text, (size_t)len);
}

static wl__value make_boolean(wl__random *random, const wl__recipe *recipe) {
    bool yes = wl__random_fraction(random) < recipe->probability;
    return (wl__value){.type = WL__BOOL, .text = pte_str(yes ? "true" : "false")};
}

static wl__value make_time(wl__kitchen *kitchen, const wl__frame *frame, const wl__recipe *recipe,
                           wl__random *random) {
    char text[40];
    uint64_t steps_max = (uint64_t)((year_10000_ms - recipe->min) / recipe->step);
    uint64_t steps = recipe->by_number ? frame->number % steps_max
                                       : wl__distribution_draw(&recipe->by, random, frame->number);
    int64_t time_ms = recipe->min + (int64_t)steps * recipe->step;
    size_t len = wl__time_write(text, time_ms, recipe->form);
    bool number = recipe->form == WL__TIME_SECONDS || recipe->form == WL__TIME_MILLISECONDS;
    return value_of(kitchen, number ? WL__N : WL__S, text, len);
}

/* ---- texts ---- */

/* Words from the list, cut at the length. */
static wl__value make_text(wl__kitchen *kitchen, const wl__frame *frame, const wl__recipe *recipe,
                           wl__random *random) {
    size_t len = (size_t)draw(frame, recipe, random);
    char *text = wl__arena_take(&kitchen->arena, len + 1);
    for (size_t at = 0; text != NULL && at < len;) {
        const char *word = wl__words[wl__random_below(random, WL__WORD_COUNT)];
        size_t word_len = strlen(word);
        size_t taken = word_len < len - at ? word_len : len - at;
        memcpy(text + at, word, taken);
        at += taken;
        if (at + 1 < len) {
            text[at++] = ' ';
        }
    }
    return (wl__value){.type = WL__S, .text = pte_view(text, text != NULL ? len : 0)};
}

/* The item's number shuffled, its bytes as words, and behind them how often all combinations are
 * used up. */
static void write_unique(wl_text *text, uint64_t number, const wl__recipe *recipe, uint64_t key) {
    unsigned count = (unsigned)recipe->min;
    uint64_t shuffled = wl__shuffle(number, 8 * count, key);
    uint64_t round = number >> (8 * count);
    for (unsigned i = 0; i < count; i++) {
        wl__text_add(text, i != 0 ? recipe->text : (pte_bytes){0});
        wl__text_raw(text, wl__words[(shuffled >> (8 * i)) & 255]);
    }
    if (round != 0) {
        char digits[24];
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)round + 1);
        wl__text_add(text, recipe->text);
        wl__text_raw(text, digits);
    }
}

static wl__value make_words(wl__kitchen *kitchen, const wl__frame *frame, const wl__recipe *recipe,
                            wl__random *random) {
    wl_text text = {0};
    if (recipe->unique) {
        write_unique(&text, frame->number, recipe,
                     wl__mix(kitchen->workload->seed, recipe->stream));
    } else {
        int64_t count = draw(frame, recipe, random);
        for (int64_t i = 0; i < count; i++) {
            wl__text_add(&text, i != 0 ? recipe->text : (pte_bytes){0});
            wl__text_raw(&text, wl__words[wl__random_below(random, WL__WORD_COUNT)]);
        }
    }
    kitchen->arena.failed = kitchen->arena.failed || text.failed;
    wl__value value = {.type = WL__S, .text = wl__keep(kitchen, wl__text_bytes(&text))};
    wl_text_clean_up(&text);
    return value;
}

/* RFC 9562, section 5.4. */
static wl__value make_uuid(wl__kitchen *kitchen, wl__random *random) {
    char text[40];
    uint64_t high = wl__random_next(random), low = wl__random_next(random);
    high = (high & ~(uint64_t)0xF000) | 0x4000;
    low = (low & ~((uint64_t)3 << 62)) | ((uint64_t)1 << 63);
    int len = snprintf(text, sizeof text, "%08llx-%04llx-%04llx-%04llx-%012llx",
                       (unsigned long long)(high >> 32), (unsigned long long)(high >> 16 & 0xFFFF),
                       (unsigned long long)(high & 0xFFFF), (unsigned long long)(low >> 48),
                       (unsigned long long)(low & 0xFFFFFFFFFFFF));
    return value_of(kitchen, WL__S, text, (size_t)len);
}

/* Base64, RFC 4648, section 4, of random bytes. */
static wl__value make_binary(wl__kitchen *kitchen, const wl__frame *frame, const wl__recipe *recipe,
                             wl__random *random) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t bytes = (size_t)draw(frame, recipe, random);
    size_t len = (bytes + 2) / 3 * 4;
    char *text = wl__arena_take(&kitchen->arena, len + 1);
    for (size_t at = 0; text != NULL && at < len; at += 4) {
        size_t left = bytes - at / 4 * 3;
        uint64_t drawn = wl__random_next(random) & 0xFFFFFF;
        drawn &= left == 1 ? 0xFF0000 : left == 2 ? 0xFFFF00 : 0xFFFFFF;
        for (size_t i = 0; i < 4; i++) {
            text[at + i] = i > left ? '=' : digits[drawn >> (18 - 6 * i) & 63];
        }
    }
    return (wl__value){.type = WL__B, .text = pte_view(text, text != NULL ? len : 0)};
}

/* ---- items ---- */

static wl__value make_item(const wl__kitchen *kitchen, const wl__frame *frame,
                           const wl__recipe *recipe, wl__random *random) {
    const wl__entity *entity = &kitchen->workload->entities[recipe->entity];
    wl__value value = {.type = WL__ITEM, .entity = recipe->entity};
    if (recipe->kind == WL__NEW) {
        value.number =
            entity->shown.count + frame->number * entity->makers + recipe->offset + frame->index;
    } else if (recipe->every != 0) {
        value.number = frame->number / recipe->every % entity->shown.count;
    } else {
        value.number = wl__distribution_draw(&recipe->by, random, frame->number);
    }
    return value;
}

wl__value wl__make_kind(wl__kitchen *kitchen, const wl__frame *frame, const wl__recipe *recipe) {
    wl__random random = wl__random_of(kitchen, frame, recipe);
    switch (recipe->kind) {
    case WL__INTEGER:
        return make_integer(kitchen, frame, recipe, &random);
    case WL__DECIMAL:
        return make_decimal(kitchen, frame, recipe, &random);
    case WL__TEXT:
        return make_text(kitchen, frame, recipe, &random);
    case WL__WORDS:
        return make_words(kitchen, frame, recipe, &random);
    case WL__UUID:
        return make_uuid(kitchen, &random);
    case WL__TIME:
        return make_time(kitchen, frame, recipe, &random);
    case WL__BOOLEAN:
        return make_boolean(&random, recipe);
    case WL__BINARY:
        return make_binary(kitchen, frame, recipe, &random);
    default:
        return make_item(kitchen, frame, recipe, &random);
    }
}
