/*
 * Throughput and billing. The texts were seen on AWS; the rules are those of API_CreateTable,
 * API_UpdateTable and the developer guide's pages on capacity modes.
 */
#include "operation/table_throughput.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define INVALID "One or more parameter values were invalid: "

enum { DAY_MS = 24 * 3600 * 1000 };

static const int64_t UNITS_MAX = 1000000000000; /* beyond which they are no units */

/* What a message is about: the table (no name) or an index, and whether it is being made. */
typedef struct subject {
    pte_bytes index;
    bool on_demand;
    bool is_new;
} subject;

static const char *const DIMENSIONS[] = {"Read", "Write"};

static pt__exception refuse(pt__call *call, const char *text) {
    return pt__refuse(&call->failure, PT__VALIDATION, "%s", text);
}

/* ---- on-demand maxima ---- */

/* https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html */
static pt__exception read_maximum(int64_t *units, pt__call *call, const pt__json *given,
                                  const subject *about, const char *dimension) {
    char name[32];
    snprintf(name, sizeof name, "Max%sRequestUnits", dimension);
    if (pt__json_member(given, name) == NULL) {
        return PT__OK;
    }
    bool index = about->index.len != 0;
    int64_t value = pt__json_integer(given, name, 0);
    if (!about->on_demand) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "%s for OnDemandThroughput%s%.*s cannot be specified when the "
                                  "table BillingMode is PROVISIONED",
                          name, index ? " for index : " : "", PT__SHOW(about->index));
    }
    if (value < 1 && (about->is_new || value != -1)) { /* -1 takes the maximum off again */
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "Requested %s for OnDemandThroughput for %s%.*s is outside of "
                                  "valid range",
                          name, index ? "index : " : "table", PT__SHOW(about->index));
    }
    *units = value == -1 ? 0 : value;
    return PT__OK;
}

static pt__exception read_maxima(pt__throughput *throughput, pt__call *call, const pt__json *from,
                                 const subject *about) {
    const pt__json *given = pt__json_member(from, "OnDemandThroughput");
    pt__exception exception =
        read_maximum(&throughput->read_units_max, call, given, about, DIMENSIONS[0]);
    return exception == PT__OK
               ? read_maximum(&throughput->write_units_max, call, given, about, DIMENSIONS[1])
               : exception;
}

/* ---- warm throughput ---- */

static void raise(int64_t *value, int64_t least) {
    *value = *value < least ? least : *value;
}

static void raise_warm(pt__throughput *throughput, bool on_demand) {
    raise(&throughput->warm_read_units,
          on_demand ? PT__ON_DEMAND_READ_UNITS : throughput->read_units);
    raise(&throughput->warm_write_units,
          on_demand ? PT__ON_DEMAND_WRITE_UNITS : throughput->write_units);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html */
static pt__exception read_warm_units(int64_t *units, pt__call *call, const pt__json *given,
                                     const subject *about, const char *dimension) {
    char name[32];
    char reason[192];
    snprintf(name, sizeof name, "%sUnitsPerSecond", dimension);
    if (pt__json_member(given, name) == NULL) {
        return PT__OK;
    }
    int64_t value = pt__json_integer(given, name, 0);
    if (value >= *units) {
        *units = value;
        return PT__OK;
    }
    if (!about->is_new) {
        snprintf(reason, sizeof reason,
                 "current WarmThroughput, decreasing WarmThroughput is not supported");
    } else if (about->on_demand) {
        snprintf(reason, sizeof reason,
                 "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/"
                 "latest/developerguide/on-demand-capacity-mode.html"
                 "#on-demand-capacity-mode-initial");
    } else {
        snprintf(reason, sizeof reason, "%sCapacityUnits of ProvisionedThroughput", dimension);
    }
    return pt__refuse(&call->failure, PT__VALIDATION,
                      INVALID "Requested %s for WarmThroughput for %s%.*s is lower than %s", name,
                      about->index.len != 0 ? "index " : "table", PT__SHOW(about->index), reason);
}

static pt__exception read_warm(pt__throughput *throughput, pt__call *call, const pt__json *from,
                               const subject *about) {
    const pt__json *given = pt__json_member(from, "WarmThroughput");
    pt__exception exception =
        read_warm_units(&throughput->warm_read_units, call, given, about, DIMENSIONS[0]);
    return exception == PT__OK
               ? read_warm_units(&throughput->warm_write_units, call, given, about, DIMENSIONS[1])
               : exception;
}

/* ---- provisioned units ---- */

/* How many are asked for; neither member may be missing (shapes see to that). */
static pt__exception read_units(int64_t *read_units, int64_t *write_units, pt__call *call,
                                const pt__json *given) {
    *read_units = pt__json_integer(given, "ReadCapacityUnits", 0);
    *write_units = pt__json_integer(given, "WriteCapacityUnits", 0);
    bool reads = *read_units > UNITS_MAX;
    if (reads || *write_units > UNITS_MAX) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Given value %" PRId64 " for %sCapacityUnits is out of bounds",
                          reads ? *read_units : *write_units, DIMENSIONS[reads ? 0 : 1]);
    }
    /* ServiceQuotas.html, "Per table"; the words are DynamoDB Local's. The quota of an account,
     * which AWS raises on request, is not looked at. */
    if (*read_units > PT__TABLE_UNITS_MAX || *write_units > PT__TABLE_UNITS_MAX) {
        return refuse(call, "Cannot increase provisioned throughput to more than 40,000 units per "
                            "table");
    }
    return PT__OK;
}

