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
#define NEAR_BITS 14
#define FAR_BITS 16
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
    uint64_t unused;            /* no entry lies in two cache lines */
} far_entry;

struct vpc_lookup {
    const uint64_t *dropped;    /* how many blocks Unicorn has dropped */
    uint64_t right_at;          /* that number when the first table was right */
    uint32_t epoch[2];          /* of the lower and the upper half */
    uint32_t njumps;            /* JUMPS_LISTED + 1: more than the list holds */
    uint16_t jump[JUMPS_LISTED];   /* slots in use of Unicorn's own table by linear address */
    _Alignas(64) near_entry near[1u << NEAR_BITS];
    far_entry far[1u << FAR_BITS];
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

/* The TLB's entry of a page of code, or NULL when it has none. */
static const uint8_t *code_entry(const vpc_cpu *cpu, uint64_t pc)
{
    const uint8_t *entry = vpc_tlb_entry(cpu, vpc_tlb_mode(cpu), pc);
    return ENV_U64(entry, TLB_CODE) == (pc & ~(PAGE - 1)) ? entry : NULL;
}

static uint32_t far_slot(uint64_t pc, uint64_t physical, uint32_t flags)
{
    uint64_t mixed = (physical ^ pc >> PAGE_BITS << 3 ^ (uint64_t)flags << 20) * 0x9e3779b97f4a7c15ull;
    return (uint32_t)(mixed >> (64 - FAR_BITS));
}

static bool is_block(const uint8_t *block, uint64_t base, uint32_t flags, uint32_t cflags)
{
    return ENV_U64(block, TB_CS_BASE) == base && ENV_U32(block, TB_FLAGS) == flags &&
           (ENV_U32(block, TB_CFLAGS) & CF_COMPARED) == cflags;
}

/* Does the block continue where it did when it was translated, if it goes on in a second page? */
static bool continues(const vpc_cpu *cpu, const uint8_t *block, uint64_t pc)
{
    uint64_t second = ENV_U64(block, TB_SECOND_PAGE);
    if (second == UINT64_MAX)
        return true;
    const uint8_t *entry = code_entry(cpu, pc + PAGE);
    return entry && ENV_U64(entry, TLB_PHYSICAL) == second;
}

static uint8_t *find(vpc_cpu *cpu, uint64_t pc, uint64_t base, uint32_t flags, uint32_t cflags)
{
    const uint8_t *entry = code_entry(cpu, pc);
    cflags = add_count(flags, cflags);
    if (!entry)
        return vpc_replaced.find_block(cpu->state, pc, base, flags, cflags);
    uint64_t physical = ENV_U64(entry, TLB_PHYSICAL) | (pc & (PAGE - 1));
    far_entry *far = &cpu->lookup->far[far_slot(pc, physical, flags)];
    if (far->pc == pc && far->physical == physical && far->block && is_block(far->block, base, flags, cflags) &&
        continues(cpu, far->block, pc))
        return far->block;
    uint8_t *block = vpc_replaced.find_block(cpu->state, pc, base, flags, cflags);
    if (block)
        *far = (far_entry){pc, physical, block, 0};
    return block;
}

/* Whether the pages of a block are mapped in every address space. */
static bool is_global(const vpc_cpu *cpu, const uint8_t *block, uint64_t pc)
{
    const uint8_t *first = code_entry(cpu, pc);
    const uint8_t *last = ENV_U64(block, TB_SECOND_PAGE) == UINT64_MAX ? first : code_entry(cpu, pc + PAGE);
    return first && last && ENV_U64(first, TLB_GLOBAL) == 1 && ENV_U64(last, TLB_GLOBAL) == 1;
}

/* In 64-bit mode code has no base, whatever its descriptor says (Intel SDM volume 1, 3.3.7.1). */
static bool has_wrong_base(uint64_t base, uint32_t flags) { return base && flags & HF_CS64; }

void *vpc_find_block(void *state, uint64_t pc, uint64_t base, uint32_t flags, uint32_t cflags)
{
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    if (!cpu)
        return vpc_replaced.find_block(state, pc, base, flags, cflags);
    if (has_wrong_base(base, flags)) {
        SEGMENT_BASE(cpu->env, VPC_SEG_CS) = 0;
        cpu->machine->emulator->uc.loop_exit(state);   /* does not return: it looks again */
    }
    struct vpc_lookup *l = cpu->lookup;
    if (l->njumps < JUMPS_LISTED)
        l->jump[l->njumps++] = jump_slot(pc);
    else
        l->njumps = JUMPS_LISTED + 1;
    return find(cpu, pc, base, flags, cflags);
}

/* --- the first table --------------------------------------------------------------------------------------------- */

#define RET_DROPS 0xc2
#define RET 0xc3
#define GROUP_5 0xff
#define CALL 2

/* A near RET, CALL or JMP to a non-canonical address faults at the instruction (Intel SDM volume 2), which has moved the
 * stack pointer, by a number of bytes that Unicorn takes for a signed one. caller: where in its code. */
static void refuse_jump(vpc_cpu *cpu, uintptr_t caller)
{
    const unicorn_functions *uc = &cpu->machine->emulator->uc;
    uint64_t *rsp = &REG(cpu->env, VPC_RSP), word = sizeof *rsp;
    vpc_insn insn;
    uc->restore_state(cpu->state, caller, false);
    if (vpc_decode_next(cpu, &insn) && !insn.map) {
        if (insn.opcode == RET || insn.opcode == RET_DROPS)
            *rsp -= word + (insn.opcode == RET_DROPS ? (uint64_t)(int16_t)insn.immediate : 0);
        else if (insn.opcode == GROUP_5 && (insn.reg & 7) == CALL)
            *rsp += word;
    }
    uc->raise_exception(cpu->env, GENERAL_PROTECTION, 0);
}

/* A function of its own, so that the fast path saves no register. */
__attribute__((noinline)) static void *next_block_slowly(vpc_cpu *cpu, uint64_t pc, uint64_t base, uint32_t flags,
                                                         uintptr_t caller)
{
    struct vpc_lookup *l = cpu->lookup;
    if (has_wrong_base(base, flags)) {
        SEGMENT_BASE(cpu->env, VPC_SEG_CS) = 0;
        pc -= base;
        base = 0;
    }
    if (caller && flags & HF_CS64 && !vpc_is_canonical(pc))
        refuse_jump(cpu, caller);
    if (*l->dropped != l->right_at) {
        l->right_at = *l->dropped;
        next_epoch(l, 0);
        next_epoch(l, 1);
    }
    uint8_t *block = find(cpu, pc, base, flags, ENV_U32(cpu->state, CPU_CLUSTER) << 24);
    if (!block)
        return *(void **)(context_of(cpu) + TCG_EPILOGUE);
    void *code = *(void **)(block + TB_CODE);
    if (!(pc >> 63) || is_global(cpu, block, pc))
        l->near[near_slot(pc)] = (near_entry){pc, base, flags, l->epoch[pc >> 63], code};
    return code;
}

static inline void *next_block(vpc_cpu *cpu, uintptr_t caller)
{
    const uint8_t *env = cpu->env;
    const struct vpc_lookup *l = cpu->lookup;
    uint64_t base = SEGMENT_BASE(env, VPC_SEG_CS), pc = base + ENV_U64(env, ENV_EIP);
    uint32_t flags = ENV_U32(env, ENV_HFLAGS) | (ENV_U32(env, ENV_EFLAGS) & FLAGS_OF_BLOCK);
    const near_entry *entry = &l->near[near_slot(pc)];
    uint64_t differs = (entry->pc ^ pc) | (entry->base ^ base) | (entry->flags ^ flags) |
                       (entry->epoch ^ l->epoch[pc >> 63]) | (*l->dropped ^ l->right_at);
    return __builtin_expect(!differs, 1) ? entry->code : next_block_slowly(cpu, pc, base, flags, caller);
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
    cpu->lookup->dropped = &ENV_U64(context_of(cpu), TCG_INVALIDATED);
    return 0;
}

void vpc_lookup_close(vpc_cpu *cpu)
{
    vpc_huge_free(cpu->lookup, sizeof *cpu->lookup);
    cpu->lookup = NULL;
}
