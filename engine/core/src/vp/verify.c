/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One pass over the bytecode at load: operands in range, jumps to instructions, stacks within their slots. The compiler
 * obeys these rules; the check turns a mistake there into an error message instead of memory corruption. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vp/verify.h"
#include "guest/error.h"
#include "include/opcodes.h"

#define STARTS 1   /* an instruction begins at this offset */
#define PRINTF_ARGUMENTS 32

static const struct {
    uint8_t operand, takes, leaves;
} operations[VPC_OP_COUNT] = {
#define OPERATION(name, operand, takes, leaves) [VPC_OP_##name] = {VPC_OPERAND_##operand, takes, leaves},
    VPC_OPCODES(OPERATION)
};

static const uint8_t bytes_of[VPC_OPERAND_COUNT] = {
#define BYTES(name, bytes, layout) [VPC_OPERAND_##name] = bytes,
    VPC_OPERANDS(BYTES)
};

static uint32_t operand_bytes(uint8_t op) { return bytes_of[operations[op].operand]; }

static uint32_t u16_after(const uint8_t *at) { return (uint32_t)(at[1] | at[2] << 8); }

/* What an operand numbers, and how many there are. */
static uint32_t operand_limit(const vpc_program *p, uint8_t op)
{
    switch (operations[op].operand) {
    case VPC_OPERAND_LITERAL: return p->nliterals;
    case VPC_OPERAND_INTEGER: return p->nintegers;
    case VPC_OPERAND_STRING: return p->nstrings;
    case VPC_OPERAND_VARIABLE: return VPC_VAR_COUNT;
    case VPC_OPERAND_FUNCTION: return p->nfunctions;
    case VPC_OPERAND_AGGREGATE:
    case VPC_OPERAND_AGGREGATE_KEYS: return p->naggregates;
    case VPC_OPERAND_BAG: return p->nbags;
    default: return UINT32_MAX;
    }
}

static bool is_jump(uint8_t op) { return operations[op].operand == VPC_OPERAND_JUMP; }

static int refuse(vpc_error *error, const char *why, uint32_t at)
{
    return vpc_fail(error, "bytecode at offset %u: %s", at, why);
}

/* Values taken from the operand stack, those that the operand counts included. */
static uint32_t taken(const vpc_program *p, const uint8_t *at)
{
    uint32_t takes = operations[*at].takes;
    switch (operations[*at].operand) {
    case VPC_OPERAND_FUNCTION: return takes + p->functions[u16_after(at)].params;
    case VPC_OPERAND_AGGREGATE_KEYS:
        return takes + p->aggregates[u16_after(at)].nint + p->aggregates[u16_after(at)].nstr;
    case VPC_OPERAND_ARGUMENTS: return takes + at[1];
    default: return takes;
    }
}

/* A TRY counts once it is known to be reached, and with how many slots of the frame in use. */
static void set_try(vpc_program *p, uint32_t start, uint32_t handler, uint32_t base)
{
    for (uint32_t i = 0; i < p->ntries; i++)
        if (p->tries[i].start == start)
            p->tries[i] = (vpc_try){start, handler, base};
}

