/* Performing and showing the patterns; see demo_patterns.h. */
#include "demo_patterns.h"

#include <stdlib.h>

enum { READ_RUNS = 101 }; /* odd, so that one of them is the median */

/* One pattern on its way: what the JSON ways answered, and how long each way took. */
typedef struct performance {
    const demo_patterns *all;
    const tool_terminal *terminal;
    const qp_step *step;
    size_t index;
    uint64_t items; /* in each table when it is done */
    demo_times times;
    qp_answer answers[DEMO_DOORS];
} performance;

/* ---- agreement ---- */

/* The JSON ways ran the same code, so their answers are equal to the byte. */
static bool answers_agree(const performance *p) {
    const qp_json_app *apps = p->all->ways->apps;
    if (apps[0].answers.failed || apps[1].answers.failed ||
        !pte_bytes_equal(qp_json_bytes(&apps[0].answers), qp_json_bytes(&apps[1].answers))) {
        tool_complain("%s: in process and over HTTP the answers differ:\n%s%s", p->step->title,
                      apps[0].answers.text, apps[1].answers.text);
        return false;
    }
    return true;
}

static bool tally_is(const performance *p, const char *way, const qp_tally *tally,
                     const qp_tally *expected) {
    if (!qp_tally_equal(tally, expected)) {
        char got[160], wanted[160];
        qp_tally_write(got, sizeof got, tally);
        qp_tally_write(wanted, sizeof wanted, expected);
        tool_complain("%s, %s: expected %s, found %s", p->step->title, way, wanted, got);
        return false;
    }
    return true;
}

/* Performs the step through a door; false after a complaint, also if it is refused. */
static bool perform_json(performance *p, size_t door, bool refusal_is_fine) {
    demo_ways *ways = p->all->ways;
    qp_answer *answer = &p->answers[door];
    pte_error error = {0};
    if (!demo_went_well(qp_json_perform(&ways->apps[door], p->all->scene, p->index, answer, &error),
                        &error, ways->doors[door].name)) {
        return false;
    }
    if (answer->status != 200 && !refusal_is_fine) {
        tool_complain("%s, %s: %d %s: %s", p->step->title, ways->doors[door].name, answer->status,
                      answer->exception, answer->message);
        return false;
    }
    return true;
}

/* ---- printing ---- */

static void write_cost(char *text, size_t size, const qp_answer *answer, const char *unit) {
    text[0] = '\0';
    if (answer->costs) {
        snprintf(text, size, "%zu%s %s", answer->half_units / 2,
                 answer->half_units % 2 != 0 ? ".5" : "", unit);
    }
}

/* The pattern's name, its request, and the times. */
static void say_performance(const performance *p) {
    char cost[40];
    qp_request request;
    bool writes = p->step->write != NULL;
    tool_print(p->terminal, TOOL_BOLD, "\n %2zu  %s (%s)\n", p->index + 1, p->step->title,
               writes ? "write" : "read");
    p->step->describe(&request, p->all->scene);
    demo_say_request(p->terminal, request.text);
    write_cost(cost, sizeof cost, &p->answers[0], writes ? "WCU" : "RCU");
    demo_say_times(p->terminal, &p->times, cost);
}

/* The first run's requests and answers in process; over HTTP they are the same. */
static void say_json(const performance *p) {
    qp_json_app *app = &p->all->ways->apps[0];
    if (app->transcript.len != 0) {
        tool_print(p->terminal, TOOL_PLAIN, "\n%s\n", app->transcript.text);
    }
    qp_json_reset(&app->transcript);
}

/* ---- reads ---- */

