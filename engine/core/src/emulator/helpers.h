/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers that translated code calls, replaced while code is generated. */
#ifndef VPC_EMULATOR_HELPERS_H
#define VPC_EMULATOR_HELPERS_H
#include "guest/state.h"

#define VPC_MAX_HELPERS 48

/* Where a helper was called from, for restoring the state of the CPU there; in the function that replaces it. */
#define VPC_CALLER ((uintptr_t)__builtin_return_address(0))

/* A helper gets the CPU of this machine in place of the emulator's state as its first argument. */
typedef struct {
    const char *symbol;
    void *replacement;       /* NULL: none */
    void *store;             /* called in place of a store before it in the same instruction, with the address */
    void *base;              /* called before the base of FS or GS is assigned after it, with the base */
    void *before;            /* called with the helper's arguments */
    void *after;             /* called with the CPU alone */
} vpc_helper;

/* Code that passes on to such functions, for one CPU and helper; NULL where there is none. */
typedef struct { uint8_t *replacement, *store, *base, *before, *after; } vpc_helper_code;

/* What is known of them when a block is generated. */
typedef struct {
    uint32_t n;
    void *original[VPC_MAX_HELPERS];
    vpc_helper_code of[VPC_MAX_CPUS][VPC_MAX_HELPERS];
    uint8_t *before_mxcsr[VPC_MAX_CPUS];   /* code before STMXCSR, which calls no helper */
    uint8_t *before_table[VPC_MAX_CPUS];   /* code before LGDT and LIDT, which call none either */
    uint8_t *leave[VPC_MAX_CPUS];   /* code in place of the way out of translated code */
    uint8_t *code;
} vpc_helpers;

/* Functions for what is no call of a helper. before_table gets the base that is loaded. */
typedef struct { void *next_or_leave, *before_mxcsr, *before_table; } vpc_other_code;

/* Returns -1 with a reason in error: this is not the supported Unicorn. */
int vpc_helpers_open(vpc *, const vpc_helper *table, uint32_t n, const vpc_other_code *, vpc_error *error);
void vpc_helpers_close(vpc *);
/* Have a block call the replacements. Returns whether it calls any other helper. */
bool vpc_replace_calls(const vpc_cpu *, uint8_t *context);
#endif
