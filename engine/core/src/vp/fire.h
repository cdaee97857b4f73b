/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firing probes. */
#ifndef VPC_VP_FIRE_H
#define VPC_VP_FIRE_H
#include "vp/program.h"
#include "vp/thread.h"

#define VPC_TIMED_EVERY 256    /* one firing in so many has its cost measured */
#define VPC_TIMED_OFTEN 4      /* the same for the first VPC_TIMED_MANY firings, for probes that fire seldom */
#define VPC_TIMED_MANY 256

/* What one firing knows. */
typedef struct {
    vpc *machine;
    vpc_program *program;
    vpc_probe *probe;
    vpc_cpu *cpu;              /* NULL in VMX context */
    vpc_thread *thread;
    const uint64_t *args;      /* VPC_MAX_ARGS */
    uint64_t detail;           /* of the run-time error */
    uint32_t error_pc;
    uint8_t caught;            /* kind of the error that a `try` caught last */
} vpc_firing;

/* Fire one attached probe. cpu == NULL: VMX context. RIP in the CPU's state must be right. */
void vpc_fire_attached(vpc *, vpc_attachment *, vpc_cpu *cpu, const uint64_t *args, uint32_t nargs);

/* Note for an attached probe that an event will be missed (VPC_RUNTIME_RETURNS). */
void vpc_note_missed(vpc_attachment *, uint64_t detail);

/* Fire all probes attached to a point; costs nothing when there is none. */
static inline void vpc_fire_at(vpc *m, uint32_t point, vpc_cpu *cpu, const uint64_t *args, uint32_t nargs)
{
    vpc_point *p = &m->point[point];
    for (uint32_t i = 0; i < p->n; i++)
        vpc_fire_attached(m, p->attached[i], cpu, args, nargs);
}
#endif
