/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From which pages code has been translated, by linear address.
 *
 * A code hook is looked at only when code is translated, and its address is linear. The blocks that hold an address are
 * found by the physical pages that it has meant since all blocks were dropped: a set of pairs of page numbers, hashed
 * by the linear one. */
#include "emulator/translated.h"
#include <stdlib.h>
#include <string.h>
#include "emulator/emulator.h"
#include "emulator/interpose.h"
#include "guest/registers.h"

#define PAGE_BITS 12
#define PAGE (1ull << PAGE_BITS)
#define FIRST_SLOTS 1024u

typedef struct { uint64_t linear, physical; } page_pair;   /* numbers of pages plus 1; linear 0: free */

struct vpc_translated {
    page_pair *pair;
    uint32_t slots, used;       /* slots: a power of 2 */
    bool incomplete;            /* memory was exhausted */
};

static uint32_t first_slot(const struct vpc_translated *t, uint64_t linear)
{
    return (uint32_t)(linear * 0x9e3779b97f4a7c15ull >> 32) & (t->slots - 1);
}

/* The slot that holds a pair, or the free one for it. */
static page_pair *find_slot(const struct vpc_translated *t, page_pair wanted)
{
    uint32_t at = first_slot(t, wanted.linear);
    while (t->pair[at].linear && (t->pair[at].linear != wanted.linear || t->pair[at].physical != wanted.physical))
        at = (at + 1) & (t->slots - 1);
    return &t->pair[at];
}

static bool grow(struct vpc_translated *t)
{
    struct vpc_translated larger = {.slots = t->slots ? 2 * t->slots : FIRST_SLOTS, .used = t->used};
    larger.pair = calloc(larger.slots, sizeof *larger.pair);
    if (!larger.pair)
        return false;
    for (uint32_t i = 0; i < t->slots; i++)
        if (t->pair[i].linear)
            *find_slot(&larger, t->pair[i]) = t->pair[i];
    free(t->pair);
    *t = larger;
    return true;
}

static void note(vpc_cpu *cpu, uint64_t linear, uint64_t physical)
{
    if (!cpu->translated)
        cpu->translated = calloc(1, sizeof *cpu->translated);
    struct vpc_translated *t = cpu->translated;
    if (!t || (t->used >= t->slots / 2 && !grow(t))) {
        if (t)
            t->incomplete = true;
        return;
    }
    page_pair *slot = find_slot(t, (page_pair){(linear >> PAGE_BITS) + 1, (physical >> PAGE_BITS) + 1});
    t->used += !slot->linear;
    *slot = (page_pair){(linear >> PAGE_BITS) + 1, (physical >> PAGE_BITS) + 1};
}

void *vpc_translate_block(void *state, uint64_t pc, uint64_t base, uint32_t flags, int cflags)
{
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    if (cpu && (flags & RFLAGS_RF || cpu->short_block == pc + 1))
        cflags |= CF_ONE_INSTRUCTION;
    if (cpu)
        cpu->block = pc + 1;
    uint8_t *block = vpc_replaced.translate_block(state, pc, base, flags, cflags);
    if (cpu)
        cpu->short_block = 0;
    if (cpu && block && ENV_U64(block, TB_FIRST_PAGE) != UINT64_MAX) {
        note(cpu, pc, ENV_U64(block, TB_FIRST_PAGE));
        if (ENV_U64(block, TB_SECOND_PAGE) != UINT64_MAX)
            note(cpu, pc + PAGE, ENV_U64(block, TB_SECOND_PAGE));
    }
    return block;
}

/* Unicorn takes up to 512 instructions into a block and has room for 512 temporary values, of which its translation of
 * AAM, x87 and many SSE instructions leaves one taken each until the block ends, of FNSTENV nearly four. It does not look
 * whether any is left. */
#define MOST_INSTRUCTIONS 100

void vpc_translate_code(void *state, uint8_t *block, int most)
{
    bool ours = vpc_cpu_of_state(state) != NULL;
    vpc_replaced.translate_code(state, block, ours && most > MOST_INSTRUCTIONS ? MOST_INSTRUCTIONS : most);
}

bool vpc_shorten_block(vpc_cpu *cpu)
{
    bool shorter = cpu->short_block != cpu->block;
    cpu->short_block = shorter ? cpu->block : 0;
    return shorter;
}

static void translate_anew(vpc_cpu *cpu, uint64_t address)
{
    const struct vpc_translated *t = cpu->translated;
    if (!t)
        return;
    if (t->incomplete) {
        cpu->machine->emulator->uc.ctl(cpu->uc, UC_CTL_TB_FLUSH);
        return;
    }
    uint64_t linear = (address >> PAGE_BITS) + 1;
    for (uint32_t at = first_slot(t, linear); t->pair[at].linear; at = (at + 1) & (t->slots - 1))
        if (t->pair[at].linear == linear) {
            uint64_t physical = (t->pair[at].physical - 1) << PAGE_BITS | (address & (PAGE - 1));
            cpu->machine->emulator->uc.invalidate_physical(cpu->uc, physical, physical + 1);
        }
}

void vpc_translate_anew(vpc *m, uint64_t address)
{
    for (uint32_t i = 0; i < m->ncpus; i++)
        translate_anew(&m->cpu[i], address);
}

void vpc_translated_forget(vpc_cpu *cpu)
{
    struct vpc_translated *t = cpu->translated;
    if (t) {
        memset(t->pair, 0, t->slots * sizeof *t->pair);
        t->used = 0;
        t->incomplete = false;
    }
}

void vpc_translated_close(vpc_cpu *cpu)
{
    if (cpu->translated)
        free(cpu->translated->pair);
    free(cpu->translated);
    cpu->translated = NULL;
}
