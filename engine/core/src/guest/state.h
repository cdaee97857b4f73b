/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the core share: the machine's state, as the VP side reads it and the CPU side keeps it. */
#ifndef VPC_INTERNAL_H
#define VPC_INTERNAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "include/vpcore.h"
#include "include/machine.h"
#include "include/points.h"
#include "include/variables.h"
#include "include/opcodes.h"
#include "guest/unicorn_layout.h"

/* One place where a probe fires. Made by vpc_arm, freed by vpc_disarm. */
typedef struct vpc_armed {
    vpc_program *program;
    uint32_t probe;      /* index in program */
    uint32_t point;      /* VPC_PT_* */
    uint64_t where;      /* address, or period in microseconds */
    uint64_t extra;      /* second number of the point (GUEST:OFFSET), 0 otherwise */
    /* kept by the machine side: */
    uint64_t next_due;   /* periodic points: tick of the next firing */
    uint64_t started;    /* tick at which it was armed; due times are started + k * period exactly */
    uint64_t fired;      /* k */
    struct vpc *machine;
    size_t hook[VPC_MAX_CPUS];
    uint64_t seen_block, seen_rcx;   /* code points: when this fired or passed over an element, see arm.c */
    struct vpc_calls *calls;   /* GUEST:EXIT: calls that have not returned */
} vpc_armed;

/* Armed probes of one static point, in order of arming. */
typedef struct {
    uint32_t n;
    vpc_armed *armed[VPC_MAX_PROBES];
} vpc_point;

/* Where a CPU is on its way through system management mode. */
typedef enum { SMM_OUTSIDE, SMM_ENTERING, SMM_INSIDE } smm_state;

/* A memory access that QEMU does in pieces; see watch.c. */
typedef struct {
    uint64_t address, bytes;   /* of the whole access; bytes 0: none is under way */
    uintptr_t host_pc;
    int access;
    bool fired;
    uint32_t stores_left;      /* the bytes it will be stored in, one by one */
} vpc_split;

/* REP string I/O: where, elements to come (0: none). */
typedef struct { uint64_t eip, left; } vpc_rep;

/* What the machine side keeps of one CPU beside its registers. */
typedef struct {
    bool halted;                 /* in HLT */
    bool line;                   /* level of INTR */
    bool nmi;                    /* an NMI waits to be taken */
    bool smi;                    /* an SMI waits to be taken */
    bool check;                  /* an exception from outside waits to be taken */
    uint8_t check_vector;
    bool resume;                 /* HV_Resume is due when the instruction is done */
    bool by_instruction;         /* INT n, INT3, INTO is being delivered */
    smm_state smm;
    uint64_t tsc_offset;         /* what RDTSC reads beyond the machine's ticks, since the guest wrote its counter */
    uint32_t delivering;         /* the event that is being delivered, as VMX describes it; 0: none */
    uint32_t delivering_error;
    struct { uint64_t eip, rcx; } interrupted;   /* where the latest interrupt was taken */
    vpc_rep rep, suspended;      /* REP string I/O in progress, and one that an interrupt came into */
    vpc_split split;
} vpc_cpu_run;

typedef struct vpc_cpu {
    vpc *machine;
    uint32_t id;
    uint8_t *env;                          /* CPUX86State, offsets in unicorn_layout.h */
    uint8_t *state;                        /* CPUState; NULL when detached */
    void *uc;                              /* uc_engine; NULL when detached */
    uint64_t (*read_rflags)(void *env);    /* NULL when detached: env->eflags is read */
    uint64_t hv[VPC_HV_COUNT];             /* VMCS_* and VMCB_* as of the latest exit */
    vpc_cpu_run run;
    struct vpc_thread *thread;             /* VP stack and scratch of this VCPU (VP side) */
} vpc_cpu;

struct vpc {
    uint8_t *ram;
    uint64_t ram_bytes;
    uint32_t ncpus;
    vpc_cpu cpu[VPC_MAX_CPUS];
    struct vpc_thread *vmx_thread;         /* VP stack of the VMX context */
    /* the clock, kept by the machine side */
    uint64_t ticks;                        /* the TSC */
    uint64_t tick_limit;                   /* at or past this tick the block hook looks what is due */
    uint64_t ticks_per_byte;               /* guest time of one byte of executed code */
    uint64_t tsc_hz;
    uint64_t blocks;                       /* BRCNT */
    uint64_t interrupts;                   /* delivered hardware interrupts */
    uint64_t apic_base;                    /* APIC_BASEPA */
    uint64_t kernel_tables;                /* page tables for the upper half where the CPU's own lack a page; 0: none */
    struct vpc_orc *orc;                   /* unwind tables of the guest's kernel (VP side) */
    uint64_t epoch_us;                     /* getsystemtime when the guest started, microseconds since 1970 */
    bool host_time;                        /* getsystemtime reads the host's clock, not epoch_us + guest time */
    /* probes */
    vpc_point point[VPC_PT_COUNT];
    uint32_t narmed;
    struct vpc_log *log;                   /* VP side */
    uint64_t bag_limit, bag_used;
    struct vpc_machine *side;              /* everything only the machine side needs; NULL when detached */
};

/* Fire one armed probe. cpu == NULL: VMX context. env->eip must be right (machine side sees to it). */
void vpc_fire_armed(vpc *, vpc_armed *, vpc_cpu *cpu, const uint64_t *args, uint32_t nargs);

/* Note in the books of an armed probe that an event will be missed (VPC_RT_RETURNS). */
void vpc_note_missed(vpc_armed *, uint64_t detail);

/* Fire all probes armed at a point; free when none is. */
static inline void vpc_fire_at(vpc *m, uint32_t point, vpc_cpu *cpu, const uint64_t *args, uint32_t nargs)
{
    vpc_point *p = &m->point[point];
    for (uint32_t i = 0; i < p->n; i++)
        vpc_fire_armed(m, p->armed[i], cpu, args, nargs);
}

/* Read physical memory that is not RAM (device registers that reading does not change); machine side provides it.
 * Returns 1 and the 8 bytes, or 0 when nothing is there. */
int vpc_peek_device(vpc *, const vpc_cpu *, uint64_t address, uint64_t *out);   /* cpu: NULL without a VCPU */

/* Free everything only the machine side has; called by vpc_free, fine on a detached machine. */
void vpc_side_free(vpc *);

/* Set up and tear down the VP side of a machine (threads, log). */
int vpc_vp_init(vpc *);
void vpc_vp_free(vpc *);
#endif
