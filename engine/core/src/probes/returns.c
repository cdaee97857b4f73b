/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUEST:EXIT: a function returns.
 *
 * When the function is entered, its return address and the stack pointer are noted; when the return address is executed
 * with the stack pointer just above it (or above arguments that RET n drops), that call has returned. So nested and
 * recursive calls, and calls of several threads at once, each meet their own return. Where a function returns to is
 * learned at its first call from there. Returns that cannot be watched for any more are noted as run-time errors. */
#include <stdlib.h>
#include "emulator/emulator.h"
#include "vp/vp.h"

#define MAX_CALLS 512        /* under way at once; the oldest is given up for another */
#define MAX_RETURN_SITES 256
#define MAX_DROPPED 256u     /* bytes of arguments a callee takes from the stack */

typedef struct {
    uint64_t rsp, to, space;   /* before the call; where it returns to; address space, 0 for the kernel half */
} vpc_call;

struct vpc_calls {
    vpc_call call[MAX_CALLS];
    uint32_t ncalls;
    uint64_t site[MAX_RETURN_SITES];
    size_t site_hook[MAX_RETURN_SITES][VPC_MAX_CPUS];
    uint32_t nsites;
};

enum { RAX = 0, RSP = 4 };
#define REG(env, number) ENV_U64(env, ENV_REGS + 8 * (number))

static uint64_t space_of(const uint8_t *env, uint64_t address)
{
    return address >> 63 ? 0 : ENV_U64(env, ENV_CR + 24);
}

static void forget(struct vpc_calls *calls, uint32_t which)
{
    calls->ncalls--;
    for (uint32_t i = which; i < calls->ncalls; i++)
        calls->call[i] = calls->call[i + 1];
}

static void on_return(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)bytes;
    vpc_armed *armed = data;
    vpc *m = armed->machine;
    vpc_cpu *cpu = m->side->current;
    uint64_t rsp = REG(cpu->env, RSP), space = space_of(cpu->env, address);
    uint32_t found = armed->calls->ncalls;
    for (uint32_t i = armed->calls->ncalls; i-- > 0;) {
        const vpc_call *call = &armed->calls->call[i];
        if (call->to != address || call->space != space || rsp - call->rsp > MAX_DROPPED)
            continue;
        if (found == armed->calls->ncalls || call->rsp == rsp)
            found = i;
        if (call->rsp == rsp)
            break;
    }
    if (found < armed->calls->ncalls) {
        uint64_t result = REG(cpu->env, RAX);
        forget(armed->calls, found);
        vpc_fire_armed(m, armed, cpu, &result, 1);
    }
}

/* Blocks that begin at or hold the address are translated anew, with the hook; the one that runs now is not touched. */
static void hook_site(vpc_cpu *current, vpc_armed *armed, uint64_t address)
{
    vpc *m = armed->machine;
    struct vpc_calls *calls = armed->calls;
    uint64_t physical = vpc_translate(m, current->id, address);
    for (uint32_t i = 0; i < calls->nsites; i++)
        if (calls->site[i] == address)
            return;
    if (calls->nsites == MAX_RETURN_SITES || physical == UINT64_MAX) {
        vpc_note_missed(armed, address);
        return;
    }
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_hook(&m->cpu[i], &calls->site_hook[calls->nsites][i], UC_HOOK_CODE, (void *)on_return, armed, address,
                 address, 0);
    calls->site[calls->nsites++] = address;
    vpc_memory_changed(m, physical, 1);
}

static void on_entry(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)address, (void)bytes;
    vpc_armed *armed = data;
    vpc *m = armed->machine;
    vpc_cpu *cpu = m->side->current;
    struct vpc_calls *calls = armed->calls;
    uint32_t word = vpc_code_bits(cpu) / 8;
    uint64_t to = 0, rsp = REG(cpu->env, RSP);
    uint64_t stack = ENV_U64(cpu->env, ENV_SEGS + ENV_SEG_BYTES * VPC_SEG_SS + SEG_BASE) + rsp;
    if (vpc_read_linear(m, cpu->id, stack, (uint8_t *)&to, word) != word)
        return;
    to += ENV_U64(cpu->env, ENV_SEGS + ENV_SEG_BYTES * VPC_SEG_CS + SEG_BASE);
    vpc_call call = {.rsp = rsp + word, .to = to, .space = space_of(cpu->env, to)};
    for (uint32_t i = 0; i < calls->ncalls; i++)
        if (calls->call[i].rsp == call.rsp && calls->call[i].space == call.space) {   /* it never returned */
            forget(calls, i);
            break;
        }
    if (calls->ncalls == MAX_CALLS) {
        vpc_note_missed(armed, calls->call[0].to);
        forget(calls, 0);
    }
    calls->call[calls->ncalls++] = call;
    hook_site(cpu, armed, to);
}

int vpc_hook_calls(vpc *m, vpc_armed *armed)
{
    armed->calls = calloc(1, sizeof *armed->calls);
    if (!armed->calls)
        return -1;
    for (uint32_t i = 0; i < m->ncpus; i++)
        vpc_hook(&m->cpu[i], &armed->hook[i], UC_HOOK_CODE, (void *)on_entry, armed, armed->where, armed->where, 0);
    vpc_flush_translations(m);
    return 0;
}

void vpc_unhook_calls(vpc *m, vpc_armed *armed)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        vpc_unhook_code(&m->cpu[i], armed->hook[i]);
        for (uint32_t s = 0; s < armed->calls->nsites; s++)
            vpc_unhook_code(&m->cpu[i], armed->calls->site_hook[s][i]);
    }
    vpc_flush_translations(m);
    free(armed->calls);
    armed->calls = NULL;
}
