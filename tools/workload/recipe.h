/*
 * Recipes: what a value of the file becomes when it is read, and from which its value is made for a
 * number. All texts in recipes and values are as they stand between the quotes of JSON, so making
 * one from others is putting them one behind the other.
 */
#ifndef WORKLOAD_RECIPE_H
#define WORKLOAD_RECIPE_H

#include "workload/complain.h"
#include "workload/random.h"

enum {
    WL__LET_MAX = 256,           /* values of one let */
    WL__PATH_MAX = 8,            /* names in a placeholder */
    WL__CHAIN_MAX = 32,          /* values that are made from one another */
    WL__COST_MAX = 2000000,      /* steps, or 16 bytes of text, that one item or request may take */
    WL__TEXT_VALUE_MAX = 409600, /* DynamoDB's largest item */
    WL__SIZE_MAX = 10000,        /* of lists and sets */
    WL__REPEATS_MAX = 1000,
    WL__LOOKED_MAX = 8,
    WL__WORDS_MAX = 10000,
    WL__UNIQUE_WORDS_MAX = 4,
};

typedef enum wl__type {
    WL__ABSENT = 0, /* an answer had nothing there */
    WL__S,
    WL__N,
    WL__B,
    WL__BOOL,
    WL__NULL,
    WL__READY, /* a whole AttributeValue, {"L": ...} */
    WL__ITEM,  /* of an entity */
    WL__JSON,  /* a piece of an answer */
} wl__type;

typedef struct wl__value {
    wl__type type;
    bool known;      /* in a frame: it has been made */
    pte_bytes text;  /* N: a number; B: base64; BOOL: true or false; READY and JSON: JSON */
    size_t entity;   /* ITEM */
    uint64_t number; /* ITEM */
} wl__value;

/* A placeholder: where it begins, then by names to what it means. */
typedef enum wl__ref_root {
    WL__ROOT_NUMBER, /* n */
    WL__ROOT_LET,
    WL__ROOT_ELEMENT, /* of an each */
    WL__ROOT_ANSWER
} wl__ref_root;

typedef struct wl__ref {
    wl__ref_root root;
    size_t frames_out;
    size_t slot; /* LET */
    /* ITEM: what of it, and so on; each is a field of the entity before it */
    size_t hop_count;
    struct wl__hop {
        size_t entity;
        bool number; /* n */
        bool attribute;
        size_t slot; /* of let or of the item's attributes */
    } hops[WL__PATH_MAX];
    /* ELEMENT and ANSWER: names of members */
    size_t name_count;
    pte_bytes names[WL__PATH_MAX];
    size_t digits; /* zeros are put in front up to this length */
} wl__ref;

typedef struct wl__part {
    pte_bytes text;     /* before the placeholder */
    const wl__ref *ref; /* NULL: none */
} wl__part;

typedef enum wl__recipe_kind {
    /* values */
    WL__LITERAL,
    WL__TEMPLATE, /* S */
    WL__REF,      /* with the type that it has */
    WL__CAST,     /* another's text as a type */
    WL__INTEGER,
    WL__DECIMAL,
    WL__CHOICE,
    WL__TEXT,
    WL__WORDS,
    WL__UUID,
    WL__TIME,
    WL__BOOLEAN,
    WL__BINARY,
    WL__PICK,
    WL__NEW,
    /* AttributeValues of several parts */
    WL__VALUES_OF,  /* L, as written */
    WL__MEMBERS_OF, /* M, as written */
    WL__SET_OF,     /* SS, NS, BS, as written */
    WL__LIST_MADE,
    WL__SET_MADE,
    /* JSON of requests */
    WL__ATTRIBUTES, /* names and AttributeValues */
    WL__ATTRIBUTE,  /* one AttributeValue */
    WL__OBJECT,
    WL__ARRAY,
    WL__EACH,
    WL__REPEAT,
} wl__recipe_kind;

typedef enum wl__time_form {
    WL__TIME_ISO,
    WL__TIME_DATE,
    WL__TIME_SECONDS,
    WL__TIME_MILLISECONDS
} wl__time_form;

typedef struct wl__recipe {
    wl__recipe_kind kind;
    wl__type type;   /* LITERAL, CAST */
    uint64_t stream; /* of its draws */
    const wl__node *at;
    pte_bytes text; /* LITERAL; WORDS: between them; EACH: unused */
    /* TEMPLATE */
    const wl__part *parts;
    size_t part_count;
    const wl__ref *ref; /* REF; EACH: the list */
    /* CAST, LIST_MADE, SET_MADE, EACH, REPEAT: [0]; others: all */
    const struct wl__recipe *const *inner;
    size_t count;
    const pte_bytes *names; /* MEMBERS_OF, ATTRIBUTES, OBJECT */
    wl__distribution by;    /* of numbers, lengths and sizes: from min */
    int64_t min;
    int64_t step;                  /* TIME: milliseconds; DECIMAL: digits behind the point */
    bool by_number;                /* TIME: min + n * step */
    wl__time_form form;            /* TIME */
    const double *weights;         /* CHOICE: sums; NULL: by */
    double probability;            /* BOOLEAN */
    bool unique;                   /* WORDS */
    size_t entity;                 /* PICK, NEW */
    uint64_t every;                /* NEW: how many recipes make new items of the entity, */
    uint64_t offset;               /* and which of them this is; PICK: how many numbers share one */
    const struct wl__scope *scope; /* EACH, REPEAT: what inner sees */
} wl__recipe;

/* A value with a name. */
typedef struct wl__field {
    const char *name;
    const wl__node *node;
    size_t picks; /* the entity that it is an item of; SIZE_MAX: it is a value */
    const wl__recipe *recipe;
    /* while the file is read */
    unsigned state; /* 0: not looked at yet; 1: under way; 2: done */
    size_t cost;
    size_t chain;
} wl__field;

