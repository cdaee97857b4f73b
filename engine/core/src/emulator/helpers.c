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
#define CODE_BYTES (ENTRY_BYTES * (5 * VPC_MAX_HELPERS + 3) * VPC_MAX_CPUS)

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

/* Code for a function of one CPU, put at *at; NULL without a function. */
static uint8_t *add_entry(uint8_t **at, const vpc_cpu *cpu, const void *function, bool call)
{
    uint8_t *entry = *at;
    if (!function)
        return NULL;
    put_entry(entry, cpu, function, call);
    *at += ENTRY_BYTES;
    return entry;
}

int vpc_helpers_open(vpc *m, const vpc_helper *table, uint32_t n, const vpc_other_code *other, vpc_error *error)
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
            h->of[k][i].replacement = add_entry(&at, &m->cpu[k], table[i].replacement, false);
            h->of[k][i].store = add_entry(&at, &m->cpu[k], table[i].store, false);
            h->of[k][i].base = add_entry(&at, &m->cpu[k], table[i].base, false);
            h->of[k][i].before = add_entry(&at, &m->cpu[k], table[i].before, false);
            h->of[k][i].after = add_entry(&at, &m->cpu[k], table[i].after, false);
        }
    }
    for (uint32_t k = 0; k < m->ncpus; k++) {
        h->leave[k] = add_entry(&at, &m->cpu[k], other->next_or_leave, true);
        h->before_mxcsr[k] = add_entry(&at, &m->cpu[k], other->before_mxcsr, false);
        h->before_table[k] = add_entry(&at, &m->cpu[k], other->before_table, false);
    }
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

static uint64_t *arguments_of(uint8_t *op) { return (uint64_t *)(op + TCG_OP_ARGUMENTS); }
static uint32_t inputs_of(const uint8_t *op) { return op[TCG_OP_COUNTS] & 15; }
static uint32_t outputs_of(const uint8_t *op) { return op[TCG_OP_COUNTS] >> 4; }

/* The state of the CPU, an input of an operation. */
static uint64_t state_of(uint8_t *op)
{
    return arguments_of(op)[*op == TCG_OP_CALL ? outputs_of(op) : 1];
}

/* Make an operation a call with the state and `n` more inputs. The function reads and writes registers of the CPU: it
 * has no flags. */
static void make_call(uint8_t *op, uint64_t state, const uint64_t *more, uint32_t n, void *function)
{
    uint64_t *arguments = arguments_of(op);
    arguments[0] = state;
    for (uint32_t i = 0; i < n; i++)
        arguments[1 + i] = more[i];
    arguments[1 + n] = (uint64_t)function;
    arguments[2 + n] = 0;
    op[0] = TCG_OP_CALL;
    op[TCG_OP_COUNTS] = (uint8_t)(1 + n);
}

/* The name of a temporary that is a register of the guest, or "". */
static const char *name_of(uint64_t temporary)
{
    const char *name = *(const char **)(temporary + TCG_TEMP_NAME);
    return name ? name : "";
}

/* WRFSBASE and WRGSBASE ask a helper whether they are enabled, and then assign. */
static void check_base(const unicorn_functions *uc, uint8_t *context, uint8_t *call, void *check)
{
    uint8_t *op = *(uint8_t **)(call + TCG_OP_NEXT);
    if (*op != TCG_OP_MOV)
        return;   /* 32 bits are a valid base, and RDFSBASE moves it elsewhere */
    const char *name = name_of(arguments_of(op)[0]);
    if (!strcmp(name, "fs_base") || !strcmp(name, "gs_base"))
        make_call(uc->insert_op_before(context, op, TCG_OP_CALL), state_of(call), arguments_of(op) + 1, 1, check);
}

/* store: before the call in the same instruction, or NULL. */
static void replace_call(const unicorn_functions *uc, uint8_t *context, uint8_t *call, uint8_t *store,
                         const vpc_helper_code *code)
{
    uint64_t state = state_of(call);
    if (store && code->store)
        make_call(store, state, arguments_of(store) + 1, 1, code->store);
    if (code->base)
        check_base(uc, context, call, code->base);
    if (code->before)
        make_call(uc->insert_op_before(context, call, TCG_OP_CALL), state, arguments_of(call) + outputs_of(call) + 1,
                  inputs_of(call) - 1, code->before);
    if (code->after)
        make_call(uc->insert_op_after(context, call, TCG_OP_CALL), state, NULL, 0, code->after);
    if (code->replacement)
        arguments_of(call)[inputs_of(call) + outputs_of(call)] = (uint64_t)code->replacement;
}

/* In 64-bit mode the bases of CS, DS, ES and SS are 0, whatever they are (Intel SDM volume 1, 3.3.7.1). The translator
 * adds them nevertheless where a prefix names the segment. */
static void ignore_base(const vpc_cpu *cpu, uint8_t *op)
{
    static const char *const names[] = {"cs_base", "ds_base", "es_base", "ss_base"};
    const char *name = name_of(arguments_of(op)[2]);
    if (!(ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64))
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(name, names[i]))
            *op = TCG_OP_MOV;
}

/* Instructions that load from the state, or store there, without a helper. */
static void check_state(const vpc_cpu *cpu, uint8_t *context, uint8_t *op)
{
    const vpc_helpers *h = &cpu->machine->emulator->helpers;
    const unicorn_functions *uc = &cpu->machine->emulator->uc;
    uint64_t offset = arguments_of(op)[2];
    if (*op == TCG_OP_LOAD_STATE && offset == ENV_MXCSR)
        make_call(uc->insert_op_before(context, op, TCG_OP_CALL), state_of(op), NULL, 0, h->before_mxcsr[cpu->id]);
    if (*op == TCG_OP_STORE_STATE && (offset == ENV_GDT + SEG_BASE || offset == ENV_IDT + SEG_BASE))
        make_call(uc->insert_op_before(context, op, TCG_OP_CALL), state_of(op), arguments_of(op), 1,
                  h->before_table[cpu->id]);
}

bool vpc_replace_calls(const vpc_cpu *cpu, uint8_t *context)
{
    const vpc_helpers *h = &cpu->machine->emulator->helpers;
    const unicorn_functions *uc = &cpu->machine->emulator->uc;
    bool others = false;
    uint8_t *store = NULL;   /* the latest of the instruction */
    for (uint8_t *op = *(uint8_t **)(context + TCG_OPS), *next; op; op = next) {
        next = *(uint8_t **)(op + TCG_OP_NEXT);
        if (*op == TCG_OP_STORE || *op == TCG_OP_INSN_START)
            store = *op == TCG_OP_STORE ? op : NULL;
        if (*op == TCG_OP_ADD)
            ignore_base(cpu, op);
        if (*op == TCG_OP_LOAD_STATE || *op == TCG_OP_STORE_STATE)
            check_state(cpu, context, op);
        if (*op != TCG_OP_CALL)
            continue;
        uint64_t function = arguments_of(op)[inputs_of(op) + outputs_of(op)];
        uint32_t i = 0;
        while (i < h->n && function != (uint64_t)h->original[i])
            i++;
        if (i < h->n)
            replace_call(uc, context, op, store, &h->of[cpu->id][i]);
        others |= i == h->n;
    }
    return others;
}
