/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a machine, which every other part of the core reads or keeps. */
#ifndef VPC_GUEST_STATE_H
#define VPC_GUEST_STATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "include/vpcore.h"
#include "include/machine.h"
#include "include/points.h"
#include "include/runtime_errors.h"
#include "include/variables.h"
#include "guest/unicorn_layout.h"

/* One place where a probe fires. Made by vpc_attach, freed by vpc_detach. */
typedef struct vpc_attachment {
    vpc_program *program;
    uint32_t probe;      /* index in program */
    uint32_t point;      /* VPC_PT_* */
    uint64_t where;      /* address, or period in microseconds */
    uint64_t extra;      /* second number of the point (GUEST:OFFSET), 0 otherwise */
    /* kept while it is attached: */
    uint64_t next_due;   /* periodic points: tick of the next firing */
    uint64_t started;    /* tick at which it was attached; due times are started + k * period exactly */
    uint64_t fired;      /* k */
    struct vpc *machine;
    size_t hook[VPC_MAX_CPUS];
    uint64_t seen_block, seen_rcx;   /* code points: when this fired or passed over an element, see attach.c */
    struct vpc_returns *returns;   /* GUEST:EXIT: calls that have not returned */
} vpc_attachment;

/* The probes attached to one point, in order. */
typedef struct {
    uint32_t n;
    vpc_attachment *attached[VPC_MAX_PROBES];
} vpc_point;

/* Where a CPU is on its way through system management mode. */
typedef enum { SMM_OUTSIDE, SMM_ENTERING, SMM_INSIDE } smm_state;

/* A memory access that QEMU does in pieces; see watchpoints.c. */
typedef struct {
    uint64_t address, bytes;   /* of the whole access; bytes 0: none is under way */
    uintptr_t host_pc;
    int access;
    bool fired;
    uint32_t stores_left;      /* the bytes it will be stored in, one by one */
} vpc_split;

#define VPC_BREAKPOINTS 4
#define VPC_MAPPED_FILES 512   /* a power of 2 */
#define VPC_KEPT_BASES 2

/* A breakpoint on data, as DR7 enables it. hit: its bit of DR6 */
typedef struct {
    uint64_t address, bytes;
    uint32_t hit;
    bool only_stores;
} vpc_data_breakpoint;

/* What the debug registers watch; see cpu/debug.c. */
typedef struct {
    uint32_t ncode, ndata;
    uint64_t code[VPC_BREAKPOINTS];
    vpc_data_breakpoint data[VPC_BREAKPOINTS];
} vpc_debug;

#define VPC_FIXED_MTRRS 11
#define VPC_VARIABLE_MTRRS 8

/* Memory types; see cpu/mtrr.c. variable: base and mask in turn */
typedef struct {
    uint64_t default_type, pat, fixed[VPC_FIXED_MTRRS], variable[2 * VPC_VARIABLE_MTRRS];
} vpc_mtrrs;

/* REP string I/O: where, elements to come (0: none). */
typedef struct { uint64_t eip, left; } vpc_rep;

/* The state of one CPU beside its registers. */
typedef struct {
    bool halted;                 /* in HLT, or waiting for a start-up message */
    bool waiting;                /* for a start-up message: no interrupt wakes it */
    bool init;                   /* an INIT waits to be taken */
    bool start_up;               /* a start-up message waits to be taken */
    uint8_t start_vector;
    bool line;                   /* level of INTR */
    bool nmi;                    /* an NMI waits to be taken */
    bool smi;                    /* an SMI waits to be taken */
    bool check;                  /* an exception from outside waits to be taken */
    uint8_t check_vector;
    bool resume;                 /* HV_Resume is due when the instruction is done */
    uint8_t priority_rest;       /* lower half of the task priority, which CR8 does not show */
    bool by_instruction;         /* INT n, INT3, INTO is being delivered */
    smm_state smm;
    uint64_t apic_msr;           /* IA32_APIC_BASE */
    uint64_t tsc_offset;         /* what RDTSC reads beyond the machine's ticks, since the guest wrote its counter */
    uint32_t delivering;         /* the event that is being delivered, as VMX describes it; 0: none */
    uint32_t delivering_error;
    struct { uint64_t eip, rcx; } interrupted;   /* where the latest interrupt was taken */
    vpc_rep rep, suspended;      /* REP string I/O in progress, and one that an interrupt came into */
    vpc_split split;
    vpc_mtrrs mtrrs;
    uint64_t misc_enable, debug_control;   /* IA32_MISC_ENABLE, IA32_DEBUGCTL */
    uint16_t debug_hits;         /* bits of DR6: breakpoints on data that the instruction met, a step over HLT */
    struct { uint64_t block, eip; } again;   /* the block in which it begins again, see cpu/debug.c */
} vpc_cpu_run;

