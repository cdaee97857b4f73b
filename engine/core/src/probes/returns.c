/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUEST:EXIT: a function returns.
 *
 * When the function is entered, its return address and the stack pointer are noted; when the return address is executed
 * with the stack pointer just above it (or above arguments that RET n drops), that call has returned. So nested and
 * recursive returns, and calls of several threads at once, each meet their own return. Where a function returns to is
 * learned at its first call from there. Returns that cannot be watched for any more are noted as run-time errors.
 *
 * A function that ends with a jump to another returns together with it: the one that was entered last is told first. */
#include "probes/returns.h"
#include <stdlib.h>
#include "cpu/debug.h"
#include "emulator/emulator.h"
#include "emulator/translated.h"
#include "guest/registers.h"
#include "vp/fire.h"

#define MAX_CALLS 512        /* under way at the same time; the oldest is given up for another */
#define MAX_RETURN_SITES 256
#define CR3_PCID 0xfffull   /* number of the process, which may change */
#define MAX_DROPPED 256u     /* bytes of arguments a callee takes from the stack */

typedef struct {
    uint64_t rsp, to, space;   /* before the call; where it returns to; address space, 0 for the kernel half */
    uint64_t block;            /* in which the function was entered */
} vpc_call;

struct vpc_returns {
    vpc_call pending[MAX_CALLS];
    uint32_t npending;
    uint64_t site[MAX_RETURN_SITES];
    size_t site_hook[MAX_RETURN_SITES][VPC_MAX_CPUS];
    uint32_t nsites;
};

static uint64_t space_of(const uint8_t *env, uint64_t address)
{
    uint64_t pcid = ENV_U64(env, ENV_CR4) & CR4_PCIDE ? CR3_PCID : 0;
    return address >> 63 ? 0 : ENV_U64(env, ENV_CR3) & ~pcid;
}

static void forget(struct vpc_returns *returns, uint32_t which)
{
    returns->npending--;
    for (uint32_t i = which; i < returns->npending; i++)
        returns->pending[i] = returns->pending[i + 1];
}

/* The call of a function that returns now, innermost first; npending when there is none. */
static uint32_t find_returning(const struct vpc_returns *returns, uint64_t to, uint64_t space, uint64_t rsp)
{
    uint32_t found = returns->npending;
    for (uint32_t i = returns->npending; i-- > 0;) {
        const vpc_call *call = &returns->pending[i];
        if (call->to != to || call->space != space || rsp - call->rsp > MAX_DROPPED)
            continue;
        if (found == returns->npending || call->rsp == rsp)
            found = i;
        if (call->rsp == rsp)
            break;
    }
    return found;
}

/* A place that has been returned to, with the registers there. */
typedef struct { uint64_t address, space, rsp; } vpc_return;

/* Whether a probe has fired for this return; a block comes to an address once. */
static bool has_fired(const vpc *m, const vpc_attachment *attachment, const vpc_return *r)
{
    return attachment->seen_block == m->blocks && attachment->seen_rcx == r->address;
}

/* Of the probes whose function returns now the one that was entered last, or NULL; *which is its call. */
static vpc_attachment *find_innermost(vpc *m, const vpc_return *r, uint32_t *which)
{
    const vpc_point *exits = &m->point[VPC_PT_GUEST_EXIT];
    vpc_attachment *innermost = NULL;
    for (uint32_t i = 0; i < exits->n; i++) {
        const struct vpc_returns *returns = exits->attached[i]->returns;
        uint32_t found = find_returning(returns, r->address, r->space, r->rsp);
        if (found == returns->npending || has_fired(m, exits->attached[i], r))
            continue;
        if (innermost && returns->pending[found].block <= innermost->returns->pending[*which].block)
            continue;
        innermost = exits->attached[i];
        *which = found;
    }
    return innermost;
}