/* ---- CreateTable ---- */

static pt__exception read_new(pt__throughput *throughput, pt__call *call, const pt__json *from,
                              const subject *about) {
    pt__exception exception = PT__OK;
    if (!about->on_demand) {
        exception = read_units(&throughput->read_units, &throughput->write_units, call,
                               pt__json_member(from, "ProvisionedThroughput"));
    }
    if (exception == PT__OK) {
        exception = read_maxima(throughput, call, from, about);
    }
    raise_warm(throughput, about->on_demand);
    return exception == PT__OK ? read_warm(throughput, call, from, about) : exception;
}

pt__exception pt__throughput_of_new_table(pt__table_settings *settings, pt__call *call) {
    const pt__json *given = pt__json_member(call->body, "ProvisionedThroughput");
    bool on_demand = pt__json_is(call->body, "BillingMode", "PAY_PER_REQUEST");
    if (on_demand && given != NULL) {
        return refuse(call, INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                                    "specified when BillingMode is PAY_PER_REQUEST");
    }
    if (!on_demand && given == NULL) {
        return refuse(call, INVALID "ReadCapacityUnits and WriteCapacityUnits must both be "
                                    "specified when BillingMode is PROVISIONED");
    }
    settings->on_demand = on_demand;
    settings->on_demand_since_ms = on_demand ? settings->created_ms : 0;
    subject about = {.on_demand = on_demand, .is_new = true};
    return read_new(&settings->throughput, call, call->body, &about);
}

pt__exception pt__throughput_of_new_index(pt__throughput *throughput, pt__call *call,
                                          const pt__json *index, pte_bytes name, bool on_demand) {
    bool given = pt__json_member(index, "ProvisionedThroughput") != NULL;
    *throughput = (pt__throughput){0};
    if (on_demand && given) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "ProvisionedThroughput should not be specified for index: %.*s "
                                  "when BillingMode is PAY_PER_REQUEST",
                          PT__SHOW(name));
    }
    if (!on_demand && !given) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "ProvisionedThroughput is not specified for index: %.*s",
                          PT__SHOW(name));
    }
    subject about = {.index = name, .on_demand = on_demand, .is_new = true};
    return read_new(throughput, call, index, &about);
}

/* ---- UpdateTable ---- */

pt__exception pt__throughput_of_added_index(pt__throughput *throughput, pt__call *call,
                                            const pt__json *create, pte_bytes name,
                                            bool on_demand) {
    bool given = pt__json_member(create, "ProvisionedThroughput") != NULL;
    *throughput = (pt__throughput){0};
    if (on_demand && given) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                                  "specified for index: %.*s when BillingMode is PAY_PER_REQUEST",
                          PT__SHOW(name));
    }
    if (!on_demand && !given) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "Both ReadCapacityUnits and WriteCapacityUnits must be specified "
                                  "for index: %.*s",
                          PT__SHOW(name));
    }
    subject about = {.index = name, .on_demand = on_demand, .is_new = true};
    return read_new(throughput, call, create, &about);
}

int64_t pt__throughput_decreases(const pt__throughput *throughput, int64_t now_ms) {
    return throughput->decreased_ms / DAY_MS == now_ms / DAY_MS ? throughput->decreases_today : 0;
}

enum { TIME_TEXT_BYTES = 128 };

/* "Monday, February 13, 2023 at 10:25:39 AM Coordinated Universal Time", whatever the locale. */
static void show_time(char text[TIME_TEXT_BYTES], int64_t ms) {
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) == NULL) {
        snprintf(text, TIME_TEXT_BYTES, "?");
        return;
    }
    snprintf(text, TIME_TEXT_BYTES, "%s, %s %d, %d at %d:%02d:%02d %s Coordinated Universal Time",
             days[utc.tm_wday % 7], months[utc.tm_mon % 12], utc.tm_mday, utc.tm_year + 1900,
             utc.tm_hour % 12 == 0 ? 12 : utc.tm_hour % 12, utc.tm_min, utc.tm_sec,
             utc.tm_hour < 12 ? "AM" : "PM");
}

