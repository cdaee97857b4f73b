/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines: made, reset, freed. Everything below is put together here. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "cpu/clock.h"
#include "cpu/exceptions.h"
#include "cpu/instructions.h"
#include "cpu/interrupts.h"
#include "cpu/io.h"
#include "cpu/startup.h"
#include "emulator/block_lookup.h"
#include "emulator/breakpoints.h"
#include "emulator/code_pages.h"
#include "emulator/emulator.h"
#include "emulator/interpose.h"
#include "emulator/tlb.h"
#include "emulator/translated.h"
#include "guest/error.h"
#include "guest/registers.h"
#include "probes/watchpoints.h"
#include "replacements.h"
#include "vp/thread.h"

#define DETACHED_HZ 1000000000u

/* Connect a CPU to the rest of the machine. */
static int connect(vpc_cpu *cpu, vpc_error *error)
{
    if (vpc_map_device_memory(cpu, error) || vpc_map_interrupt_acknowledge(cpu, error))
        return -1;
    vpc_install_exception_hooks(cpu);
    vpc_install_instruction_hooks(cpu);
    vpc_install_port_hooks(cpu);
    vpc_install_clock(cpu);
    vpc_install_tlb_fill(cpu);
    return 0;
}

static int make(vpc *m, const vpc_machine_desc *desc, const vpc_devices *devices, vpc_error *error)
{
    m->emulator = calloc(1, sizeof *m->emulator);
    if (!m->emulator)
        return vpc_out_of_memory(error);
    m->ncpus = desc->ncpus;
    m->tsc_hz = desc->tsc_hz;
    m->ticks_per_byte = desc->ticks_per_byte;
    m->epoch_us = desc->epoch_us;
    m->model = desc->model;
    m->emulator->devices = *devices;
    m->emulator->deadline = UINT64_MAX;
    m->emulator->current = &m->cpu[0];
    void *ram = mmap(NULL, desc->ram_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ram == MAP_FAILED)
        return vpc_fail(error, "no memory for %llu bytes of RAM", (unsigned long long)desc->ram_bytes);
#ifdef MADV_HUGEPAGE
    madvise(ram, desc->ram_bytes, MADV_HUGEPAGE);   /* fewer faults of the host: a restore writes all of it */
#endif
    m->ram = ram;
    m->ram_bytes = desc->ram_bytes;
    m->emulator->smram = calloc(1, VPC_SMRAM_BYTES);
    if (!m->emulator->smram)
        return vpc_out_of_memory(error);
    m->peek_device = vpc_peek_device;
    if (vpc_unicorn_open(m, desc->unicorn_path, error) || vpc_replace_functions(m, error) ||
        vpc_threads_new(m, error))
        return -1;
    for (uint32_t i = 0; i < m->ncpus; i++)
        if (connect(&m->cpu[i], error))
            return -1;
    return 0;
}

vpc *vpc_new(const vpc_machine_desc *desc, const vpc_devices *devices, vpc_error *error)
{
    if (desc->ncpus < 1 || desc->ncpus > VPC_MAX_CPUS || desc->ram_bytes % 4096 || !desc->ram_bytes) {
        vpc_fail(error, "a machine needs 1 to %d CPUs and whole pages of RAM", VPC_MAX_CPUS);
        return NULL;
    }
    vpc *m = calloc(1, sizeof *m);
    if (!m) {
        vpc_out_of_memory(error);
        return NULL;
    }
    if (make(m, desc, devices, error)) {
        vpc_free(m);
        return NULL;
    }
    vpc_reset(m);
    return m;
}

void vpc_reset(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_reset_cpu(&m->cpu[i]);
    m->emulator->current = &m->cpu[0];
    m->emulator->turn_end = 0;
    vpc_flush_translations(m);
}

void vpc_set_task_priority(vpc *m, uint32_t cpu, uint32_t value)
{
    *(uint8_t *)(m->cpu[cpu].env + ENV_TPR) = value >> 4 & 0xf;
    m->cpu[cpu].run.priority_rest = value & 0xf;
}

