/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bags: temporary integer key-value pairs. */
#ifndef VPC_VP_BAG_H
#define VPC_VP_BAG_H
#include "guest/state.h"

/* Bag: pairs in hash chains; the newest pair of a key is removed first. */
typedef struct {
    uint32_t capacity, used;
    uint32_t allocated;        /* pairs there is memory for */
    uint32_t touched;          /* pairs ever used */
    uint32_t *head, *next;     /* pair + 1; next also chains the free pairs */
    uint32_t free_list;
    uint64_t *keys, *values;
} vpc_bag;

void vpc_bag_free(vpc_bag *, vpc *);
int vpc_bag_insert(vpc_bag *, vpc *, uint64_t key, uint64_t value);
uint64_t vpc_bag_remove(vpc_bag *, vpc *, uint64_t key);
void vpc_bag_copy(vpc_bag *to, vpc_bag *from, vpc *);
#endif
