/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unwinding by the ORC tables of a Linux kernel (Documentation/arch/x86/orc-unwinder.rst; the format is in
 * arch/x86/include/asm/orc_types.h). For each range of addresses an entry says how the caller's stack pointer, frame
 * pointer and return address follow from the registers. Engine.guest finds the tables; this keeps copies. */
#include <stdlib.h>
#include <string.h>
#include "vp/orc.h"
#include "guest/error.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define ENTRY_BYTES 6
#define PT_REGS_BYTES 168
#define USER_RPL 3u
#define THUNK_WORDS 2   /* return addresses on the stack in a thunk: a retpoline calls within itself */

enum { REG_UNDEFINED, REG_PREV_SP, REG_DX, REG_DI, REG_BP, REG_SP, REG_R10, REG_R13, REG_BP_INDIRECT, REG_SP_INDIRECT };
enum { TYPE_NONE, TYPE_CALL, TYPE_REGS, TYPE_REGS_PARTIAL };

/* Offsets in struct pt_regs and, behind its IP, in what an interrupt pushes (Intel SDM volume 3, figure 6-9). */
enum { PT_R13 = 16, PT_BP = 32, PT_R10 = 56, PT_DX = 96, PT_DI = 112, PT_IP = 128, PT_CS = 136, PT_SP = 152 };

typedef struct {
    int16_t sp_offset, bp_offset;
    uint8_t sp_reg, bp_reg, type;
} orc_entry;

/* Tables of the kernel or of one module. Entry i is for addresses from address + 4 i + ip[i] to the next one's. */
typedef struct vpc_orc {
    struct vpc_orc *next;
    uint64_t address, count;
    uint32_t form;
    int32_t *ip;
    uint8_t *entries;
} vpc_orc;

static uint64_t begins_at(const vpc_orc *t, uint64_t i)
{
    return t->address + 4 * i + (uint64_t)(int64_t)t->ip[i];
}

int vpc_orc_add(vpc *m, uint64_t address, const int32_t *ip, const uint8_t *entries, uint64_t count, uint32_t form,
                vpc_error *error)
{
    if (!count)
        return vpc_fail(error, "an unwind table needs entries");
    vpc_orc *t = calloc(1, sizeof *t);
    if (!t)
        return vpc_out_of_memory(error);
    *t = (vpc_orc){.next = m->orc, .address = address, .count = count, .form = form,
                   .ip = malloc(count * sizeof *t->ip), .entries = malloc(count * ENTRY_BYTES)};
    m->orc = t;
    if (!t->ip || !t->entries) {
        t->count = 0;
        return vpc_out_of_memory(error);
    }
    memcpy(t->ip, ip, count * sizeof *t->ip);
    memcpy(t->entries, entries, count * ENTRY_BYTES);
    return 0;
}

void vpc_orc_clear(vpc *m)
{
    while (m->orc) {
        vpc_orc *t = m->orc;
        m->orc = t->next;
        free(t->ip);
        free(t->entries);
        free(t);
    }
}

/* The types have other numbers before Linux 6.4. */
static uint8_t type_of(const vpc_orc *t, uint8_t bits)
{
    static const uint8_t old[] = {TYPE_CALL, TYPE_REGS, TYPE_REGS_PARTIAL, TYPE_NONE};
    static const uint8_t since_6_4[] = {TYPE_NONE, TYPE_NONE, TYPE_CALL, TYPE_REGS,
                                        TYPE_REGS_PARTIAL, TYPE_NONE, TYPE_NONE, TYPE_NONE};
    return t->form == VPC_ORC_OLD ? old[bits & 3] : since_6_4[bits & 7];
}

static bool look_up(const vpc *m, uint64_t ip, orc_entry *out)
{
    const vpc_orc *t = m->orc;
    while (t && (!t->count || ip < begins_at(t, 0) || ip >= begins_at(t, t->count - 1)))
        t = t->next;
    if (!t)
        return false;
    uint64_t low = 0, high = t->count - 1;   /* low begins at or below ip, high above */
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (begins_at(t, middle) <= ip)
            low = middle;
        else
            high = middle;
    }
    const uint8_t *e = t->entries + low * ENTRY_BYTES;
    memcpy(&out->sp_offset, e, 2);
    memcpy(&out->bp_offset, e + 2, 2);
    out->sp_reg = e[4] & 0xF;
    out->bp_reg = e[4] >> 4;
    out->type = type_of(t, e[5]);
    return true;
}

static bool load(const vpc_unwind *u, uint64_t address, uint64_t *out)
{
    return vpc_linear_copy(u->machine, u->cpu, address, (uint8_t *)out, 8) == 8;
}

/* A register that only the interrupted code's own frame has: from the CPU, or from what was saved of it. */
static bool saved(const vpc_unwind *u, unsigned number, uint64_t pt_offset, uint64_t *out)
{
    if (u->registers == UNWIND_CPU) {
        *out = REG(u->cpu->env, number);
        return true;
    }
    return u->registers == UNWIND_SAVED && load(u, u->saved_at + pt_offset, out);
}