/* Four a day, and then one an hour.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
static pt__exception count_decrease(pt__throughput *throughput, pt__call *call, int64_t now_ms) {
    int64_t today = pt__throughput_decreases(throughput, now_ms);
    int64_t next_ms = throughput->decreased_ms + PT__DECREASE_INTERVAL_MS;
    if (today >= PT__DECREASES_A_DAY && now_ms < next_ms) {
        char last[TIME_TEXT_BYTES];
        char next[TIME_TEXT_BYTES];
        show_time(last, throughput->decreased_ms);
        show_time(next, next_ms);
        return pt__refuse(&call->failure, PT__LIMIT_EXCEEDED,
                          "Subscriber limit exceeded: Provisioned throughput decreases are limited "
                          "within a given UTC day. After the first %d decreases, each subsequent "
                          "decrease in the same UTC day can be performed at most once every %d "
                          "seconds. Number of decreases today: %" PRId64 ". Last decrease at %s. "
                          "Next decrease can be made at %s",
                          PT__DECREASES_A_DAY, PT__DECREASE_INTERVAL_MS / 1000, today, last, next);
    }
    throughput->decreases_today = today + 1;
    throughput->decreased_ms = now_ms;
    return PT__OK;
}

static pt__exception refuse_same(pt__call *call, const pt__throughput *now, pte_bytes index) {
    char what[16 + PTE_INDEX_NAME_BYTES_MAX];
    const char *kind = index.len != 0 ? "index" : "table";
    snprintf(what, sizeof what, "%s%s%.*s", kind, index.len != 0 ? " " : "", PT__SHOW(index));
    return pt__refuse(
        &call->failure, PT__VALIDATION,
        "The provisioned throughput for the %s will not change. The requested value "
        "equals the current value. Current ReadCapacityUnits provisioned for the %s: "
        "%" PRId64 ". Requested ReadCapacityUnits: %" PRId64
        ". Current WriteCapacityUnits provisioned for the %s: %" PRId64
        ". Requested WriteCapacityUnits: %" PRId64
        ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
        "request higher limits.",
        what, kind, now->read_units, now->read_units, kind, now->write_units, now->write_units);
}

/* switched: from on demand, where there is nothing to compare with. */
static pt__exception change_units(pt__throughput *throughput, pt__call *call, const pt__json *given,
                                  pte_bytes index, bool switched) {
    int64_t reads;
    int64_t writes;
    int64_t now_ms = pt__call_now_ms(call);
    pt__exception exception = read_units(&reads, &writes, call, given);
    bool less = reads < throughput->read_units || writes < throughput->write_units;
    bool more = reads > throughput->read_units || writes > throughput->write_units;
    if (exception == PT__OK && !switched && !less && !more) {
        return refuse_same(call, throughput, index);
    }
    if (exception == PT__OK && !switched && less) {
        exception = count_decrease(throughput, call, now_ms);
    }
    if (exception == PT__OK) {
        throughput->increased_ms = more ? now_ms : throughput->increased_ms;
        throughput->read_units = reads;
        throughput->write_units = writes;
        raise_warm(throughput, false);
    }
    return exception;
}

/* A switch of the billing mode takes the maxima off. */
static void switch_one(pt__throughput *throughput, bool on_demand) {
    throughput->read_units_max = 0;
    throughput->write_units_max = 0;
    if (on_demand) {
        throughput->read_units = 0;
        throughput->write_units = 0;
        raise_warm(throughput, true);
    }
}

static pt__exception switch_all(pt__table_settings *settings, pt__call *call,
                                const pte_table_info *table, bool on_demand) {
    settings->on_demand = on_demand;
    if (on_demand) {
        settings->on_demand_since_ms = pt__call_now_ms(call);
    }
    switch_one(&settings->throughput, on_demand);
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < table->index_count && exception == PT__OK; i++) {
        const pte_index_spec *spec = &table->indexes[i].spec;
        if (spec->kind == PTE_INDEX_GLOBAL) {
            pt__throughput throughput = pt__table_settings_index(settings, spec->name);
            switch_one(&throughput, on_demand);
            exception =
                pt__table_settings_set_index(settings, spec->name, &throughput, &call->failure);
        }
    }
    return exception;
}

