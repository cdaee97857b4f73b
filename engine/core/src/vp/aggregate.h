/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aggregates: count, sum, minimum, maximum and latest value by keys. */
#ifndef VPC_VP_AGGREGATE_H
#define VPC_VP_AGGREGATE_H
#include "guest/state.h"
#include "vp/log.h"

/* Rows of an aggregate: dense arrays in order of insertion, and an open-addressing index over them. */
typedef struct {
    uint64_t rows, row_capacity;
    uint64_t latest;           /* the row found last: the next one is the same as a rule */
    uint64_t *integers;        /* rows x nint */
    uint32_t *strings;         /* rows x nstr offsets into arena */
    vpc_values *values;        /* rows */
    uint32_t *index;           /* row + 1, 0 = free; index_size is a power of two */
    uint64_t index_size;
    char *arena;               /* distinct key strings, NUL-terminated; offset 0 is unused */
    uint64_t arena_used, arena_capacity;
    uint32_t *names;           /* index of the arena: offset, 0 = free */
    uint64_t names_used, names_size;
    uint64_t dropped;
    uint64_t since;            /* the TSC when it was empty: loaded or cleared */
} vpc_table;

typedef struct {
    uint32_t nint, nstr;
    const char *name;
    uint64_t limit;            /* bytes */
    vpc_table now;
    vpc_table logged;          /* as the latest logaggr saw them, when has_logged and not shared */
    uint64_t logged_at;        /* the TSC then */
    bool has_logged;
    bool shared;               /* nothing changed since logaggr: `now` is also what was logged */
} vpc_aggregate;

void vpc_aggregate_free(vpc_aggregate *);
void vpc_aggregate_add(vpc_aggregate *, const uint64_t *integers, const uint64_t *strings, uint64_t value);
void vpc_aggregate_clear(vpc_aggregate *, uint64_t ticks);
void vpc_aggregate_forget(vpc_aggregate *);
int vpc_aggregate_rows(const vpc_aggregate *, int logged, vpc_rows *out);
#endif