void vpc_switch_off(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        ENV_U64(m->cpu[i].env, ENV_EFLAGS) &= ~(uint64_t)RFLAGS_IF;
        *interrupt_request(&m->cpu[i]) = 0;
        vpc_cpu_run *run = &m->cpu[i].run;
        run->line = run->nmi = run->smi = run->check = run->init = run->start_up = false;
        run->halted = true;
    }
}

/* --- reading and setting state ------------------------------------------------------------------------------------ */

void vpc_read_counters(const vpc *m, vpc_counters *out)
{
    const vpc_emulator *emulator = m->emulator;
    *out = (vpc_counters){
        .ticks = m->ticks, .blocks = m->blocks, .interrupts = m->interrupts, .halted_ticks = emulator->halted_ticks,
        .syscalls = emulator->syscalls, .port_reads = emulator->port_reads, .port_writes = emulator->port_writes,
        .smis = emulator->smis,
    };
    memcpy(out->exceptions, emulator->exceptions, sizeof out->exceptions);
    memcpy(out->exits, emulator->exits, sizeof out->exits);
}

const uint64_t *vpc_clock(const vpc *m) { return &m->ticks; }

vpc *vpc_new_detached(uint64_t ram_bytes, uint32_t ncpus, vpc_error *error)
{
    if (ncpus < 1 || ncpus > VPC_MAX_CPUS) {
        vpc_fail(error, "a machine needs 1 to %d CPUs", VPC_MAX_CPUS);
        return NULL;
    }
    vpc *m = calloc(1, sizeof *m);
    if (!m) {
        vpc_out_of_memory(error);
        return NULL;
    }
    bool complete = true;
    m->ncpus = ncpus;
    m->ram_bytes = ram_bytes;
    m->tsc_hz = DETACHED_HZ;
    m->ram = calloc(1, ram_bytes ? ram_bytes : 1);
    for (uint32_t i = 0; i < ncpus; i++) {
        m->cpu[i] = (vpc_cpu){.machine = m, .id = i, .env = calloc(1, ENV_BYTES)};
        complete &= m->cpu[i].env != NULL;
    }
    if (!m->ram || !complete || vpc_threads_new(m, error)) {
        vpc_out_of_memory(error);
        vpc_free(m);
        return NULL;
    }
    return m;
}

static void free_emulator(vpc *m)
{
    vpc_interpose_close(m);
    for (uint32_t i = 0; i < m->ncpus; i++) {
        vpc_tlb_close(&m->cpu[i]);
        vpc_lookup_close(&m->cpu[i]);
        vpc_translated_close(&m->cpu[i]);
    }
    vpc_unicorn_close(m);
    vpc_code_pages_close(m);
    vpc_helpers_close(m);
    if (m->ram)
        munmap(m->ram, m->ram_bytes);
    free(m->emulator->smram);
    free(m->emulator);
}

/* A detached machine has its RAM and register files from calloc. */
static void free_detached(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++)
        free(m->cpu[i].env);
    free(m->ram);
}

void vpc_free(vpc *m)
{
    if (m->emulator)
        free_emulator(m);
    else
        free_detached(m);
    vpc_threads_free(m);
    free(m);
}

uint8_t *vpc_ram(vpc *m)
{
    return m->ram;
}

uint64_t vpc_ram_bytes(const vpc *m)
{
    return m->ram_bytes;
}

uint8_t *vpc_cpu_env(vpc *m, uint32_t cpu)
{
    return cpu < m->ncpus ? m->cpu[cpu].env : NULL;
}

void vpc_set_clock(vpc *m, uint64_t ticks, uint64_t tsc_hz, uint64_t epoch_us)
{
    m->ticks = ticks;
    m->tsc_hz = tsc_hz;
    m->epoch_us = epoch_us;
}