static const pt__json *find_index_update(const pt__json *updates, pte_bytes name) {
    for (const pt__json *one = updates == NULL ? NULL : updates->first; one != NULL;
         one = one->next) {
        const pt__json *update = pt__json_member(one, "Update");
        if (update != NULL && pte_bytes_equal(pt__json_string(update, "IndexName"), name)) {
            return update;
        }
    }
    return NULL;
}

/* A table that leaves on demand says what each of its global indexes gets. */
static pt__exception check_switch_indexes(pt__call *call, const pte_table_info *table) {
    const pt__json *updates = pt__json_member(call->body, "GlobalSecondaryIndexUpdates");
    for (size_t i = 0; i < table->index_count; i++) {
        const pte_index_spec *spec = &table->indexes[i].spec;
        const pt__json *update = find_index_update(updates, spec->name);
        if (spec->kind == PTE_INDEX_GLOBAL &&
            pt__json_member(update, "ProvisionedThroughput") == NULL) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              INVALID "ProvisionedThroughput must be specified for index: %.*s",
                              PT__SHOW(spec->name));
        }
    }
    return PT__OK;
}

static pt__exception change_billing(pt__table_settings *settings, pt__call *call,
                                    const pte_table_info *table) {
    const pt__json *given = pt__json_member(call->body, "ProvisionedThroughput");
    const pt__json *mode = pt__json_member(call->body, "BillingMode");
    bool on_demand = mode == NULL ? settings->on_demand
                                  : pt__json_is(call->body, "BillingMode", "PAY_PER_REQUEST");
    bool switched = on_demand != settings->on_demand;
    if (on_demand && given != NULL) {
        return mode != NULL ? refuse(call, INVALID "ProvisionedThroughput cannot be specified when "
                                                   "BillingMode is PAY_PER_REQUEST")
                            : refuse(call, INVALID "Neither ReadCapacityUnits nor "
                                                   "WriteCapacityUnits can be specified when "
                                                   "BillingMode is PAY_PER_REQUEST");
    }
    if (!on_demand && mode != NULL && given == NULL) {
        return refuse(call, INVALID "ProvisionedThroughput must be specified when BillingMode is "
                                    "PROVISIONED");
    }
    pt__exception exception = PT__OK;
    if (switched && !on_demand) {
        exception = check_switch_indexes(call, table);
    }
    if (exception == PT__OK && switched) {
        exception = switch_all(settings, call, table, on_demand);
    }
    if (exception == PT__OK && given != NULL) {
        exception =
            change_units(&settings->throughput, call, given, (pte_bytes){NULL, 0}, switched);
    }
    return exception;
}

static pt__exception change_index(pt__table_settings *settings, pt__call *call,
                                  const pt__json *update, bool switched) {
    pte_bytes name = pt__json_string(update, "IndexName");
    const pt__json *given = pt__json_member(update, "ProvisionedThroughput");
    pt__throughput throughput = pt__table_settings_index(settings, name);
    subject about = {.index = name, .on_demand = settings->on_demand};
    if (given != NULL && settings->on_demand) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "The only Updates for index: %.*s when TableThroughputMode is "
                                  "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
                          PT__SHOW(name));
    }
    pt__exception exception = PT__OK;
    if (given != NULL) {
        exception = change_units(&throughput, call, given, name, switched);
    }
    raise_warm(&throughput, settings->on_demand); /* an index of another maker has none yet */
    if (exception == PT__OK) {
        exception = read_maxima(&throughput, call, update, &about);
    }
    if (exception == PT__OK) {
        exception = read_warm(&throughput, call, update, &about);
    }
    return exception == PT__OK
               ? pt__table_settings_set_index(settings, name, &throughput, &call->failure)
               : exception;
}

pt__exception pt__throughput_update(pt__table_settings *settings, pt__call *call,
                                    const pte_table_info *table) {
    bool was_on_demand = settings->on_demand;
    pt__exception exception = change_billing(settings, call, table);
    subject about = {.on_demand = settings->on_demand};
    if (exception == PT__OK) {
        exception = read_maxima(&settings->throughput, call, call->body, &about);
    }
    raise_warm(&settings->throughput, settings->on_demand);
    if (exception == PT__OK) {
        exception = read_warm(&settings->throughput, call, call->body, &about);
    }
    const pt__json *updates = pt__json_member(call->body, "GlobalSecondaryIndexUpdates");
    for (const pt__json *one = updates == NULL ? NULL : updates->first;
         one != NULL && exception == PT__OK; one = one->next) {
        const pt__json *update = pt__json_member(one, "Update");
        if (update != NULL) {
            exception = change_index(settings, call, update, was_on_demand);
        }
    }
    return exception;
}
