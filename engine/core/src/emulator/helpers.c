/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers that translated code calls, replaced while code is generated.
 *
 * The translator looks helpers up by their addresses, so those must stay its own until its operations stand; then the
 * address in a call is only a number. */
#define _GNU_SOURCE
#include "emulator/helpers.h"
#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>
#include "emulator/emulator.h"
#include "guest/error.h"

#define ENTRY_BYTES 32u
#define CODE_BYTES (ENTRY_BYTES * (2 * VPC_MAX_HELPERS + 1) * VPC_MAX_CPUS)

/* mov rdi, cpu; mov rax, function; jmp rax, or call rax; jmp rax */
static void put_entry(uint8_t *at, const void *cpu, const void *function, bool call)
{
    static const uint8_t code[] = {0x48, 0xbf, 0, 0, 0, 0, 0, 0, 0, 0, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,
                                   0xff, 0xe0, 0xff, 0xe0};
    memcpy(at, code, sizeof code);
    memcpy(at + 2, &cpu, sizeof cpu);
    memcpy(at + 12, &function, sizeof function);
    if (call)
        at[21] = 0xd0;
}

/* Code for a function of one CPU, put at *at. */
static uint8_t *add_entry(uint8_t **at, const vpc_cpu *cpu, const void *function, bool call)
{
    uint8_t *entry = *at;
    put_entry(entry, cpu, function, call);
    *at += ENTRY_BYTES;
    return entry;
}

int vpc_helpers_open(vpc *m, const vpc_helper *table, uint32_t n, void *next_or_leave, vpc_error *error)
{
    vpc_helpers *h = &m->emulator->helpers;
    void *code = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        return vpc_out_of_memory(error);
    uint8_t *at = h->code = code;
    for (uint32_t i = 0; i < n; i++) {
        h->original[i] = dlsym(m->emulator->library, table[i].symbol);
        if (!h->original[i])
            return vpc_fail(error, "Unicorn lacks %s; this needs Unicorn " UC_VERSION_SUPPORTED, table[i].symbol);
        for (uint32_t k = 0; k < m->ncpus; k++) {
            h->entry[k][i] = add_entry(&at, &m->cpu[k], table[i].replacement, false);
            h->store[k][i] = table[i].store ? add_entry(&at, &m->cpu[k], table[i].store, false) : NULL;
        }
    }
    for (uint32_t k = 0; k < m->ncpus; k++)
        h->leave[k] = add_entry(&at, &m->cpu[k], next_or_leave, true);
    h->n = n;
    if (mprotect(code, CODE_BYTES, PROT_READ | PROT_EXEC))
        return vpc_fail(error, "the host permits no generated code");
    return 0;
}

void vpc_helpers_close(vpc *m)
{
    if (m->emulator->helpers.code)
        munmap(m->emulator->helpers.code, CODE_BYTES);
    m->emulator->helpers.code = NULL;
}

/* Turn a store of the instruction into a call with the state, as of another call, and the address. */
static void replace_store(uint8_t *store, const uint8_t *call, void *function)
{
    const uint64_t *from = (const uint64_t *)(call + TCG_OP_ARGUMENTS);
    uint64_t *arguments = (uint64_t *)(store + TCG_OP_ARGUMENTS);
    arguments[0] = from[call[TCG_OP_COUNTS] >> 4];   /* behind the results */
    arguments[2] = (uint64_t)function;
    arguments[3] = 0;   /* reads and writes registers of the CPU */
    store[0] = TCG_OP_CALL;
    store[TCG_OP_COUNTS] = 2;
}

bool vpc_replace_calls(const vpc_cpu *cpu, uint8_t *context)
{
    const vpc_helpers *h = &cpu->machine->emulator->helpers;
    bool others = false;
    uint8_t *store = NULL;   /* the latest of the instruction */
    for (uint8_t *op = *(uint8_t **)(context + TCG_OPS); op; op = *(uint8_t **)(op + TCG_OP_NEXT)) {
        if (*op == TCG_OP_STORE || *op == TCG_OP_INSN_START)
            store = *op == TCG_OP_STORE ? op : NULL;
        if (*op != TCG_OP_CALL)
            continue;
        uint32_t inputs = op[TCG_OP_COUNTS] & 15, outputs = op[TCG_OP_COUNTS] >> 4, i = 0;
        void **function = (void **)(op + TCG_OP_ARGUMENTS) + inputs + outputs;
        while (i < h->n && *function != h->original[i])
            i++;
        if (i < h->n && h->store[cpu->id][i] && store)
            replace_store(store, op, h->store[cpu->id][i]);
        if (i < h->n)
            *function = h->entry[cpu->id][i];
        others |= i == h->n;
    }
    return others;
}