static int compare_times(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool read_engine(const performance *p, uint64_t *time_ns, const qp_tally *expected) {
    pte_error error = {0};
    qp_tally tally = {0};
    uint64_t start_ns = tool_now_ns();
    pte_status status = p->step->read(p->all->scene, &tally, &error);
    *time_ns = tool_now_ns() - start_ns;
    return demo_went_well(status, &error, p->step->title) &&
           tally_is(p, demo_way_names[DEMO_ENGINE], &tally, expected);
}

static bool read_json(performance *p, demo_way way, uint64_t *time_ns, const qp_tally *expected) {
    size_t door = (size_t)way - 1;
    if (!perform_json(p, door, false)) {
        return false;
    }
    p->all->ways->apps[0].records = false; /* once is enough */
    *time_ns = p->all->ways->apps[door].time_ns;
    return tally_is(p, demo_way_names[way], &p->answers[door].tally, expected);
}

/* Runs the read again and again, every answer checked; the time is the median of the runs'. */
static bool read_repeatedly(performance *p, demo_way way, const qp_tally *expected) {
    uint64_t times_ns[READ_RUNS];
    for (size_t i = 0; i < READ_RUNS; i++) {
        bool right = way == DEMO_ENGINE ? read_engine(p, &times_ns[i], expected)
                                        : read_json(p, way, &times_ns[i], expected);
        if (!right) {
            return false;
        }
    }
    qsort(times_ns, READ_RUNS, sizeof times_ns[0], compare_times);
    p->times.ns[way] = times_ns[READ_RUNS / 2];
    return true;
}

static bool perform_read(performance *p) {
    char text[160];
    qp_tally expected = {0};
    p->step->expect(p->all->scene, &expected);
    for (demo_way way = DEMO_ENGINE; way < DEMO_WAYS; way++) {
        if (!read_repeatedly(p, way, &expected)) {
            return false;
        }
    }
    if (!answers_agree(p)) {
        return false;
    }
    say_performance(p);
    qp_tally_write(text, sizeof text, &expected);
    tool_print(p->terminal, TOOL_GREEN, "      %zu item%s", qp_tally_sum(&expected),
               qp_tally_sum(&expected) == 1 ? "" : "s");
    tool_print(p->terminal, TOOL_PLAIN, ": %s\n", text);
    return true;
}

/* ---- writes ---- */

static bool tables_agree(const performance *p) {
    return demo_ways_agree(p->all->ways, p->items, true, NULL);
}

/* What DynamoDB calls the outcome of an operation. */
static const char *reason_of(pte_status status) {
    return status == PTE_OK ? "None" : "ConditionalCheckFailed";
}

/* The engine's write is refused by its first operation's condition and by nothing else. */
static bool refuse_engine(const performance *p) {
    pte_error error = {0};
    const qp_app *app = p->all->scene->app;
    pte_status status = p->step->write(p->all->scene, &error);
    bool refused = app->operation_count == 1
                       ? status == PTE_CONDITION_FAILED
                       : status == PTE_TRANSACTION_CANCELLED && error.position == 0;
    for (size_t i = 0; i < app->operation_count; i++) {
        refused = refused && app->operation_statuses[i] == (i == 0 ? PTE_CONDITION_FAILED : PTE_OK);
    }
    if (!refused) {
        tool_complain("%s: a second run should fail by its condition; found %s", p->step->title,
                      pte_status_name(status));
    }
    return refused;
}

/* A JSON way refused for the reasons that the engine had, and found the same item in the way. */
static bool refusal_agrees(const performance *p, const qp_answer *answer) {
    const qp_app *app = p->all->scene->app;
    size_t count = app->operation_count;
    bool single = count == 1;
    bool agrees = answer->status == 400 && answer->reason_count == (single ? 0 : count) &&
                  strcmp(answer->found_timestamp, app->found_timestamp) == 0 &&
                  strcmp(answer->exception, single ? "ConditionalCheckFailedException"
                                                   : "TransactionCanceledException") == 0;
    for (size_t i = 0; i < answer->reason_count && agrees; i++) {
        agrees = strcmp(answer->reasons[i], reason_of(app->operation_statuses[i])) == 0;
    }
    if (!agrees) {
        tool_complain("%s: a second run was refused otherwise than by the engine: %d %s: %s",
                      p->step->title, answer->status, answer->exception, answer->message);
    }
    return agrees;
}

/* Why the write was refused, in DynamoDB's words: a reason for each operation of a transaction. */
static void say_refusal(const performance *p) {
    const qp_app *app = p->all->scene->app;
    size_t operations = app->operation_count;
    tool_print(p->terminal, TOOL_GREEN, "      again: %s",
               operations == 1 ? "refused" : "cancelled");
    for (size_t i = 0; i < operations; i++) {
        tool_print(p->terminal, TOOL_PLAIN, "%s%s", i == 0 ? " [" : ", ",
                   reason_of(app->operation_statuses[i]));
    }
    tool_print(p->terminal, TOOL_PLAIN, "]; nothing has changed\n             %s: it is there",
               p->step->operations[0]);
    if (app->found_timestamp[0] != '\0') {
        tool_print(p->terminal, TOOL_PLAIN, " since %s", app->found_timestamp);
    }
    tool_print(p->terminal, TOOL_PLAIN, "\n");
}

/* The second run of a write must be refused all three ways, and must change nothing. */
static bool refuse_again(performance *p) {
    pte_error error = {0};
    if (!refuse_engine(p) ||
        !demo_went_well(p->step->verify(p->all->scene, &error), &error, p->step->title)) {
        return false;
    }
    for (size_t i = 0; i < DEMO_DOORS; i++) {
        if (!perform_json(p, i, true) || !refusal_agrees(p, &p->answers[i])) {
            return false;
        }
    }
    if (!answers_agree(p) || !tables_agree(p)) {
        return false;
    }
    say_refusal(p);
    return true;
}

static bool write_engine(performance *p) {
    pte_error error = {0};
    uint64_t start_ns = tool_now_ns();
    pte_status status = p->step->write(p->all->scene, &error);
    p->times.ns[DEMO_ENGINE] = tool_now_ns() - start_ns;
    return demo_went_well(status, &error, p->step->title) &&
           demo_went_well(p->step->verify(p->all->scene, &error), &error, p->step->title);
}

static bool perform_write(performance *p) {
    if (!write_engine(p)) {
        return false;
    }
    for (size_t i = 0; i < DEMO_DOORS; i++) {
        if (!perform_json(p, i, false)) {
            return false;
        }
        p->times.ns[i + 1] = p->all->ways->apps[i].time_ns;
    }
    if (!answers_agree(p) || !tables_agree(p)) {
        return false;
    }
    say_performance(p);
    size_t written = p->all->scene->app->operation_count;
    tool_print(p->terminal, TOOL_GREEN, "      %zu item%s written", written,
               written == 1 ? "" : "s");
    tool_print(p->terminal, TOOL_PLAIN, " and read back; the three tables are equal\n");
    return !p->step->refused_again || refuse_again(p);
}

/* ---- all of them ---- */

bool demo_patterns_perform(const demo_patterns *patterns) {
    uint64_t items = QP_ITEMS;
    demo_say_heading(patterns->terminal, "Access patterns");
    tool_print(patterns->terminal, TOOL_DIM,
               "  Reads: the median of %d runs; the engine's from snapshot to last item,\n"
               "  JSON's from the text of the request to that of the answer.\n"
               "  Writes: the one run that counts, commit included; each is a first run, and\n"
               "  the engine's comes before the others. At the right the capacity units that\n"
               "  DynamoDB would charge for.\n",
               READ_RUNS);
    for (size_t i = 0; i < QP_STEPS; i++) {
        const qp_step *step = &qp_steps[i];
        items += step->items_added;
        performance p = {
            .all = patterns,
            .terminal = patterns->terminal,
            .step = step,
            .index = i,
            .items = items,
        };
        patterns->ways->apps[0].records = i + 1 == patterns->shown;
        bool performed = step->write != NULL ? perform_write(&p) : perform_read(&p);
        patterns->ways->apps[0].records = false;
        if (!performed) {
            return false;
        }
        if (step->strategy != NULL) {
            tool_print(p.terminal, TOOL_CYAN, "      Strategy: %s\n", step->strategy);
        }
        say_json(&p);
    }
    return true;
}