/* Every probe on a return comes here for itself; the first of them fires all that return now. */
static void on_return(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)bytes;
    vpc *m = ((vpc_attachment *)data)->machine;
    vpc_cpu *cpu = m->emulator->current;
    const vpc_return now = {address, space_of(cpu->env, address), REG(cpu->env, VPC_RSP)};
    uint64_t result = REG(cpu->env, VPC_RAX);
    vpc_attachment *attachment;
    uint32_t which;
    if (vpc_debug_repeats(cpu))
        return;
    while ((attachment = find_innermost(m, &now, &which))) {
        forget(attachment->returns, which);
        attachment->seen_block = m->blocks;
        attachment->seen_rcx = address;
        vpc_fire_attached(m, attachment, cpu, &result, 1);
    }
}

/* Blocks that begin at or hold the address are translated anew, with the hook; the one that runs now is not touched. */
static void hook_site(vpc_cpu *current, vpc_attachment *attachment, uint64_t address)
{
    vpc *m = attachment->machine;
    struct vpc_returns *returns = attachment->returns;
    bool known = vpc_translate(m, current->id, address) != UINT64_MAX;
    for (uint32_t i = 0; i < returns->nsites; i++)
        if (returns->site[i] == address)
            return;
    if (returns->nsites == MAX_RETURN_SITES || !known) {
        vpc_note_missed(attachment, address);
        return;
    }
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_hook(&m->cpu[i], &returns->site_hook[returns->nsites][i], UC_HOOK_CODE, (void *)on_return, attachment,
                 address, address, 0);
    returns->site[returns->nsites++] = address;
    vpc_translate_anew(m, address);
}

static void on_entry(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)address, (void)bytes;
    vpc_attachment *attachment = data;
    vpc *m = attachment->machine;
    vpc_cpu *cpu = m->emulator->current;
    struct vpc_returns *returns = attachment->returns;
    uint32_t word = vpc_code_bits(cpu) / 8;
    uint64_t to = 0, rsp = REG(cpu->env, VPC_RSP);
    uint64_t stack = SEGMENT_BASE(cpu->env, VPC_SEG_SS) + rsp;
    if (vpc_debug_repeats(cpu) || vpc_read_linear(m, cpu->id, stack, (uint8_t *)&to, word) != word)
        return;
    to += SEGMENT_BASE(cpu->env, VPC_SEG_CS);
    vpc_call call = {.rsp = rsp + word, .to = to, .space = space_of(cpu->env, to), .block = m->blocks};
    for (uint32_t i = 0; i < returns->npending; i++)
        if (returns->pending[i].rsp == call.rsp && returns->pending[i].space == call.space) {   /* it never returned */
            forget(returns, i);
            break;
        }
    if (returns->npending == MAX_CALLS) {
        vpc_note_missed(attachment, returns->pending[0].to);
        forget(returns, 0);
    }
    returns->pending[returns->npending++] = call;
    hook_site(cpu, attachment, to);
}

int vpc_attach_returns(vpc *m, vpc_attachment *attachment)
{
    attachment->returns = calloc(1, sizeof *attachment->returns);
    if (!attachment->returns)
        return -1;
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_hook(&m->cpu[i], &attachment->hook[i], UC_HOOK_CODE, (void *)on_entry, attachment, attachment->where,
                 attachment->where, 0);
    vpc_translate_anew(m, attachment->where);
    return 0;
}

void vpc_detach_returns(vpc *m, vpc_attachment *attachment)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        vpc_unhook_code(&m->cpu[i], attachment->hook[i]);
        for (uint32_t s = 0; s < attachment->returns->nsites; s++)
            vpc_unhook_code(&m->cpu[i], attachment->returns->site_hook[s][i]);
    }
    vpc_translate_anew(m, attachment->where);
    for (uint32_t s = 0; s < attachment->returns->nsites; s++)
        vpc_translate_anew(m, attachment->returns->site[s]);
    free(attachment->returns);
    attachment->returns = NULL;
}
