/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs, clock, delivery of interrupts, ports. Read by cffi in ABI mode: plain declarations only. */
#ifndef VPC_INCLUDE_MACHINE_H
#define VPC_INCLUDE_MACHINE_H
#include "include/vpcore.h"

/* --- attaching probes ------------------------------------------------------------------------------------------ */
/* Attach one probe of a program to a point (VPC_PT_*). where/extra as in points.h. The machine must be stopped. */
int vpc_attach(vpc *, vpc_program *, uint32_t probe, uint32_t point, uint64_t where, uint64_t extra, vpc_error *error);
void vpc_detach(vpc *, vpc_program *);   /* every probe of the program */
void vpc_detach_probe(vpc *, vpc_program *, uint32_t probe);

/* --- making a machine ------------------------------------------------------------------------------------------ */
/* What the devices answer. Called while the machine runs; none may be NULL. A callback that fails remembers its
 * failure, calls vpc_stop and returns anything: the machine stops at the end of the block. */
typedef struct {
    uint32_t (*port_in)(uint32_t cpu, uint32_t port, uint32_t bytes);
    void (*port_out)(uint32_t cpu, uint32_t port, uint32_t bytes, uint32_t value);
    uint64_t (*memory_read)(uint32_t cpu, uint64_t address, uint32_t bytes);    /* physical, above RAM */
    void (*memory_write)(uint32_t cpu, uint64_t address, uint32_t bytes, uint64_t value);
    /* 8 bytes without any effect; 0: no device answers. cpu is -1 for a firing without a VCPU. */
    int (*memory_peek)(int32_t cpu, uint64_t address, uint64_t *out);
    /* Registers of the local APIC among the MSRs. 0: the access faults. */
    int (*msr_read)(uint32_t cpu, uint32_t number, uint64_t *out);
    int (*msr_write)(uint32_t cpu, uint32_t number, uint64_t value);
    void (*time_stamp_written)(uint32_t cpu);
    int (*acknowledge)(uint32_t cpu);                             /* interrupt acknowledge cycle: the vector */
    void (*task_priority)(uint32_t cpu, uint32_t value);          /* the guest writes CR8 */
} vpc_devices;

/* What CPUID says of the CPU. features: EDX and ECX of leaf 1; EBX, ECX and EDX of leaf 7, EAX of its subleaf 1; EDX and
 * ECX of leaf 0x80000001; EDX of leaf 0x80000007; EBX of leaf 0x80000008; EAX and ECX of leaf 0x80000021. Instructions
 * whose feature is absent are invalid. */
enum { VPC_FEATURE_WORDS = 12 };
typedef struct {
    char vendor[12];            /* GenuineIntel or AuthenticAMD */
    char brand[32];             /* without the frequency */
    uint32_t signature;         /* EAX of leaf 1 */
    uint32_t features[VPC_FEATURE_WORDS];
} vpc_cpu_model;

typedef struct {
    const char *unicorn_path;   /* the shared library of Unicorn */
    uint64_t ram_bytes;         /* a multiple of 4096, below the 32-bit device window */
    uint32_t ncpus;
    uint64_t tsc_hz;
    uint64_t ticks_per_byte;
    uint64_t epoch_us;          /* microseconds since 1970 at power-on */
    vpc_cpu_model model;
} vpc_machine_desc;

/* Fails, naming the supported version, when the library is another one. */
vpc *vpc_new(const vpc_machine_desc *, const vpc_devices *, vpc_error *error);

/* Put every CPU into the state after a hardware reset (vector 0xfffffff0, real mode) and drop translated code. */
void vpc_reset(vpc *);

/* Tell that a device answers at these physical addresses above RAM. Elsewhere reads give all ones, writes vanish.
 * Fails when there are too many windows. */
int vpc_device_window(vpc *, uint64_t address, uint64_t bytes, vpc_error *error);

/* Answer reads of so many bytes at a port without port_in: with a constant when hz is 0, else with a counter of guest
 * time, ticks * hz / tsc_hz, under a mask. 0: there are too many. */
_Bool vpc_serve_port(vpc *, uint32_t port, uint32_t bytes, uint64_t hz, uint32_t value_or_mask);
void vpc_release_port(vpc *, uint32_t port);

/* --- running --------------------------------------------------------------------------------------------------- */
/* Run until a tick, the deadline, a stop, or a triple fault; returns VPC_STOP_*. The clock may end up to one block past
 * the tick. */
int vpc_run(vpc *, uint64_t until);
const char *vpc_run_error(const vpc *);
/* The number of the CPU whose turn it is. */
uint32_t vpc_current_cpu(const vpc *);
/* Let guest time pass while no CPU executes; the machine must be stopped. */
void vpc_pass_time(vpc *, uint64_t ticks);
/* Stop before the next block. From a device callback, or before vpc_run (which then returns at once). */
void vpc_stop(vpc *);
/* End runs, as if they had reached their tick, at the end of the block in which such an event happens, and until vpc_await
 * is called again. VPC_EVENT_NONE: end them at no event. */