/* What names mean at a place of the file; the inner ones hide the outer. */
typedef struct wl__scope {
    const struct wl__scope *outer;
    wl__field *fields;
    size_t field_count;
    const char *element; /* the name of an each's element; NULL: none */
    bool answers;        /* there is a step before */
} wl__scope;

/* Values under way. */
typedef struct wl__frame {
    const struct wl__frame *outer;
    const wl__scope *scope;
    wl__value *values;  /* of the scope's fields */
    uint64_t number;    /* n */
    uint64_t index;     /* of all elements of repeats of one call */
    uint64_t base_salt; /* the frame's own, for its values with names */
    uint64_t salt;      /* tells the elements of a list apart */
    pte_bytes element;
} wl__frame;

/* Where values are made. One thread at a time. */
typedef struct wl__kitchen {
    const wl_workload *workload;
    wl__arena arena;  /* texts of values */
    pte_bytes answer; /* of the step before */
    /* An each writes elements of the step before from this one on, and says where it stopped. */
    const pte_bytes *elements;
    size_t element_count;
    size_t element_next;
    size_t element_most;
    /* The items that were looked at last, so that {u.PK} and {u.SK} share what they are made of. */
    struct wl__looked {
        size_t entity;
        uint64_t number;
        wl__value *values; /* of its let, then of its attributes; NULL: none */
    } looked[WL__LOOKED_MAX];
    size_t looked_next;
} wl__kitchen;

/* ---- making; a lack of memory is the arena's failure or the text's ---- */

wl__value wl__make(wl__kitchen *kitchen, wl__frame *frame, const wl__recipe *recipe);
/* Appends an AttributeValue. */
void wl__write_attribute(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                         const wl__recipe *recipe);
/* Appends JSON: a request, or a part of one. */
void wl__write_json(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                    const wl__recipe *recipe);
/* A frame of an entity's item, or of a call. */
wl__frame wl__frame_of(wl__kitchen *kitchen, const wl__scope *scope, uint64_t number);
wl__value wl__make_ref(wl__kitchen *kitchen, wl__frame *frame, const wl__ref *ref);
/* Of several parts by its own kind; what it refers to is not looked at. */
bool wl__is_compound(const wl__recipe *recipe);

/* kinds.c: values without parts. */
wl__value wl__make_kind(wl__kitchen *kitchen, const wl__frame *frame, const wl__recipe *recipe);
wl__random wl__random_of(const wl__kitchen *kitchen, const wl__frame *frame,
                         const wl__recipe *recipe);
/* A text in the arena; NULL and 0 without memory. */
pte_bytes wl__keep(wl__kitchen *kitchen, pte_bytes text);

enum { WL__WORD_COUNT = 256 };
extern const char *const wl__words[WL__WORD_COUNT];

/* ---- reading ---- */

typedef struct wl__reader {
    wl_workload *workload;
    wl__arena *arena;
    wl_complaint *complaint;
    uint64_t stream;   /* of the owner and field that are being read */
    uint64_t drawn;    /* recipes with draws in it so far */
    size_t each_count; /* of the step that is being read */
    uint64_t repeats;  /* how often what is being read is made in one call */
    bool let;          /* a value with a name is being read */
} wl__reader;

/* recipe_read.c: a value of an item: plain, by a kind's name, or DynamoDB's {S: ...}. */
const wl__recipe *wl__read_value(wl__reader *reader, const wl__node *node, const wl__scope *scope);
wl__recipe *wl__recipe_new(wl__reader *reader, wl__recipe_kind kind, const wl__node *node);
/* Room for a recipe's inner ones; complains and returns NULL without memory. */
const wl__recipe **wl__room_for(wl__reader *reader, size_t count);
/* A text as it stands between quotes. */
bool wl__escape(pte_bytes *escaped, wl__reader *reader, pte_bytes text);
/* A let: names and nodes; the recipes are read by wl__read_fields. */
bool wl__read_let(wl__reader *reader, wl__scope *scope, const wl__node *let);
bool wl__read_fields(wl__reader *reader, const wl__scope *scope);
/* The attributes of an item or a key. */
const wl__recipe *wl__read_attributes(wl__reader *reader, const wl__node *node,
                                      const wl__scope *scope);

/* kind_read.c: {integer: ...} and the like. */
const wl__recipe *wl__read_kind(wl__reader *reader, const wl__node *node, const wl__scope *scope);
bool wl__read_by(wl__reader *reader, wl__recipe *recipe, const wl__node *map, uint64_t count);

/* template.c: a text with placeholders. forced: always an S. */
const wl__recipe *wl__read_template(wl__reader *reader, const wl__node *node,
                                    const wl__scope *scope, bool forced);
const wl__ref *wl__read_ref(wl__reader *reader, const wl__node *node, pte_bytes text,
                            const wl__scope *scope);

/* request_read.c: the members of a request. */
const wl__recipe *wl__read_request(wl__reader *reader, const wl__node *node,
                                   const wl__scope *scope);

/* time_text.c: milliseconds since 1970. */
bool wl__time_parse(int64_t *time_ms, pte_bytes text);
bool wl__duration_parse(int64_t *duration_ms, pte_bytes text);
size_t wl__time_write(char text[40], int64_t time_ms, wl__time_form form);

/* workload.c: as wl_workload_read, from a text. */
bool wl__workload_read_text(wl_workload **workload, const char *path, pte_bytes yaml,
                            wl_complaint *complaint);

/* cost_check.c: complains of values that need themselves, or too much. */
bool wl__check_costs(wl__reader *reader);

#endif
