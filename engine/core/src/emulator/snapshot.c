/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of CPUs and clock as bytes, and the pages of RAM that are not zero: the core's part of a snapshot. Saving
 * and loading both flush the software TLB, so that the saved machine and the loaded one run alike. It does not contain
 * scripts. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "emulator/breakpoints.h"
#include "emulator/emulator.h"
#include "guest/error.h"

#define FORMAT 6u
#define PAGE 0x1000u

typedef struct {
    uint8_t env[ENV_BYTES];
    uint64_t exit_field[VPC_EXIT_FIELDS];
    vpc_cpu_run run;
    uint32_t interrupt_request, halted_state;
    int32_t exception_index;
} saved_cpu;

typedef struct {
    uint32_t format, bytes, ncpus, nwindows, current;
    uint64_t ticks, blocks, interrupts, deadline, turn_end;
    uint64_t halted_ticks, exceptions[32], syscalls, port_reads, port_writes, exits[VPC_EXIT_REASONS], smis;
    struct { uint64_t start, end; } window[VPC_MAX_WINDOWS];
    uint8_t smram[VPC_SMRAM_BYTES];
    saved_cpu cpu[VPC_MAX_CPUS];
} saved_machine;

uint64_t vpc_state_bytes(void) { return sizeof(saved_machine); }

/* Fields that are copied unchanged in both directions. */
#define EACH_FIELD(FIELD) \
    FIELD(halted_ticks) FIELD(exceptions) FIELD(syscalls) FIELD(port_reads) FIELD(port_writes) \
    FIELD(exits) FIELD(smis) FIELD(deadline) FIELD(turn_end) FIELD(nwindows) FIELD(window)

static void save_cpu(const vpc_cpu *cpu, saved_cpu *out)
{
    memcpy(out->env, cpu->env, ENV_BYTES);
    memset(out->env + ENV_BREAKPOINTS, 0, ENV_BREAKPOINTS_BYTES);
    memset(out->env + ENV_RETADDR, 0, 8);
    memcpy(out->exit_field, cpu->exit_field, sizeof out->exit_field);
    memcpy(&out->run, &cpu->run, sizeof out->run);
    memset(&out->run.split, 0, sizeof out->run.split);   /* belongs to an attached probe */
    out->run.resume = false;
    out->interrupt_request = ENV_U32(cpu->state, CPU_INTERRUPT_REQUEST);
    out->halted_state = ENV_U32(cpu->state, CPU_HALTED);
    out->exception_index = ENV_I32(cpu->state, CPU_EXCEPTION_INDEX);
}

static void load_cpu(vpc_cpu *cpu, const saved_cpu *in)
{
    uint8_t breakpoints[ENV_BREAKPOINTS_BYTES];
    memcpy(breakpoints, cpu->env + ENV_BREAKPOINTS, sizeof breakpoints);
    memcpy(cpu->env, in->env, ENV_BYTES);
    memcpy(cpu->env + ENV_BREAKPOINTS, breakpoints, sizeof breakpoints);
    memcpy(cpu->exit_field, in->exit_field, sizeof in->exit_field);
    memcpy(&cpu->run, &in->run, sizeof in->run);
    cpu->run.check_vector &= 31;
    ENV_U32(cpu->state, CPU_INTERRUPT_REQUEST) = in->interrupt_request;
    ENV_U32(cpu->state, CPU_HALTED) = in->halted_state;
    ENV_I32(cpu->state, CPU_EXCEPTION_INDEX) = in->exception_index;
}

void vpc_save_state(vpc *m, uint8_t *out)
{
    saved_machine *s = (saved_machine *)out;
    const vpc_emulator *emulator = m->emulator;
    memset(s, 0, sizeof *s);
    s->format = FORMAT;
    s->bytes = sizeof *s;
    s->ncpus = m->ncpus;
    s->current = emulator->current->id;
    s->ticks = m->ticks;
    s->blocks = m->blocks;
    s->interrupts = m->interrupts;
#define FIELD(name) memcpy(&s->name, &emulator->name, sizeof s->name);
    EACH_FIELD(FIELD)
#undef FIELD
    memcpy(s->smram, emulator->smram, VPC_SMRAM_BYTES);
    for (uint32_t i = 0; i < m->ncpus; i++) {
        save_cpu(&m->cpu[i], &s->cpu[i]);
        emulator->uc.tlb_flush(m->cpu[i].state);
    }
}

