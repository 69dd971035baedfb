/*
 * A call under way: which request comes next. A step's requests are, in this order: what a batch
 * left unprocessed, the next page, the next part of the elements that it is made from. What one
 * step answered is kept for the next one.
 */
#include "workload/skim.h"

#include "workload/inside.h"

#include <stdlib.h>

enum {
    ELEMENTS_MAX = 100000, /* of one step that the next one is made from; the rest is left out */
    RESENDS_MAX = 1000,    /* of one request's unprocessed parts */
};

/* Pieces of answers that outlive them. */
typedef struct gathered {
    wl_text text;
    size_t *ends;
    size_t count, capacity;
} gathered;

struct wl_call {
    wl__kitchen kitchen;
    const wl__pattern *pattern;
    wl__frame frame;
    wl__frame after; /* the same for steps with an answer before */
    size_t step;
    bool begun; /* the step has sent a request */
    bool ended;
    bool page; /* the last request was a further one of its step */
    size_t page_count;
    size_t resend_count;
    wl_text request;  /* of the last page, without its end */
    wl_text answer;   /* of the step before */
    gathered found;   /* in the step's answers, for the next */
    gathered sources; /* in the answers of the step before */
    pte_bytes *views; /* of sources */
};

wl_call *wl_call_new(const wl_workload *workload) {
    wl_call *call = calloc(1, sizeof *call);
    if (call != NULL) {
        call->kitchen.workload = workload;
        call->kitchen.arena.bytes_max = WL__ARENA_BYTES_MAX;
        call->ended = true;
    }
    return call;
}

static void clean_up_gathered(gathered *g) {
    wl_text_clean_up(&g->text);
    free(g->ends);
    *g = (gathered){0};
}

void wl_call_destroy(wl_call *call) {
    if (call != NULL) {
        wl__arena_clean_up(&call->kitchen.arena);
        wl_text_clean_up(&call->request);
        wl_text_clean_up(&call->answer);
        clean_up_gathered(&call->found);
        clean_up_gathered(&call->sources);
        free(call);
    }
}

static void empty(gathered *g) {
    wl__text_reset(&g->text);
    g->count = 0;
}

void wl_call_begin(wl_call *call, size_t pattern, uint64_t n) {
    wl__arena_reset(&call->kitchen.arena);
    memset(call->kitchen.looked, 0, sizeof call->kitchen.looked);
    call->pattern = &call->kitchen.workload->patterns[pattern];
    call->frame = wl__frame_of(&call->kitchen, &call->pattern->scope, n);
    call->after = call->frame;
    call->after.scope = &call->pattern->after;
    call->step = 0;
    call->begun = false;
    call->ended = false;
    call->page = false;
    call->page_count = 0;
    call->resend_count = 0;
    wl__text_reset(&call->request);
    wl__text_reset(&call->answer);
    empty(&call->found);
    empty(&call->sources);
    call->kitchen.element_next = 0;
    call->kitchen.element_count = 0;
    call->kitchen.answer = (pte_bytes){0};
}

size_t wl_call_step(const wl_call *call) {
    return call->step;
}

bool wl_call_is_page(const wl_call *call) {
    return call->page;
}

/* ---- answers ---- */

static bool gather(gathered *g, pte_bytes piece) {
    if (g->count == g->capacity) {
        size_t capacity = g->capacity != 0 ? 2 * g->capacity : 64;
        size_t *ends = realloc(g->ends, capacity * sizeof *ends);
        if (ends == NULL) {
            return false;
        }
        g->ends = ends;
        g->capacity = capacity;
    }
    wl__text_add(&g->text, piece);
    if (g->text.failed) {
        return false;
    }
    g->ends[g->count++] = g->text.len;
    return true;
}

/* The elements of an answer that the next step is made from. */
static bool gather_elements(wl_call *call, pte_bytes answer) {
    const wl__ref *path = call->pattern->steps[call->step].elements;
    if (path == NULL) {
        return true;
    }
    pte_bytes list = answer;
    for (size_t i = 0; i < path->name_count; i++) {
        list = wl__skim_member(list, path->names[i]);
    }
    size_t at = 0;
    pte_bytes element = wl__skim_element(list, &at);
    while (element.data != NULL && call->found.count < ELEMENTS_MAX) {
        if (!gather(&call->found, element)) {
            return false;
        }
        element = wl__skim_element(list, &at);
    }
    return true;
}

/* ---- requests ---- */

static bool finish(const char **operation, wl_text *body, wl_call *call, bool page) {
    wl__text_raw(body, body->len > 1 ? "," : "");
    wl__text_raw(body, "\"ReturnConsumedCapacity\":\"INDEXES\"}");
    *operation = call->pattern->steps[call->step].operation;
    call->page = page;
    if (call->kitchen.arena.failed) {
        body->failed = true;
    }
    call->ended = call->ended || body->failed;
    return !body->failed;
}

