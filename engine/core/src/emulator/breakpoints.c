/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Breakpoints of the debug registers: those on instructions in the list that Unicorn looks into when it translates, those
 * on data by the TLB entries of their pages. */
#include "emulator/breakpoints.h"
#include "emulator/emulator.h"
#include "emulator/translated.h"
#include "emulator/watched_pages.h"
#include "guest/registers.h"

#define OF_CPU 0x20   /* kind of a breakpoint in Unicorn's list */

static uint64_t bytes_of(const vpc_cpu *cpu, int number)
{
    static const uint8_t bytes[] = {1, 2, 8, 4};
    return bytes[DR(cpu, 7) >> (18 + 4 * number) & 3];
}

void vpc_breakpoints_changed(vpc_cpu *cpu)
{
    const unicorn_functions *uc = &cpu->machine->emulator->uc;
    vpc_debug before = cpu->debug, now = {0};
    uint32_t *hflags = &ENV_U32(cpu->env, ENV_HFLAGS);
    *hflags &= ~HF_PORT_BREAKPOINT;
    for (int n = 0; n < VPC_BREAKPOINTS; n++) {
        uint64_t first = DR(cpu, n) & ~(bytes_of(cpu, n) - 1);
        if (!vpc_breakpoint_enabled(cpu, n))
            continue;
        if (vpc_breakpoint_kind(cpu, n) == BREAK_EXECUTION)
            now.code[now.ncode++] = DR(cpu, n);
        else if (vpc_breakpoint_kind(cpu, n) == BREAK_PORTS)
            *hflags |= ENV_U64(cpu->env, ENV_CR4) & CR4_DE ? HF_PORT_BREAKPOINT : 0;
        else
            now.data[now.ndata++] =
                (vpc_data_breakpoint){first, bytes_of(cpu, n), 1u << n, vpc_breakpoint_kind(cpu, n) == BREAK_STORES};
    }
    cpu->debug = now;
    cpu->keeps_blocks = true;   /* those that hold an address are translated anew; Unicorn would drop all there are */
    uc->remove_breakpoints(cpu->state, OF_CPU);
    for (uint32_t i = 0; i < now.ncode; i++)
        uc->insert_breakpoint(cpu->state, now.code[i], OF_CPU, NULL);
    cpu->keeps_blocks = false;
    for (uint32_t i = 0; i < before.ncode; i++)
        vpc_translate_anew(cpu->machine, before.code[i]);
    for (uint32_t i = 0; i < now.ncode; i++)
        vpc_translate_anew(cpu->machine, now.code[i]);
    for (uint32_t i = 0; i < before.ndata; i++)
        vpc_mark_pages(cpu, before.data[i].address);
    for (uint32_t i = 0; i < now.ndata; i++)
        vpc_mark_pages(cpu, now.data[i].address);
}
