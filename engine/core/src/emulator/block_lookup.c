/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the translated block that runs next, after a jump that is not chained.
 *
 * Two tables in front of Unicorn's hash table of all blocks. The first goes by linear address alone and holds until the
 * TLB changes: then a number that its entries carry is counted up. The second goes by physical address too and holds as
 * long as the blocks do. */
#include "emulator/block_lookup.h"
#include <string.h>
#include "emulator/emulator.h"
#include "emulator/helpers.h"
#include "emulator/huge.h"
#include "emulator/interpose.h"
#include "emulator/tlb.h"
#include "emulator/translated.h"
#include "guest/error.h"
#include "guest/instruction.h"
#include "guest/registers.h"

#define PAGE_BITS 12
#define PAGE (1ull << PAGE_BITS)
#define NEAR_BITS 12
#define FAR_BITS 14
#define JUMPS_LISTED 256u
#define GENERAL_PROTECTION 13
/* What of RFLAGS a block depends on: TF, IOPL, RF, VM, AC. */
#define FLAGS_OF_BLOCK 0x73100u

typedef struct {
    uint64_t pc, base;
    uint32_t flags, epoch;
    void *code;
} near_entry;

typedef struct {
    uint64_t pc, physical;
    uint8_t *block;
} far_entry;

struct vpc_lookup {
    near_entry near[1u << NEAR_BITS];
    far_entry far[1u << FAR_BITS];
    uint32_t epoch[2];          /* of the lower and the upper half */
    uint64_t invalidated;       /* blocks that Unicorn had dropped when the first table was right */
    uint16_t jump[JUMPS_LISTED];   /* slots in use of Unicorn's own table by linear address */
    uint32_t njumps;            /* JUMPS_LISTED + 1: more than the list holds */
};

/* An instruction with RFLAGS.RF is a block of its own. */
static uint32_t add_count(uint32_t flags, uint32_t cflags)
{
    return flags & RFLAGS_RF ? cflags | CF_ONE_INSTRUCTION : cflags;
}

static uint8_t *context_of(const vpc_cpu *cpu) { return *(uint8_t **)((uint8_t *)cpu->uc + UC_CODE_GENERATOR); }

static uint32_t near_slot(uint64_t pc) { return (uint32_t)((pc ^ pc >> NEAR_BITS) & ((1u << NEAR_BITS) - 1)); }

/* Unicorn's own table by linear address has a row of 64 slots for each page. */
static uint16_t jump_slot(uint64_t pc)
{
    uint64_t mixed = pc ^ pc >> 6;
    return (uint16_t)((mixed >> 6 & 0xfc0) | (mixed & 0x3f));
}

/* Numbers do not come back: 2^32 flushes are days of nothing else. */
static void next_epoch(struct vpc_lookup *l, int half)
{
    if (!++l->epoch[half]) {
        memset(l->near, 0, sizeof l->near);
        l->epoch[0] = l->epoch[1] = 1;
    }
}

static void forget_jumps(vpc_cpu *cpu)
{
    struct vpc_lookup *l = cpu->lookup;
    void **jumps = (void **)(cpu->state + CPU_JUMP_CACHE);
    if (l->njumps > JUMPS_LISTED)
        memset(jumps, 0, CPU_JUMP_CACHE_BYTES);
    else
        for (uint32_t i = 0; i < l->njumps; i++)
            jumps[l->jump[i]] = NULL;
    l->njumps = 0;
}

void vpc_forget_lookups(vpc_cpu *cpu, bool but_kernel)
{
    next_epoch(cpu->lookup, 0);
    if (!but_kernel)
        next_epoch(cpu->lookup, 1);
    forget_jumps(cpu);
}

void vpc_forget_lookups_of_page(vpc_cpu *cpu, uint64_t page)
{
    next_epoch(cpu->lookup, page >> 63);
    forget_jumps(cpu);
}

/* --- the second table -------------------------------------------------------------------------------------------- */

/* Physical address of code, as far as the TLB has it. */
static bool find_physical(const uint8_t *entry, uint64_t pc, uint64_t *physical)
{
    if (ENV_U64(entry, TLB_CODE) != (pc & ~(PAGE - 1)))
        return false;
    *physical = ENV_U64(entry, TLB_PHYSICAL) | (pc & (PAGE - 1));
    return true;
}

static uint32_t far_slot(uint64_t pc, uint64_t physical)
{
    uint64_t mixed = (physical ^ pc >> PAGE_BITS << 3) * 0x9e3779b97f4a7c15ull;
    return (uint32_t)(mixed >> (64 - FAR_BITS));
}

static bool is_block(const uint8_t *block, uint64_t base, uint32_t flags, uint32_t cflags)
{
    return ENV_U64(block, TB_CS_BASE) == base && ENV_U32(block, TB_FLAGS) == flags &&
           (ENV_U32(block, TB_CFLAGS) & CF_COMPARED) == cflags;
}

