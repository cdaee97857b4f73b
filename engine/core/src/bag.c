/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bags: temporary integer key-value pairs (manual p. 14). Of several pairs with one key the newest goes first. */
#include <stdlib.h>
#include "vp.h"

#define PAIR_BYTES 16

static uint32_t bucket_of(const vpc_bag *b, uint64_t key)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 32) & (b->buckets - 1);
}

static bool prepare(vpc_bag *b)
{
    uint32_t buckets = 16;
    while (buckets < b->capacity && buckets < 1u << 20)
        buckets *= 2;
    b->head = calloc(buckets, sizeof *b->head);
    b->next = calloc(b->capacity, sizeof *b->next);
    b->keys = calloc(b->capacity, sizeof *b->keys);
    b->values = calloc(b->capacity, sizeof *b->values);
    if (!b->head || !b->next || !b->keys || !b->values)
        return false;
    b->buckets = buckets;
    for (uint32_t i = b->capacity; i > 0; i--) {
        b->next[i - 1] = b->free_list;
        b->free_list = i;
    }
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
    if (b->used >= b->capacity || m->bag_used + PAIR_BYTES > m->bag_limit || (!b->buckets && !prepare(b)))
        return 0;
    uint32_t pair = b->free_list, bucket = bucket_of(b, key);
    b->free_list = b->next[pair - 1];
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
    if (!b->buckets)
        return 0;
    for (uint32_t *link = &b->head[bucket_of(b, key)]; *link; link = &b->next[*link - 1]) {
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
