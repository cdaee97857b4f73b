/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine with CPUs that execute has beyond a detached one. */
#ifndef VPC_EMULATOR_EMULATOR_H
#define VPC_EMULATOR_EMULATOR_H
#include "emulator/helpers.h"
#include "emulator/unicorn.h"

#define VPC_MAX_WINDOWS 16
#define VPC_MAX_SERVED_PORTS 8

/* Attached data probes. */
typedef struct {
    vpc_attachment *attached[VPC_MAX_PROBES];
    uint32_t n;
} vpc_watches;

/* A port that the core answers; see cpu/served_ports.c. */
typedef struct {
    uint32_t port, bytes;
    uint32_t value;   /* of a counter: its mask */
    uint64_t hz;      /* 0: a constant */
} vpc_served_port;

/* What executes the guest: Unicorn, the run, and what is counted about it. */
typedef struct vpc_emulator {
    unicorn_functions uc;
    vpc_helpers helpers;
    void *library;
    vpc_devices devices;
    void (*block_due)(vpc_cpu *, uint32_t bytes, uint64_t eip);   /* of clock.c */
    /* the run */
    uint64_t until, deadline;
    bool running;                /* inside uc_emu_start */
    bool stop_wanted;            /* vpc_stop since vpc_run began */
    uint64_t entered;            /* blocks when the current CPU was chosen, see clock.c */
    bool stopped;                /* the clock ended emulation */
    uint8_t *stored_pages;       /* a bit for each page of RAM that a TLB entry has made writable */
    vpc_cpu *current;            /* the CPU that runs */
    uint64_t turn_end;           /* tick at which it is another's turn, when another can run */
    bool exit_wanted;            /* leave the translated code at the next block: an interrupt may be taken */
    uint8_t *smram;              /* what lies at VPC_SMRAM in the other mode */
    bool exits_watched;          /* a loaded script has HV_* probes or reads VMCS_ or VMCB_ variables */
    vpc_watches watches;         /* attached data probes */
    vpc *machine;                /* which this belongs to */
    struct vpc_emulator *next;   /* see interpose.c */
    struct { uint64_t start, end; } window[VPC_MAX_WINDOWS];   /* device memory above RAM */
    uint32_t nwindows;
    vpc_served_port served[VPC_MAX_SERVED_PORTS];
    uint32_t nserved;
    char error[200];
    bool failed;                 /* the run ended because of error */
    /* attached periodic probes, of all kinds */
    vpc_attachment *periodic[VPC_MAX_PROBES];
    uint32_t nperiodic;
    /* counters */
    uint64_t halted_ticks, exceptions[32], syscalls, port_reads, port_writes, exits[VPC_EXIT_REASONS], smis;
} vpc_emulator;
#endif