enum { VPC_EVENT_NONE, VPC_EVENT_BLOCK, VPC_EVENT_INTERRUPT, VPC_EVENT_FIRING, VPC_EVENT_HAPPENED };
void vpc_await(vpc *, uint32_t event);
int vpc_has_happened(const vpc *);
/* The next tick at which a device wants to act (UINT64_MAX: none). Allowed at any time; counts from the next block. */
void vpc_deadline(vpc *, uint64_t tick);

/* --- interrupt lines of a CPU ---------------------------------------------------------------------------------- */
void vpc_interrupt_line(vpc *, uint32_t cpu, int level);   /* INTR */
void vpc_nmi(vpc *, uint32_t cpu);
void vpc_smi(vpc *, uint32_t cpu);
/* INIT, and a start-up message (SIPI), which only a CPU that waits for one takes. */
void vpc_init(vpc *, uint32_t cpu);
void vpc_start_up(vpc *, uint32_t cpu, uint32_t vector);
int vpc_cpu_waiting(const vpc *, uint32_t cpu);   /* for a start-up message */
/* An exception that no instruction causes, without an error code: a machine check (18) the board has found. */
void vpc_exception(vpc *, uint32_t cpu, uint32_t vector);
/* Halt every CPU until vpc_reset, with nothing that could wake it; the machine must be stopped. */
void vpc_switch_off(vpc *);
/* 64 KiB of system management RAM, seen by the CPU at VPC_SMRAM in place of RAM while it is in system management mode;
 * entry at VPC_SMRAM + 0x8000. */
enum { VPC_SMRAM = 0xa0000, VPC_SMRAM_BYTES = 0x10000 };
uint8_t *vpc_smram(vpc *);
/* IA32_APIC_BASE: what the guest reads from it, where its local APIC answers above RAM, and APIC_BASEPA. While its enable
 * bit is clear there is no local APIC, and CPUID says so. */
void vpc_set_apic_base(vpc *, uint32_t cpu, uint64_t value);
uint64_t vpc_time_stamp(const vpc *, uint32_t cpu);   /* what RDTSC reads */
/* The task priority, 8 bits, when it is changed at the local APIC: its upper half is CR8. */
void vpc_set_task_priority(vpc *, uint32_t cpu, uint32_t value);

/* --- what devices do to memory --------------------------------------------------------------------------------- */
/* Physical RAM was changed behind the CPU's back (DMA): forget code translated from it. */
void vpc_memory_changed(vpc *, uint64_t address, uint64_t bytes);

#define VPC_EXIT_REASONS 70     /* numbers of Intel's basic exit reasons (SDM volume 3, table C-1) are below this */
/* --- state ----------------------------------------------------------------------------------------------------- */
typedef struct {
    uint64_t ticks, blocks, interrupts;
    uint64_t halted_ticks;      /* guest time in HLT */
    uint64_t exceptions[32];    /* delivered, by vector */
    uint64_t syscalls;
    uint64_t port_reads, port_writes;
    uint64_t exits[VPC_EXIT_REASONS];   /* by Intel's basic exit reason (VPC_EXIT_*) */
    uint64_t smis;
} vpc_counters;
void vpc_read_counters(const vpc *, vpc_counters *out);
const uint64_t *vpc_clock(const vpc *);   /* where the ticks of the time stamp counter stand, for its lifetime */
/* A general register (registers.h), or RIP, which has the number after them. */
uint64_t vpc_cpu_register(const vpc *, uint32_t cpu, uint32_t number);
void vpc_set_register(vpc *, uint32_t cpu, uint32_t number, uint64_t value);
void vpc_set_rflags(vpc *, uint32_t cpu, uint64_t value);
int vpc_cpu_halted(const vpc *, uint32_t cpu);
/* What CPUID answers to a leaf: EAX, EBX, ECX, EDX. */
void vpc_cpu_identity(vpc *, uint32_t cpu, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
/* Load a segment register as real mode does: base = selector << 4. ES CS SS DS FS GS. */
void vpc_set_real_segment(vpc *, uint32_t cpu, uint32_t number, uint32_t selector);
/* Protected mode without paging: code and data segments of 32 bits over all 4 GiB. */
void vpc_set_flat_segments(vpc *, uint32_t cpu, uint32_t code, uint32_t data);
void vpc_set_idt(vpc *, uint32_t cpu, uint64_t base, uint32_t limit);

/* --- snapshots: the state of CPUs, clock and SMRAM, and RAM ------------------------------------------------------- */
uint64_t vpc_state_bytes(void);
void vpc_save_state(vpc *, uint8_t *out);
/* Fails when the state is of another machine. */
int vpc_load_state(vpc *, const uint8_t *in, uint64_t bytes, vpc_error *error);
/* Mark the pages that are not all zero, one bit each, the lowest first; returns how many. */
uint64_t vpc_used_pages(const vpc *, uint8_t *bitmap);
/* The first run of marked pages at or after a page (the number of pages when there is none), and its length. */
uint64_t vpc_page_run(const uint8_t *bitmap, uint64_t pages, uint64_t from, uint64_t *length);
void vpc_clear_ram(vpc *);
/* Finds damage, no intent; seed: the checksum of what comes before. */
uint64_t vpc_checksum(uint64_t seed, const uint8_t *data, uint64_t bytes);
#endif
