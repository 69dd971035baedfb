/* Counting and showing capacity units. */
#include "request/capacity.h"

enum { READ_UNIT_BYTES = 4096, WRITE_UNIT_BYTES = 1024 };

pt__capacity_wanted pt__capacity_wanted_of(const pt__json *body) {
    pte_bytes wanted = pt__json_string(body, "ReturnConsumedCapacity");
    if (pte_bytes_equal(wanted, pte_str("TOTAL"))) {
        return PT__CAPACITY_TOTAL;
    }
    return pte_bytes_equal(wanted, pte_str("INDEXES")) ? PT__CAPACITY_INDEXES : PT__CAPACITY_NONE;
}

pt__charge *pt__charge_new(pt__call *call, const pt__table *table) {
    size_t size = table->info->index_count * sizeof(uint64_t);
    pt__charge *charge = pte__arena_alloc(&call->arena, sizeof *charge);
    uint64_t *reads = pte__arena_alloc(&call->arena, size);
    uint64_t *writes = pte__arena_alloc(&call->arena, size);
    if (charge == NULL || reads == NULL || writes == NULL) {
        return NULL;
    }
    memset(reads, 0, size);
    memset(writes, 0, size);
    *charge =
        (pt__charge){.table = table, .index_read_halves = reads, .index_write_halves = writes};
    return charge;
}

/* ---- counting ---- */

static uint64_t units(size_t bytes, size_t unit_bytes) {
    return bytes == 0 ? 1 : (bytes - 1) / unit_bytes + 1;
}

/* CapacityUnitCalculations: 4 KB a unit, half of it if eventually consistent; what finds nothing
 * costs as much as the smallest item. */
uint64_t pt__read_halves(size_t bytes, bool consistent) {
    return units(bytes, READ_UNIT_BYTES) * (consistent ? 2 : 1);
}

uint64_t pt__write_halves(size_t bytes) {
    return units(bytes, WRITE_UNIT_BYTES) * 2;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t index_at(const pt__charge *charge, uint32_t id) {
    size_t count = charge->table->info->index_count;
    for (size_t i = 0; i < count; i++) {
        if (charge->table->info->indexes[i].id == id) {
            return i;
        }
    }
    return count;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
 * One write to enter, one to leave, two where the key changes, one where only the projection does;
 * none where nothing that is projected changes. */
static uint64_t index_write_halves(const pte_index_effect *effect) {
    if (effect->put && effect->removed) {
        return pt__write_halves(effect->old_bytes) + pt__write_halves(effect->new_bytes);
    }
    if (effect->put || effect->removed) {
        return pt__write_halves(larger(effect->old_bytes, effect->new_bytes));
    }
    return 0;
}

void pt__charge_write(pt__charge *charge, const pte_effects *effects, unsigned factor) {
    size_t bytes = larger(effects->old_bytes, effects->new_bytes);
    charge->write_halves += pt__write_halves(bytes) * factor;
    for (size_t i = 0; i < effects->index_count; i++) {
        /* An index made after the table was looked up is not in the answer. */
        size_t at = index_at(charge, effects->indexes[i].index_id);
        if (at < charge->table->info->index_count) {
            charge->index_write_halves[at] += index_write_halves(&effects->indexes[i]);
        }
    }
}

void pt__charge_index_read(pt__charge *charge, const pte_index_info *index, uint64_t halves) {
    size_t at = index_at(charge, index->id);
    if (at < charge->table->info->index_count) {
        charge->index_read_halves[at] += halves;
    }
}

/* ---- showing: API_ConsumedCapacity ---- */

static void encode_units(pt__out *out, uint64_t reads, uint64_t writes, bool split) {
    pt__out_name(out, "CapacityUnits");
    pt__out_halves(out, reads + writes);
    if (split && reads != 0) {
        pt__out_name(out, "ReadCapacityUnits");
        pt__out_halves(out, reads);
    }
    if (split && writes != 0) {
        pt__out_name(out, "WriteCapacityUnits");
        pt__out_halves(out, writes);
    }
}

/* The indexes of one kind that are charged anything. */
static void encode_indexes(pt__out *out, const pt__charge *charge, pte_index_kind kind,
                           bool split) {
    const pte_table_info *info = charge->table->info;
    bool any = false;
    for (size_t i = 0; i < info->index_count; i++) {
        uint64_t reads = charge->index_read_halves[i];
        uint64_t writes = charge->index_write_halves[i];
        if (info->indexes[i].spec.kind != kind || reads + writes == 0) {
            continue;
        }
        if (!any) {
            pt__out_name(out, kind == PTE_INDEX_GLOBAL ? "GlobalSecondaryIndexes"
                                                       : "LocalSecondaryIndexes");
            pt__out_object(out);
            any = true;
        }
        pt__out_name_bytes(out, info->indexes[i].spec.name);
        pt__out_object(out);
        encode_units(out, reads, writes, split);
        pt__out_object_end(out);
    }
    if (any) {
        pt__out_object_end(out);
    }
}

static void encode_charge(pt__out *out, const pt__charge *charge, pt__capacity_form form) {
    uint64_t reads = charge->read_halves;
    uint64_t writes = charge->write_halves;
    for (size_t i = 0; i < charge->table->info->index_count; i++) {
        reads += charge->index_read_halves[i];
        writes += charge->index_write_halves[i];
    }
    pt__out_object(out);
    pt__out_member_string(out, "TableName", charge->table->name);
    encode_units(out, reads, writes, form.split);
    if (form.wanted == PT__CAPACITY_INDEXES) {
        pt__out_name(out, "Table");
        pt__out_object(out);
        encode_units(out, charge->read_halves, charge->write_halves, form.split);
        pt__out_object_end(out);
        encode_indexes(out, charge, PTE_INDEX_GLOBAL, form.split);
        encode_indexes(out, charge, PTE_INDEX_LOCAL, form.split);
    }
    pt__out_object_end(out);
}

void pt__capacity_encode(pt__out *out, const pt__charge *charges, pt__capacity_form form) {
    if (form.wanted == PT__CAPACITY_NONE) {
        return;
    }
    pt__out_name(out, "ConsumedCapacity");
    if (!form.array) {
        encode_charge(out, charges, form);
        return;
    }
    pt__out_array(out);
    for (const pt__charge *charge = charges; charge != NULL; charge = charge->next) {
        encode_charge(out, charge, form);
    }
    pt__out_array_end(out);
}