/* *global becomes whether the first table may keep it over a write to CR3. */
static uint8_t *find(vpc_cpu *cpu, uint64_t pc, uint64_t base, uint32_t flags, uint32_t cflags, bool *global)
{
    uint64_t physical;
    cflags = add_count(flags, cflags);
    const uint8_t *entry = vpc_tlb_entry(cpu, vpc_tlb_mode(cpu), pc);
    if (!find_physical(entry, pc, &physical)) {
        *global = false;
        return vpc_replaced.find_block(cpu->state, pc, base, flags, cflags);
    }
    *global = ENV_U64(entry, TLB_GLOBAL) == 1;
    far_entry *far = &cpu->lookup->far[far_slot(pc, physical)];
    if (far->pc == pc && far->physical == physical && far->block && is_block(far->block, base, flags, cflags))
        return far->block;
    uint8_t *block = vpc_replaced.find_block(cpu->state, pc, base, flags, cflags);
    if (block && ENV_U64(block, TB_SECOND_PAGE) == UINT64_MAX)
        *far = (far_entry){pc, physical, block};
    else
        *global = false;   /* its second page may be another's */
    return block;
}

void *vpc_find_block(void *state, uint64_t pc, uint64_t base, uint32_t flags, uint32_t cflags)
{
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    if (!cpu)
        return vpc_replaced.find_block(state, pc, base, flags, cflags);
    struct vpc_lookup *l = cpu->lookup;
    bool global;
    if (l->njumps < JUMPS_LISTED)
        l->jump[l->njumps++] = jump_slot(pc);
    else
        l->njumps = JUMPS_LISTED + 1;
    return find(cpu, pc, base, flags, cflags, &global);
}

/* --- the first table --------------------------------------------------------------------------------------------- */

#define RET_DROPS 0xc2
#define RET 0xc3
#define GROUP_5 0xff
#define CALL 2

/* A near RET, CALL or JMP to a non-canonical address faults at the instruction (Intel SDM volume 2), which has moved the
 * stack pointer. caller: where in its code. */
static void refuse_jump(vpc_cpu *cpu, uintptr_t caller)
{
    const unicorn_functions *uc = &cpu->machine->emulator->uc;
    uint64_t *rsp = &REG(cpu->env, VPC_RSP), word = sizeof *rsp;
    vpc_insn insn;
    uc->restore_state(cpu->state, caller, false);
    if (vpc_decode_next(cpu, &insn) && !insn.map) {
        if (insn.opcode == RET || insn.opcode == RET_DROPS)
            *rsp -= word + (insn.opcode == RET_DROPS ? (uint16_t)insn.immediate : 0);
        else if (insn.opcode == GROUP_5 && (insn.reg & 7) == CALL)
            *rsp += word;
    }
    uc->raise_exception(cpu->env, GENERAL_PROTECTION, 0);
}

static void *next_block_slowly(vpc_cpu *cpu, near_entry *entry, uint64_t pc, uint64_t base, uint32_t flags,
                               uintptr_t caller)
{
    struct vpc_lookup *l = cpu->lookup;
    bool global;
    if (caller && flags & HF_CS64 && !vpc_is_canonical(pc))
        refuse_jump(cpu, caller);
    uint8_t *block = find(cpu, pc, base, flags, ENV_U32(cpu->state, CPU_CLUSTER) << 24, &global);
    if (!block)
        return *(void **)(context_of(cpu) + TCG_EPILOGUE);
    void *code = *(void **)(block + TB_CODE);
    if (!(pc >> 63) || global)
        *entry = (near_entry){pc, base, flags, l->epoch[pc >> 63], code};
    return code;
}

static inline void *next_block(vpc_cpu *cpu, uintptr_t caller)
{
    const uint8_t *env = cpu->env;
    struct vpc_lookup *l = cpu->lookup;
    uint64_t base = SEGMENT_BASE(env, VPC_SEG_CS), pc = base + ENV_U64(env, ENV_EIP);
    uint32_t flags = ENV_U32(env, ENV_HFLAGS) | (ENV_U32(env, ENV_EFLAGS) & FLAGS_OF_BLOCK);
    uint64_t invalidated = ENV_U64(context_of(cpu), TCG_INVALIDATED);
    if (invalidated != l->invalidated) {
        l->invalidated = invalidated;
        next_epoch(l, 0);
        next_epoch(l, 1);
    }
    near_entry *entry = &l->near[near_slot(pc)];
    if (entry->pc == pc && entry->flags == flags && entry->base == base && entry->epoch == l->epoch[pc >> 63])
        return entry->code;
    return next_block_slowly(cpu, entry, pc, base, flags, caller);
}

void *vpc_next_block(vpc_cpu *cpu) { return next_block(cpu, VPC_CALLER); }

void *vpc_next_or_leave(vpc_cpu *cpu)
{
    if (*interrupt_request(cpu))
        return *(void **)(context_of(cpu) + TCG_EPILOGUE);
    return next_block(cpu, 0);
}

/* --- all blocks are gone ----------------------------------------------------------------------------------------- */

void vpc_blocks_flushed(void *state)
{
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    if (cpu && cpu->keeps_blocks)
        return;
    vpc_replaced.flush_blocks(state);
    if (cpu) {
        memset(cpu->lookup->far, 0, sizeof cpu->lookup->far);
        vpc_forget_lookups(cpu, false);
        vpc_translated_forget(cpu);
    }
}

int vpc_lookup_open(vpc_cpu *cpu, vpc_error *error)
{
    cpu->lookup = vpc_huge_new(sizeof *cpu->lookup);
    if (!cpu->lookup)
        return vpc_out_of_memory(error);
    cpu->lookup->epoch[0] = cpu->lookup->epoch[1] = 1;
    return 0;
}

void vpc_lookup_close(vpc_cpu *cpu)
{
    vpc_huge_free(cpu->lookup, sizeof *cpu->lookup);
    cpu->lookup = NULL;
}