/* What CPUID answered last, and all it depends on: leaf and subleaf, CR4 and IA32_APIC_BASE. */
typedef struct {
    bool known;
    uint64_t leaf, cr4, apic_msr;
    uint32_t a, b, c, d;
} vpc_identity;

typedef struct vpc_cpu {
    vpc *machine;
    uint32_t id;
    uint8_t *env;                          /* CPUX86State, offsets in unicorn_layout.h */
    uint8_t *state;                        /* CPUState; NULL when detached */
    void *uc;                              /* uc_engine; NULL when detached */
    uint64_t (*read_rflags)(void *env);    /* NULL when detached: env->eflags is read */
    uint8_t *code_pages;                   /* a bit for each page of RAM from which it has translated code */
    struct vpc_tlb *tlb;                   /* see tlb.c */
    struct vpc_lookup *lookup;             /* see block_lookup.c */
    struct vpc_translated *translated;     /* see translated.c; NULL before the first block */
    void *(*find_region)(void *uc, uint64_t address);   /* of Unicorn, see code_pages.c */
    void *ram_region;
    uint64_t exit_field[VPC_EXIT_FIELDS];             /* VMCS_* and VMCB_* as of the latest exit */
    vpc_cpu_run run;
    vpc_debug debug;
    vpc_identity identity;
    uint64_t kept_base[VPC_KEPT_BASES];    /* of FS and GS during a return, see cpu/returns.c */
    uint32_t kept_level;                   /* the ring before a return */
    uint64_t block, short_block;           /* linear addresses + 1, or 0: see translated.c */
    bool keeps_blocks;                     /* Unicorn asks for more blocks to be dropped than is needed */
    uint8_t *hidden_vm;                    /* byte of an image of RFLAGS, see cpu/user_stack.c; NULL: none */
    bool lends_stack;                      /* HF_SMAP is to be set again, see cpu/user_stack.c */
    bool only_asks;                        /* tlb_fill is asked for rights: no data is accessed */
    struct vpc_thread *thread;             /* VP stack and scratch of this VCPU (VP emulator) */
} vpc_cpu;

struct vpc {
    uint8_t *ram;
    uint64_t ram_bytes;
    uint32_t ncpus;
    vpc_cpu cpu[VPC_MAX_CPUS];
    struct vpc_thread *vmx_thread;         /* VP stack of the VMX context */
    /* the clock */
    uint64_t ticks;                        /* the TSC */
    uint64_t tick_limit;                   /* at or past this tick the clock checks what is due */
    uint64_t ticks_per_byte;               /* guest time of one byte of executed code */
    uint64_t tsc_hz;
    uint64_t blocks;                       /* BRCNT */
    uint64_t interrupts;                   /* delivered hardware interrupts */
    uint32_t awaited;                      /* VPC_EVENT_*: the run ends after it, see cpu/clock.c */
    uint64_t kernel_tables;                /* page tables for the upper half where the CPU's own lack a page; 0: none */
    vpc_mappings mappings;                 /* where the guest's kernel keeps what its processes have mapped */
    struct {
        vpc_mapped_file file;
        bool fresh;                        /* named since it was taken */
    } mapped[VPC_MAPPED_FILES];            /* by their contents */
    struct vpc_orc *orc;                   /* unwind tables of the guest's kernel (VP emulator) */
    vpc_cpu_model model;
    uint64_t epoch_us;                     /* getsystemtime when the guest started, microseconds since 1970 */
    bool host_time;                        /* getsystemtime reads the host's clock, not epoch_us + guest time */
    /* probes */
    vpc_point point[VPC_PT_COUNT];
    uint32_t nattached;
    uint32_t programs;                     /* how many have been loaded since the start */
    struct vpc_log *log;                   /* text that scripts printed */
    uint64_t bag_limit, bag_used;
    /* Reads 8 bytes of device memory without any effect; returns whether a device answers. cpu: NULL without a VCPU.
     * NULL when detached. */
    bool (*peek_device)(vpc *, const vpc_cpu *, uint64_t address, uint64_t *out);
    struct vpc_emulator *emulator;         /* the CPUs that execute; NULL when detached */
};

/* An event happens: end the run when it is awaited. */
static inline void vpc_happens(vpc *m, uint32_t event)
{
    if (__builtin_expect(m->awaited == event, 0)) {
        m->awaited = VPC_EVENT_HAPPENED;
        m->tick_limit = 0;
    }
}

#endif