int vpc_load_state(vpc *m, const uint8_t *in, uint64_t bytes, vpc_error *error)
{
    const saved_machine *s = (const saved_machine *)in;
    vpc_emulator *emulator = m->emulator;
    if (bytes != sizeof *s || s->format != FORMAT || s->bytes != sizeof *s || s->ncpus != m->ncpus ||
        s->current >= m->ncpus || s->nwindows > VPC_MAX_WINDOWS)
        return vpc_fail(error, "the snapshot is of another machine");
    m->ticks = s->ticks;
    m->blocks = s->blocks;
    m->interrupts = s->interrupts;
#define FIELD(name) memcpy(&emulator->name, &s->name, sizeof s->name);
    EACH_FIELD(FIELD)
#undef FIELD
    memcpy(emulator->smram, s->smram, VPC_SMRAM_BYTES);
    emulator->current = &m->cpu[s->current];
    emulator->nserved = 0;   /* what devices handed over is of the other state */
    for (uint32_t i = 0; i < m->ncpus; i++) {
        load_cpu(&m->cpu[i], &s->cpu[i]);
        emulator->uc.tlb_flush(m->cpu[i].state);
    }
    vpc_flush_translations(m);
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_breakpoints_changed(&m->cpu[i]);
    return 0;
}

/* --- RAM --------------------------------------------------------------------------------------------------------- */

static bool is_zero(const uint8_t *page)
{
    const uint64_t *word = (const uint64_t *)page;
    for (uint32_t i = 0; i < PAGE / 8; i++)
        if (word[i])
            return false;
    return true;
}

uint64_t vpc_used_pages(const vpc *m, uint8_t *bitmap)
{
    uint64_t used = 0;
    for (uint64_t p = 0; p < m->ram_bytes / PAGE; p++) {
        bool zero = is_zero(m->ram + p * PAGE);
        bitmap[p / 8] = (uint8_t)((bitmap[p / 8] & ~(1u << p % 8)) | (unsigned)!zero << p % 8);
        used += !zero;
    }
    return used;
}

void vpc_clear_ram(vpc *m)
{
    madvise(m->ram, m->ram_bytes, MADV_DONTNEED);   /* it reads as zero afterwards */
}

uint64_t vpc_page_run(const uint8_t *bitmap, uint64_t pages, uint64_t from, uint64_t *length)
{
    uint64_t start = from;
    while (start < pages && !(bitmap[start / 8] >> start % 8 & 1))
        start++;
    uint64_t end = start;
    while (end < pages && bitmap[end / 8] >> end % 8 & 1)
        end++;
    *length = end - start;
    return start;
}

/* Four interleaved FNV-1a hashes over 64-bit words, each with an extra shift: detects damage at memory speed. */
uint64_t vpc_checksum(uint64_t seed, const uint8_t *data, uint64_t bytes)
{
    const uint64_t prime = 0x100000001b3ull;
    uint64_t lane[4] = {0xcbf29ce484222325ull ^ seed, 1, 2, 3}, word;
    uint64_t words = bytes / 8;
    for (uint64_t i = 0; i < words; i++) {
        memcpy(&word, data + 8 * i, 8);
        lane[i & 3] = (lane[i & 3] ^ word) * prime;
        lane[i & 3] ^= lane[i & 3] >> 29;
    }
    for (uint64_t i = words * 8; i < bytes; i++)
        lane[0] = (lane[0] ^ data[i]) * prime;
    return lane[0] ^ lane[1] * 3 ^ lane[2] * 5 ^ lane[3] * 7 ^ bytes;
}