/* Walk one body: `depth[pc]` is the operand depth + 1 with which the instruction is reached. */
static int verify_body(vpc_program *p, const uint8_t *starts, uint16_t *depth, uint32_t entry, uint32_t locals,
                       uint32_t slots, bool function, vpc_error *error)
{
    if (entry >= p->code_bytes || !starts[entry] || slots > VPC_STACK_SLOTS || locals > slots)
        return refuse(error, "bad entry", entry);
    memset(depth, 0, p->code_bytes * sizeof *depth);
    uint32_t *todo = malloc((p->code_bytes + 1) * sizeof *todo), pending = 0;
    if (!todo)
        return refuse(error, "out of memory", entry);
    int result = 0;
    depth[entry] = 1;
    todo[pending++] = entry;
    while (pending && !result) {
        uint32_t pc = todo[--pending], now = depth[pc] - 1u;
        const uint8_t *at = p->code + pc;
        uint32_t pops = taken(p, at), pushes = operations[*at].leaves;
        if (now < pops || locals + now - pops + pushes > slots) {
            result = refuse(error, "operand stack exceeds its slots", pc);
            break;
        }
        if ((*at == VPC_OP_GET_LOCAL || *at == VPC_OP_SET_LOCAL) && at[1] >= locals)
            result = refuse(error, "local out of range", pc);
        if (*at == VPC_OP_TEMPORARY && at[1] + VPC_STRING_BYTES / 8u > locals)
            result = refuse(error, "temporary out of range", pc);
        if (*at == VPC_OP_RETURN && !function)
            result = refuse(error, "return outside a function", pc);
        if (*at == VPC_OP_END && function)
            result = refuse(error, "end inside a function", pc);
        uint32_t after = pc + 1 + operand_bytes(*at);
        uint32_t target = is_jump(*at) ? after + u16_after(at) : after;
        if (*at == VPC_OP_TRY)
            set_try(p, pc, target, locals + now);
        bool leaves = *at == VPC_OP_RETURN || *at == VPC_OP_END || *at == VPC_OP_EXIT;
        uint32_t next[2] = {target, after};
        for (int i = 0; i < 2 && !result && !leaves; i++) {
            if ((i == 0 && !is_jump(*at)) || (i == 1 && *at == VPC_OP_JUMP))
                continue;
            uint16_t reached = (uint16_t)(now - pops + pushes + 1);
            if (next[i] >= p->code_bytes || !starts[next[i]])
                result = refuse(error, "jump or fall out of the code", pc);
            else if (!depth[next[i]]) {
                depth[next[i]] = reached;
                todo[pending++] = next[i];
            } else if (depth[next[i]] != reached)
                result = refuse(error, "operand depths differ where paths meet", next[i]);
        }
    }
    free(todo);
    return result;
}

static int mark_starts(vpc_program *p, uint8_t *starts, vpc_error *error)
{
    for (uint32_t pc = 0; pc < p->code_bytes; pc += 1u + operand_bytes(p->code[pc])) {
        const uint8_t *at = p->code + pc;
        if (*at >= VPC_OP_COUNT || pc + 1 + operand_bytes(*at) > p->code_bytes)
            return refuse(error, "unknown or cut operation", pc);
        if (operand_bytes(*at) == 2 && !is_jump(*at) && u16_after(at) >= operand_limit(p, *at))
            return refuse(error, "operand out of range", pc);
        if ((*at == VPC_OP_PRINTF || *at == VPC_OP_SPRINTF) && at[1] > PRINTF_ARGUMENTS)
            return refuse(error, "more arguments than a mask has bits", pc);
        uint32_t variable = *at == VPC_OP_VARIABLE ? u16_after(at) : 0;
        p->reads_exits |= *at == VPC_OP_GETVMCS;
        p->reads_exits |= variable >= VPC_EXIT_FIELD_FIRST && variable < VPC_EXIT_FIELD_FIRST + VPC_EXIT_FIELDS;
        p->ntries += *at == VPC_OP_TRY;
        starts[pc] = STARTS;
    }
    return 0;
}

static int list_tries(vpc_program *p, vpc_error *error)
{
    p->tries = calloc(p->ntries + 1u, sizeof *p->tries);
    if (!p->tries)
        return refuse(error, "out of memory", 0);
    vpc_try *next = p->tries;
    for (uint32_t pc = 0; pc < p->code_bytes; pc += 1u + operand_bytes(p->code[pc]))
        if (p->code[pc] == VPC_OP_TRY)
            *next++ = (vpc_try){.start = pc};
    return 0;
}

int vpc_verify(vpc_program *p, vpc_error *error)
{
    uint8_t *starts = calloc(p->code_bytes + 1u, 1);
    uint16_t *depth = calloc(p->code_bytes + 1u, sizeof *depth);
    int result = starts && depth ? mark_starts(p, starts, error)
                                 : refuse(error, "out of memory", 0);
    if (!result)
        result = list_tries(p, error);
    for (uint32_t i = 0; i < p->nfunctions && !result; i++) {
        const vpc_function *f = &p->functions[i];
        if (f->params > f->locals)
            result = refuse(error, "more parameters than locals", f->entry);
        else
            result = verify_body(p, starts, depth, f->entry, f->locals, f->slots, true, error);
    }
    for (uint32_t i = 0; i < p->nprobes && !result; i++)
        result = verify_body(p, starts, depth, p->probes[i].entry, p->probes[i].locals, p->probes[i].slots, false,
                             error);
    free(starts);
    free(depth);
    return result;
}
