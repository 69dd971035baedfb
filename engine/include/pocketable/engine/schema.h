/*
 * What a table is: its key, its secondary indexes and its settings, as given and as described.
 */
#ifndef POCKETABLE_ENGINE_SCHEMA_H
#define POCKETABLE_ENGINE_SCHEMA_H

#include <pocketable/engine/value.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PTE_KEY_ATTRIBUTES_MAX = 4,     /* hash attributes, and range attributes, of an index */
    PTE_HASH_KEY_BYTES_MAX = 2048,  /* of one hash attribute */
    PTE_RANGE_KEY_BYTES_MAX = 1024, /* of all range attributes of a key together */
    PTE_KEY_NAME_BYTES_MAX = 255,   /* of a key attribute's or the TTL attribute's name */
    PTE_TABLE_NAME_BYTES_MAX = 400, /* room for a namespace before DynamoDB's 255 */
    PTE_INDEX_NAME_BYTES_MAX = 255,
    PTE_INDEXES_MAX = 64,   /* of a table; DynamoDB's own limits are the facade's */
    PTE_INCLUDES_MAX = 100, /* INCLUDE attributes of one index */
    PTE_SHARDS_MAX = 16,    /* of a stream of changes */
    PTE_USER_DATA_BYTES_MAX = 1024 * 1024,
};

/* A key attribute: its name and S, N or B. An empty name stands for "none". */
typedef struct pte_key_attribute {
    pte_bytes name;
    pte_type type;
} pte_key_attribute;

typedef enum pte_projection {
    PTE_PROJECT_ALL = 0,
    PTE_PROJECT_KEYS_ONLY,
    PTE_PROJECT_INCLUDE,
} pte_projection;

typedef enum pte_index_kind {
    PTE_INDEX_GLOBAL = 0,
    PTE_INDEX_LOCAL, /* hash is the table's hash attribute; leave it out or repeat it */
} pte_index_kind;

typedef struct pte_index_spec {
    pte_bytes name;
    pte_index_kind kind;
    pte_key_attribute hash[PTE_KEY_ATTRIBUTES_MAX];
    size_t hash_count; /* 1 to 4 */
    pte_key_attribute range[PTE_KEY_ATTRIBUTES_MAX];
    size_t range_count; /* 0 to 4; LOCAL: 1 */
    pte_projection projection;
    const pte_bytes *include; /* INCLUDE only: names of non-key attributes */
    size_t include_count;
    pte_bytes user_data; /* kept and given back; the engine does not read it */
} pte_index_spec;

/* What the change log keeps of every change of a table; DynamoDB's StreamViewType. */
typedef enum pte_change_images {
    PTE_CHANGES_OFF = 0,
    PTE_CHANGES_KEYS_ONLY,
    PTE_CHANGES_NEW_IMAGE,
    PTE_CHANGES_OLD_IMAGE,
    PTE_CHANGES_NEW_AND_OLD_IMAGES,
} pte_change_images;

typedef struct pte_table_spec {
    pte_bytes name;
    pte_key_attribute hash;
    pte_key_attribute range; /* empty name: a table with a hash key only */
    const pte_index_spec *indexes;
    size_t index_count;
    pte_change_images changes;
    unsigned change_shards;   /* of the stream that begins; 0 is 1, at most PTE_SHARDS_MAX */
    int64_t *stream_begun_ms; /* NULL, or told when a stream begins; not in what is described */
    pte_bytes ttl_attribute;  /* empty: no time to live */
    pte_bytes user_data;      /* kept and given back; the engine does not read it */
} pte_table_spec;

typedef enum pte_index_state {
    PTE_INDEX_ACTIVE = 0,
    PTE_INDEX_CREATING, /* being backfilled: maintained by writes, refused to queries */
} pte_index_state;

typedef struct pte_index_info {
    pte_index_spec spec;
    pte_index_state state;
    uint32_t id;
    uint64_t entries;    /* exact */
    uint64_t size_bytes; /* sum of the projected items' sizes, exact */
} pte_index_info;

typedef struct pte_table_info {
    pte_table_spec spec; /* spec.indexes is NULL here: see indexes */
    const pte_index_info *indexes;
    size_t index_count;
    uint32_t id;               /* never used again, so a table made anew under a name has another */
    uint64_t version;          /* changes whenever the definition does */
    uint64_t items;            /* exact */
    uint64_t size_bytes;       /* sum of the items' sizes, exact */
    pte_index_state ttl_state; /* CREATING while existing items are being taken in */
    uint32_t stream_id;        /* of the stream that changes go to, 0: they are off (changes.h) */
    int64_t stream_begun_ms;   /* of the latest stream, also when it has ended; 0: never had one */
} pte_table_info;

#ifdef __cplusplus
}
#endif
#endif
