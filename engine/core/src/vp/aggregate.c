/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aggregates: count, sum, minimum, maximum and latest value by integer and string keys (manual p. 13). */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include "vp/aggregate.h"

#define FIRST_ROWS 16
#define FIRST_ARENA_BYTES 1024

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 32);
}

static uint64_t hash_string(const char *s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *s; s++)
        h = (h ^ (uint8_t)*s) * 0x100000001b3u;
    return mix(h, 1);
}

static void table_free(vpc_table *t)
{
    free(t->integers);
    free(t->strings);
    free(t->values);
    free(t->index);
    free(t->arena);
    free(t->names);
    memset(t, 0, sizeof *t);
}

/* Empty a table but keep its memory. */
static void table_reset(vpc_table *t)
{
    t->rows = 0;
    t->dropped = 0;
    t->arena_used = 1;
    t->names_used = 0;
    if (t->index)
        memset(t->index, 0, t->index_size * sizeof *t->index);
    if (t->names)
        memset(t->names, 0, t->names_size * sizeof *t->names);
}

static void *copy_of(const void *p, size_t bytes, size_t capacity)
{
    if (!p)
        return NULL;
    void *q = malloc(capacity ? capacity : 1);
    if (q)
        memcpy(q, p, bytes);
    return q;
}

/* Copy the rows (not the indexes: a logged table is only read). */
static void table_copy_rows(vpc_table *to, const vpc_table *from, uint32_t nint, uint32_t nstr)
{
    table_free(to);
    to->integers = copy_of(from->integers, from->rows * nint * 8, from->rows * nint * 8);
    to->strings = copy_of(from->strings, from->rows * nstr * 4, from->rows * nstr * 4);
    to->values = copy_of(from->values, from->rows * sizeof(vpc_values), from->rows * sizeof(vpc_values));
    to->arena = copy_of(from->arena, from->arena_used, from->arena_used);
    to->arena_used = to->arena_capacity = from->arena_used;
    to->rows = to->row_capacity = to->values ? from->rows : 0;
    to->dropped = from->dropped;
    to->since = from->since;
}

static bool resize(void **array, uint64_t count, size_t size)
{
    size_t bytes = count * size;
    void *bigger = realloc(*array, bytes ? bytes : 1);
    if (!bigger)
        return false;
    *array = bigger;
    return true;
}

static uint64_t row_hash(const uint64_t *integers, uint32_t nint, const uint32_t *strings, uint32_t nstr)
{
    uint64_t h = 0x5bd1e995;
    for (uint32_t i = 0; i < nint; i++)
        h = mix(h, integers[i]);
    for (uint32_t i = 0; i < nstr; i++)
        h = mix(h, strings[i]);
    return h;
}

static bool reindex_rows(vpc_aggregate *a, uint64_t size)
{
    vpc_table *t = &a->now;
    uint32_t *index = calloc(size, sizeof *index);
    if (!index)
        return false;
    for (uint64_t row = 0; row < t->rows; row++) {
        uint64_t at = row_hash(t->integers + row * a->nint, a->nint, t->strings + row * a->nstr, a->nstr) & (size - 1);
        while (index[at])
            at = (at + 1) & (size - 1);
        index[at] = (uint32_t)row + 1;
    }
    free(t->index);
    t->index = index;
    t->index_size = size;
    return true;
}

static bool grow_rows(vpc_aggregate *a)
{
    vpc_table *t = &a->now;
    uint64_t rows = t->row_capacity ? t->row_capacity * 2 : FIRST_ROWS;
    uint64_t bytes = rows * (a->nint * 8u + a->nstr * 4u + sizeof(vpc_values) + 8u) + t->arena_capacity;
    if (bytes > a->limit && t->row_capacity)
        return false;
    if (!resize((void **)&t->integers, rows * a->nint, 8) || !resize((void **)&t->strings, rows * a->nstr, 4) ||
        !resize((void **)&t->values, rows, sizeof *t->values) || !reindex_rows(a, rows * 2))
        return false;
    t->row_capacity = rows;
    return true;
}

static bool reindex_names(vpc_table *t, uint64_t size)
{
    uint32_t *names = calloc(size, sizeof *names);
    if (!names)
        return false;
    for (uint64_t i = 0; i < t->names_size; i++) {
        if (!t->names[i])
            continue;
        uint64_t at = hash_string(t->arena + t->names[i]) & (size - 1);
        while (names[at])
            at = (at + 1) & (size - 1);
        names[at] = t->names[i];
    }
    free(t->names);
    t->names = names;
    t->names_size = size;
    return true;
}

/* Offset of a key string in the arena, added when new; 0 when memory is used up. */
static uint32_t intern(vpc_aggregate *a, const char *s)
{
    vpc_table *t = &a->now;
    if (t->names_used * 2 >= t->names_size && !reindex_names(t, t->names_size ? t->names_size * 2 : 32))
        return 0;
    uint64_t at = hash_string(s) & (t->names_size - 1);
    for (; t->names[at]; at = (at + 1) & (t->names_size - 1))
        if (!strcmp(t->arena + t->names[at], s))
            return t->names[at];
    uint64_t bytes = strlen(s) + 1;
    if (!t->arena_used)
        t->arena_used = 1;
    if (t->arena_used + bytes > t->arena_capacity) {
        uint64_t capacity = t->arena_capacity ? t->arena_capacity * 2 : FIRST_ARENA_BYTES;
        while (capacity < t->arena_used + bytes)
            capacity *= 2;
        if ((capacity > a->limit && t->arena_capacity) || capacity > UINT32_MAX ||
            !resize((void **)&t->arena, capacity, 1))
            return 0;
        t->arena[0] = 0;
        t->arena_capacity = capacity;
    }
    uint32_t offset = (uint32_t)t->arena_used;
    memcpy(t->arena + offset, s, bytes);
    t->arena_used += bytes;
    t->names[at] = offset;
    t->names_used++;
    return offset;
}