static bool caller_sp(const vpc_unwind *u, const orc_entry *e, uint64_t *sp)
{
    uint64_t offset = (uint64_t)(int64_t)e->sp_offset, from;
    switch (e->sp_reg) {
    case REG_SP: *sp = u->sp + offset; return true;
    case REG_BP: *sp = u->bp + offset; return true;
    case REG_BP_INDIRECT: return load(u, u->bp + offset, sp);
    case REG_SP_INDIRECT:
        if (!load(u, u->sp, &from))
            return false;
        break;
    case REG_R10:
        if (!saved(u, VPC_R10, PT_R10, &from))
            return false;
        break;
    case REG_R13:
        if (!saved(u, VPC_R13, PT_R13, &from))
            return false;
        break;
    case REG_DI:
        if (!saved(u, VPC_RDI, PT_DI, &from))
            return false;
        break;
    case REG_DX:
        if (!saved(u, VPC_RDX, PT_DX, &from))
            return false;
        break;
    default: return false;
    }
    *sp = e->sp_reg == REG_SP_INDIRECT ? from + offset : from;
    return true;
}

static bool caller_bp(vpc_unwind *u, const orc_entry *e, uint64_t sp)
{
    uint64_t offset = (uint64_t)(int64_t)e->bp_offset;
    switch (e->bp_reg) {
    case REG_PREV_SP: return load(u, sp + offset, &u->bp);
    case REG_BP: return load(u, u->bp + offset, &u->bp);
    default: return true;   /* unchanged */
    }
}

/* On to what an interrupt or exception interrupted; its registers are at sp, or only what the CPU pushed. */
static bool through_registers(vpc_unwind *u, uint64_t sp, bool all)
{
    uint64_t frame = all ? sp + PT_IP : sp, cs;
    if (!load(u, frame, &u->ip) || !load(u, frame + (PT_CS - PT_IP), &cs) || !load(u, frame + (PT_SP - PT_IP), &u->sp))
        return false;
    if (all && !load(u, sp + PT_BP, &u->bp))
        return false;
    u->registers = all ? UNWIND_SAVED : UNWIND_NONE;
    u->saved_at = sp;
    u->exact = true;
    u->frame_pointers = (cs & USER_RPL) == USER_RPL;   /* on into the process */
    return all || !u->frame_pointers;   /* its frame pointer is not known then */
}

/* Whether the instruction before an address calls: CALL rel32 (E8), CALL r/m64 with a register (FF D0 to FF D7; a
 * REX prefix does not matter here), followed by the padding that patching leaves, or CALL [RIP + disp32] (FF 15). */
static bool follows_call(const vpc_unwind *u, uint64_t address)
{
    uint8_t code[6];
    if (vpc_linear_copy(u->machine, u->cpu, address - sizeof code, code, sizeof code) != sizeof code)
        return false;
    bool near_call = code[1] == 0xE8 || (code[0] == 0xFF && code[1] == 0x15);
    for (size_t i = 1; i + 1 < sizeof code && !near_call; i++)
        near_call = code[i] == 0xFF && (code[i + 1] & 0xF8) == 0xD0;
    return near_call;
}

/* Out of a thunk, which has no entry: it is called or jumped to, and keeps nothing on the stack but return
 * addresses. */
static bool out_of_thunk(vpc_unwind *u)
{
    uint64_t address;
    orc_entry e;
    if (u->popped == THUNK_WORDS || !load(u, u->sp, &address) || !look_up(u->machine, address, &e) ||
        !follows_call(u, address))
        return false;
    u->ip = address;
    u->sp += 8;
    u->exact = false;
    u->popped++;
    return true;
}

bool vpc_orc_step(vpc_unwind *u)
{
    /* Without an entry, generated code for one, frame pointers are assumed, as the kernel does. */
    orc_entry e = {.sp_reg = REG_BP, .sp_offset = 16, .bp_reg = REG_PREV_SP, .bp_offset = -16, .type = TYPE_CALL};
    uint64_t sp, before = u->sp;
    look_up(u->machine, u->exact ? u->ip : u->ip - 1, &e);
    if (e.type == TYPE_NONE || e.sp_reg == REG_UNDEFINED)
        return out_of_thunk(u);
    u->popped = THUNK_WORDS;
    if (!caller_sp(u, &e, &sp))
        return false;
    if (e.type != TYPE_CALL)
        return through_registers(u, sp, e.type == TYPE_REGS);
    if (!load(u, sp - 8, &u->ip) || !caller_bp(u, &e, sp))
        return false;
    u->sp = sp;
    u->exact = false;
    u->registers = UNWIND_NONE;
    return u->ip != 0 && sp != before;
}
