/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A loaded script. */
#ifndef VPC_VP_PROGRAM_H
#define VPC_VP_PROGRAM_H
#include "vp/aggregate.h"
#include "vp/bag.h"

#define VPC_TIMES 64         /* timed firings of a probe that are kept */
#define VPC_TIME_OUTLIER 8   /* one that took longer than so many times the median does not count */

typedef struct {
    uint32_t entry;
    uint16_t slots, locals;
    uint8_t params;
} vpc_function;

typedef struct {
    uint32_t entry;
    uint16_t slots, locals;
    const char *name;
    uint64_t hits, errors, timed_hits;
    uint32_t timed_ns[VPC_TIMES];   /* host nanoseconds of the firings that were timed last */
    uint32_t attached;              /* points it is attached to */
} vpc_probe;

/* A run-time error in the code from `start` to `handler` continues at `handler` with `base` slots of the frame in use. */
typedef struct {
    uint32_t start, handler, base;
} vpc_try;

struct vpc_program {
    vpc *machine;
    uint32_t serial;
    uint8_t *code;
    uint32_t code_bytes;
    char *literal_text;
    const char **literals;
    uint32_t nliterals;
    uint32_t nintegers, nstrings, nthreads;
    uint64_t *integers;                      /* nthreads x nintegers */
    char (*strings)[VPC_STRING_BYTES];       /* nthreads x nstrings */
    vpc_function *functions;
    uint32_t nfunctions;
    vpc_probe *probes;
    uint32_t nprobes;
    vpc_aggregate *aggregates;
    uint32_t naggregates;
    vpc_bag *bags;
    uint32_t nbags;
    vpc_try *tries;                          /* by start, so that an inner one comes after those around it */
    uint32_t ntries;
    vpc_trace trace;                         /* called before each operation; NULL: not traced */
    void *trace_context;
    bool reads_exits;                        /* names a VMCS_ or VMCB_ variable */
    vpc_runtime_error errors[VPC_ERROR_PLACES];
    uint32_t nerrors;
    uint64_t errors_lost;
};
#endif
