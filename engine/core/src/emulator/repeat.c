/* SPDX-License-Identifier: GPL-2.0-or-later */
/* REP MOVS and REP STOS, many elements at once.
 *
 * Unicorn runs a block for each element. Elements whose pages are in the TLB, plain RAM and without code are copied
 * here, and counted as the blocks that they stand for: guest time, the number of blocks and the moment of whatever is
 * due are those of one block after the other. */
#include "emulator/repeat.h"
#include <string.h>
#include "emulator/emulator.h"
#include "emulator/tlb.h"
#include "guest/instruction.h"
#include "guest/registers.h"

#define PAGE 0x1000ull
#define WIDTH(kind) ((kind) & 0xff)

enum { MOVSB = 0xa4, STOSB = 0xaa };

uint32_t vpc_repeat_kind(const vpc_cpu *cpu, uint64_t pc)
{
    vpc_insn insn;
    bool flat = ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64;
    if (!flat || !vpc_decode_at(cpu, pc, &insn) || !insn.repeat || insn.map || insn.override >= 0 ||
        insn.address_bytes != 8)
        return 0;
    uint32_t width = !(insn.opcode & 1) ? 1 : insn.rex & 8 ? 8 : insn.operand_prefix ? 2 : 4;
    switch (insn.opcode & ~1) {
    case MOVSB: return width | VPC_REPEAT_MOVES;
    case STOSB: return width;
    default: return 0;
    }
}

/* Where the byte at an address lies on the host, when an access of the kind needs no further look. */
static uint8_t *find_host(const vpc_cpu *cpu, uint64_t address, int field)
{
    const uint8_t *entry = vpc_tlb_entry(cpu, vpc_tlb_mode(cpu), address);
    return ENV_U64(entry, field) == (address & ~(PAGE - 1)) ? (uint8_t *)(ENV_U64(entry, TLB_ADDEND) + address) : NULL;
}

static uint64_t minimum(uint64_t a, uint64_t b) { return a < b ? a : b; }

static void move(uint8_t *to, const uint8_t *from, uint64_t n, uint32_t width)
{
    uint64_t element;
    if ((uint64_t)to - (uint64_t)from >= n * width) {
        memmove(to, from, n * width);
        return;
    }
    for (; n; n--, to += width, from += width) {   /* an element may be one that was just stored */
        memcpy(&element, from, width);
        memcpy(to, &element, width);
    }
}

static void store(uint8_t *to, uint64_t value, uint64_t n, uint32_t width)
{
    if (width == 1 || !value) {
        memset(to, (int)value & 0xff, n * width);
        return;
    }
    for (; n; n--, to += width)
        memcpy(to, &value, width);
}

/* Elements within one page; 0 when there are none. */
static uint64_t step(vpc_cpu *cpu, uint32_t kind, uint64_t most)
{
    uint8_t *env = cpu->env;
    uint32_t width = WIDTH(kind);
    uint64_t *source = &REG(env, VPC_RSI), *target = &REG(env, VPC_RDI), n = most;
    n = minimum(n, (PAGE - *target % PAGE) / width);
    if (kind & VPC_REPEAT_MOVES)
        n = minimum(n, (PAGE - *source % PAGE) / width);
    uint8_t *to = n ? find_host(cpu, *target, TLB_WRITE) : NULL;
    if (!to)
        return 0;
    if (kind & VPC_REPEAT_MOVES) {
        const uint8_t *from = find_host(cpu, *source, TLB_READ);
        if (!from)
            return 0;
        move(to, from, n, width);
        *source += n * width;
    } else {
        store(to, REG(env, VPC_RAX), n, width);
    }
    *target += n * width;
    REG(env, VPC_RCX) -= n;
    return n;
}

void vpc_repeat(vpc_cpu *cpu, uint32_t kind, uint32_t ticks)
{
    vpc *m = cpu->machine;
    if (ENV_I32(cpu->env, ENV_DF) != 1 || m->ticks >= m->tick_limit || !ticks)
        return;
    /* an element begins before the limit, and one is left for the block itself */
    uint64_t left = minimum(REG(cpu->env, VPC_RCX) - 1, (m->tick_limit - m->ticks - 1) / ticks + 1), n;
    while (left && (n = step(cpu, kind, left))) {
        left -= n;
        m->ticks += n * ticks;
        m->blocks += n;
    }
}

void vpc_resume_instruction(vpc_cpu *cpu, uint64_t pc)
{
    vpc_insn insn;
    bool repeats = vpc_decode_at(cpu, pc, &insn) && insn.repeat && vpc_is_string(&insn);
    if (!repeats || !vpc_repeat_count(cpu, &insn))
        ENV_U64(cpu->env, ENV_EFLAGS) &= ~(uint64_t)RFLAGS_RF;
}
