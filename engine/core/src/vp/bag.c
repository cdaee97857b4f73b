/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bags: temporary integer key-value pairs (manual p. 14). Of several pairs with one key the newest goes first. */
#include <stdlib.h>
#include "vp/bag.h"

#define PAIR_BYTES 16
#define BUCKETS 4096
#define FIRST_PAIRS 16u

static uint32_t bucket_of(uint64_t key)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 32) & (BUCKETS - 1);
}

static bool resize(void **array, size_t bytes)
{
    void *bigger = realloc(*array, bytes);
    if (bigger)
        *array = bigger;
    return bigger != NULL;
}

/* A script may declare a bag far larger than vprobe.bagBytes: memory is taken as pairs come. */
static bool grow(vpc_bag *b)
{
    uint32_t pairs = b->allocated ? b->allocated : FIRST_PAIRS / 2;
    pairs = pairs < b->capacity / 2 ? pairs * 2 : b->capacity;
    if (!b->head && !(b->head = calloc(BUCKETS, sizeof *b->head)))
        return false;
    if (!resize((void **)&b->next, pairs * sizeof *b->next) || !resize((void **)&b->keys, pairs * sizeof *b->keys) ||
        !resize((void **)&b->values, pairs * sizeof *b->values))
        return false;
    b->allocated = pairs;
    return true;
}

void vpc_bag_free(vpc_bag *b, vpc *m)
{
    m->bag_used -= (uint64_t)b->used * PAIR_BYTES;
    free(b->head);
    free(b->next);
    free(b->keys);
    free(b->values);
}

int vpc_bag_insert(vpc_bag *b, vpc *m, uint64_t key, uint64_t value)
{
    if (b->used >= b->capacity || m->bag_used + PAIR_BYTES > m->bag_limit)
        return 0;
    if (!b->free_list && b->touched == b->allocated && !grow(b))
        return 0;
    uint32_t pair = b->free_list, bucket = bucket_of(key);
    if (pair)
        b->free_list = b->next[pair - 1];
    else
        pair = ++b->touched;
    b->keys[pair - 1] = key;
    b->values[pair - 1] = value;
    b->next[pair - 1] = b->head[bucket];
    b->head[bucket] = pair;
    b->used++;
    m->bag_used += PAIR_BYTES;
    return 1;
}

uint64_t vpc_bag_remove(vpc_bag *b, vpc *m, uint64_t key)
{
    if (!b->head)
        return 0;
    for (uint32_t *link = &b->head[bucket_of(key)]; *link; link = &b->next[*link - 1]) {
        uint32_t pair = *link;
        if (b->keys[pair - 1] != key)
            continue;
        *link = b->next[pair - 1];
        b->next[pair - 1] = b->free_list;
        b->free_list = pair;
        b->used--;
        m->bag_used -= PAIR_BYTES;
        return b->values[pair - 1];
    }
    return 0;
}

/* Oldest pairs first, so that the newest of a key is found first again; links are turned round and back. */
void vpc_bag_copy(vpc_bag *to, vpc_bag *from, vpc *m)
{
    for (uint32_t bucket = 0; from->head && bucket < BUCKETS; bucket++) {
        uint32_t oldest = 0;
        for (uint32_t pair = from->head[bucket], after; pair; pair = after) {
            after = from->next[pair - 1];
            from->next[pair - 1] = oldest;
            oldest = pair;
        }
        from->head[bucket] = 0;
        for (uint32_t pair = oldest, after; pair; pair = after) {
            vpc_bag_insert(to, m, from->keys[pair - 1], from->values[pair - 1]);
            after = from->next[pair - 1];
            from->next[pair - 1] = from->head[bucket];
            from->head[bucket] = pair;
        }
    }
}