/* Before the first change after a logaggr: keep what was logged. */
static void unshare(vpc_aggregate *a)
{
    table_copy_rows(&a->logged, &a->now, a->nint, a->nstr);
    a->shared = false;
}

/* A key is one or two numbers as a rule: a call of memcmp would cost more than they do. */
static bool has_keys(const vpc_aggregate *a, uint64_t row, const uint64_t *integers, const uint32_t *strings)
{
    for (uint32_t i = 0; i < a->nint; i++)
        if (a->now.integers[row * a->nint + i] != integers[i])
            return false;
    for (uint32_t i = 0; i < a->nstr; i++)
        if (a->now.strings[row * a->nstr + i] != strings[i])
            return false;
    return true;
}

static vpc_values *find_row(vpc_aggregate *a, const uint64_t *integers, const uint32_t *strings)
{
    vpc_table *t = &a->now;
    uint64_t hash = row_hash(integers, a->nint, strings, a->nstr);
    if (t->rows == t->row_capacity && !t->index_size && !grow_rows(a))
        return NULL;
    uint64_t at = hash & (t->index_size - 1);
    for (; t->index[at]; at = (at + 1) & (t->index_size - 1)) {
        uint64_t row = t->index[at] - 1;
        if (has_keys(a, row, integers, strings)) {
            t->latest = row;
            return &t->values[row];
        }
    }
    if (t->rows == t->row_capacity) {
        if (!grow_rows(a))
            return NULL;
        for (at = hash & (t->index_size - 1); t->index[at];)
            at = (at + 1) & (t->index_size - 1);
    }
    uint64_t row = t->rows++;
    t->index[at] = (uint32_t)row + 1;
    if (a->nint)
        memcpy(t->integers + row * a->nint, integers, a->nint * 8u);
    if (a->nstr)
        memcpy(t->strings + row * a->nstr, strings, a->nstr * 4u);
    t->values[row] = (vpc_values){.minimum = UINT64_MAX};
    return &t->values[row];
}

static void update(vpc_values *v, uint64_t value)
{
    v->count++;
    v->sum_high += __builtin_add_overflow(v->sum_low, value, &v->sum_low);
    if (value < v->minimum)
        v->minimum = value;
    if (value > v->maximum)
        v->maximum = value;
    v->latest = value;
}

/* A function of its own, so that the common case saves few registers. */
__attribute__((noinline)) static void find_and_update(vpc_aggregate *a, const uint64_t *integers,
                                                      const uint64_t *strings, uint64_t value)
{
    uint32_t offsets[256];
    if (a->shared)
        unshare(a);
    for (uint32_t i = 0; i < a->nstr; i++) {
        offsets[i] = intern(a, (const char *)(uintptr_t)strings[i]);
        if (!offsets[i]) {
            a->now.dropped++;
            return;
        }
    }
    vpc_values *v = find_row(a, integers, offsets);
    if (v)
        update(v, value);
    else
        a->now.dropped++;
}

void vpc_aggregate_add(vpc_aggregate *a, const uint64_t *integers, const uint64_t *strings, uint64_t value)
{
    const vpc_table *t = &a->now;
    if (!a->shared && !a->nstr && t->latest < t->rows && has_keys(a, t->latest, integers, NULL))
        update(&t->values[t->latest], value);
    else
        find_and_update(a, integers, strings, value);
}

void vpc_aggregate_free(vpc_aggregate *a)
{
    table_free(&a->now);
    table_free(&a->logged);
}

void vpc_aggregate_clear(vpc_aggregate *a, uint64_t ticks)
{
    if (a->shared) {
        vpc_table old = a->logged;
        a->logged = a->now;
        a->now = old;
        a->shared = false;
        if (!a->now.index_size)
            table_free(&a->now);  /* a copy made by unshare has no indexes, and no room to grow from */
    }
    table_reset(&a->now);
    a->now.since = ticks;
}

void vpc_aggregate_forget(vpc_aggregate *a)
{
    a->has_logged = a->shared = false;
}

int vpc_aggregate_rows(const vpc_aggregate *a, int logged, vpc_rows *out)
{
    if (logged && !a->has_logged)
        return 0;
    const vpc_table *t = logged && !a->shared ? &a->logged : &a->now;
    *out = (vpc_rows){.nrows = t->rows, .nint = a->nint, .nstr = a->nstr, .integers = t->integers,
                      .strings = t->strings, .arena = t->arena, .arena_bytes = t->arena ? t->arena_used : 0,
                      .values = t->values, .dropped = t->dropped, .since = t->since, .logged_at = a->logged_at};
    return 1;
}

void vpc_keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
}