/* The step's own request; its recipe is an object. */
static bool send_own(const char **operation, wl_text *body, wl_call *call, bool further) {
    const wl__step *step = &call->pattern->steps[call->step];
    call->kitchen.element_most = step->each_most;
    wl__text_reset(&call->request);
    wl__write_json(&call->request, &call->kitchen, call->step == 0 ? &call->frame : &call->after,
                   step->request);
    if (call->request.failed) {
        body->failed = true;
        call->ended = true;
        return false;
    }
    call->request.len--; /* its closing brace */
    call->begun = true;
    call->page_count++;
    call->resend_count = 0;
    wl__text_add(body, wl__text_bytes(&call->request));
    return finish(operation, body, call, further);
}

/* The same request from where the last page ended. */
static bool send_page(const char **operation, wl_text *body, wl_call *call, const char *member,
                      pte_bytes from) {
    wl__text_add(body, wl__text_bytes(&call->request));
    wl__text_raw(body, call->request.len > 1 ? ",\"" : "\"");
    wl__text_raw(body, member);
    wl__text_raw(body, "\":");
    wl__text_add(body, from);
    call->page_count++;
    return finish(operation, body, call, true);
}

static bool send_again(const char **operation, wl_text *body, wl_call *call, pte_bytes items) {
    wl__text_raw(body, "{\"RequestItems\":");
    wl__text_add(body, items);
    call->resend_count++;
    return finish(operation, body, call, true);
}

/* What a batch has left, or nothing; {} is nothing. */
static pte_bytes unprocessed(const wl_call *call, pte_bytes answer) {
    if (!call->pattern->steps[call->step].batch || call->resend_count >= RESENDS_MAX) {
        return (pte_bytes){0};
    }
    pte_bytes left = wl__skim_member(answer, pte_str("UnprocessedKeys"));
    if (left.data == NULL) {
        left = wl__skim_member(answer, pte_str("UnprocessedItems"));
    }
    return left.len > 2 ? left : (pte_bytes){0};
}

/* ---- steps ---- */

/* Goes on to the next step, whose sources are what was found. */
static bool next_step(wl_call *call, pte_bytes answer) {
    call->step++;
    call->begun = false;
    call->page_count = 0;
    gathered old = call->sources;
    call->sources = call->found;
    call->found = old;
    empty(&call->found);
    wl__text_reset(&call->answer);
    wl__text_add(&call->answer, answer);
    call->kitchen.answer = wl__text_bytes(&call->answer);
    call->kitchen.element_next = 0;
    call->kitchen.element_count = call->sources.count;
    call->views =
        wl__arena_array(&call->kitchen.arena, call->sources.count + 1, sizeof *call->views);
    if (call->views == NULL || call->answer.failed) {
        return false;
    }
    for (size_t i = 0, begin = 0; i < call->sources.count; begin = call->sources.ends[i++]) {
        call->views[i] = pte_view(call->sources.text.data + begin, call->sources.ends[i] - begin);
    }
    call->kitchen.elements = call->views;
    return true;
}

static bool is_failure(pte_bytes answer) {
    return wl__skim_member(answer, pte_str("__type")).data != NULL;
}

/* After an answer: a further request of the same step. False: there is none, or no memory. */
static bool send_further(const char **operation, wl_text *body, wl_call *call, pte_bytes answer) {
    const wl__step *step = &call->pattern->steps[call->step];
    pte_bytes left = unprocessed(call, answer);
    if (left.data != NULL) {
        return send_again(operation, body, call, left);
    }
    if (call->page_count < step->pages) {
        pte_bytes key = wl__skim_member(answer, pte_str("LastEvaluatedKey"));
        pte_bytes token = wl__skim_member(answer, pte_str("NextToken"));
        if (token.data != NULL) {
            return send_page(operation, body, call, "NextToken", token);
        }
        if (key.data != NULL) {
            return send_page(operation, body, call, "ExclusiveStartKey", key);
        }
    }
    if (step->each && call->kitchen.element_next < call->kitchen.element_count) {
        return send_own(operation, body, call, true);
    }
    return false;
}

/* An answer is only looked through where something may come after it. */
static bool can_go_on(const wl_call *call) {
    const wl__step *step = &call->pattern->steps[call->step];
    return call->step + 1 < call->pattern->shown.step_count || step->batch || step->each ||
           step->pages > 1;
}

bool wl_call_next(const char **operation, wl_text *body, wl_call *call, pte_bytes answer) {
    wl__text_reset(body);
    *operation = NULL;
    if (call->ended) {
        return false;
    }
    if (call->begun) {
        call->ended = !can_go_on(call) || is_failure(answer);
        if (call->ended) {
            return false;
        }
        if (!gather_elements(call, answer)) {
            body->failed = call->ended = true;
            return false;
        }
        if (send_further(operation, body, call, answer) || body->failed) {
            return !body->failed;
        }
        call->ended = call->step + 1 == call->pattern->shown.step_count;
        if (!call->ended && !next_step(call, answer)) {
            body->failed = call->ended = true;
        }
    }
    /* A step without elements to be made from sends nothing, and so does what follows from it. */
    const wl__step *step = &call->pattern->steps[call->step];
    if (!call->ended && step->each && call->kitchen.element_count == 0) {
        call->ended = true;
    }
    return !call->ended && send_own(operation, body, call, false);
}
