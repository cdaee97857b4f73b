/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One pass over the bytecode at load: operands in range, jumps onto instructions, stacks within their slots. The
 * compiler keeps these rules; checking them makes a mistake there an error message and not a broken process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vp/verify.h"
#include "include/opcodes.h"

#define STARTS 1   /* an instruction begins at this offset */
#define PRINTF_ARGUMENTS 32

/* Bytes of operands of each operation. */
static const uint8_t operand_bytes[VPC_OP_COUNT] = {
    [VPC_OP_INT8] = 1, [VPC_OP_INT32] = 4, [VPC_OP_INT64] = 8, [VPC_OP_LITERAL] = 2, [VPC_OP_GET_INTEGER] = 2,
    [VPC_OP_SET_INTEGER] = 2, [VPC_OP_GET_STRING] = 2, [VPC_OP_GET_LOCAL] = 1, [VPC_OP_SET_LOCAL] = 1,
    [VPC_OP_VARIABLE] = 2, [VPC_OP_TEMPORARY] = 1, [VPC_OP_JUMP] = 2, [VPC_OP_JUMP_ZERO] = 2,
    [VPC_OP_JUMP_NONZERO] = 2, [VPC_OP_CALL] = 2, [VPC_OP_AGGREGATE] = 2, [VPC_OP_LOG_AGGREGATE] = 2,
    [VPC_OP_CLEAR_AGGREGATE] = 2, [VPC_OP_BAG_INSERT] = 2, [VPC_OP_BAG_REMOVE] = 2, [VPC_OP_PRINTF] = 5,
    [VPC_OP_SPRINTF] = 5,
};

/* What a 16-bit operand numbers, and how many there are. */
static uint32_t operand_limit(const vpc_program *p, uint8_t op)
{
    switch (op) {
    case VPC_OP_LITERAL: return p->nliterals;
    case VPC_OP_GET_INTEGER: case VPC_OP_SET_INTEGER: return p->nintegers;
    case VPC_OP_GET_STRING: return p->nstrings;
    case VPC_OP_VARIABLE: return VPC_VAR_COUNT;
    case VPC_OP_CALL: return p->nfunctions;
    case VPC_OP_AGGREGATE: case VPC_OP_LOG_AGGREGATE: case VPC_OP_CLEAR_AGGREGATE: return p->naggregates;
    case VPC_OP_BAG_INSERT: case VPC_OP_BAG_REMOVE: return p->nbags;
    default: return UINT32_MAX;
    }
}

static bool is_jump(uint8_t op)
{
    return op == VPC_OP_JUMP || op == VPC_OP_JUMP_ZERO || op == VPC_OP_JUMP_NONZERO;
}

static int refuse(char *error, size_t error_bytes, const char *why, uint32_t at)
{
    snprintf(error, error_bytes, "bytecode at offset %u: %s", at, why);
    return -1;
}

/* Values taken from and left on the operand stack. */
static void effect(const vpc_program *p, const uint8_t *at, uint32_t *pops, uint32_t *pushes)
{
    uint32_t number = 0;
    if (operand_bytes[*at] >= 2)
        number = (uint32_t)(at[1] | at[2] << 8);
    *pops = 0;
    *pushes = 1;
    switch (*at) {
    case VPC_OP_SET_INTEGER: case VPC_OP_SET_LOCAL: case VPC_OP_TEMPORARY: case VPC_OP_NEG: case VPC_OP_INV:
    case VPC_OP_NOT: case VPC_OP_BOOL: case VPC_OP_BAG_REMOVE: case VPC_OP_LOG_INTEGER: case VPC_OP_LOG_STRING:
    case VPC_OP_GETGUEST: case VPC_OP_GETGUESTPHYS: case VPC_OP_GUESTSTACK: case VPC_OP_OFFATRET: case VPC_OP_OFFATSEG:
    case VPC_OP_GETGPR: case VPC_OP_GETVMCS: case VPC_OP_READMSR:
        *pops = 1;
        break;
    case VPC_OP_DROP: case VPC_OP_JUMP_ZERO: case VPC_OP_JUMP_NONZERO: case VPC_OP_RETURN:
        *pops = 1;
        *pushes = 0;
        break;
    case VPC_OP_JUMP: case VPC_OP_END: case VPC_OP_EXIT: *pushes = 0; break;
    case VPC_OP_CALL: *pops = p->functions[number].params; break;
    case VPC_OP_AGGREGATE: *pops = p->aggregates[number].nint + p->aggregates[number].nstr + 1; break;
    case VPC_OP_PRINTF: *pops = at[1] + 1u; break;
    case VPC_OP_SPRINTF: *pops = at[1] + 2u; break;
    case VPC_OP_GETGUESTSTR: case VPC_OP_GETGUESTPHYSSTR: *pops = 3; break;
    default:
        if ((*at >= VPC_OP_ADD && *at <= VPC_OP_GE) || *at == VPC_OP_COPY_STRING || *at == VPC_OP_BAG_INSERT ||
            *at == VPC_OP_STRCMP || *at == VPC_OP_OFFATSTRCPY)
            *pops = 2;
    }
}

/* Walk one body: `depth[pc]` is the operand depth + 1 with which the instruction is reached. */
static int verify_body(const vpc_program *p, const uint8_t *starts, uint16_t *depth, uint32_t entry, uint32_t locals,
                       uint32_t slots, bool function, char *error, size_t error_bytes)
{
    if (entry >= p->code_bytes || !starts[entry] || slots > VPC_STACK_SLOTS || locals > slots)
        return refuse(error, error_bytes, "bad entry", entry);
    memset(depth, 0, p->code_bytes * sizeof *depth);
    uint32_t *todo = malloc((p->code_bytes + 1) * sizeof *todo), pending = 0;
    if (!todo)
        return refuse(error, error_bytes, "out of memory", entry);
    int result = 0;
    depth[entry] = 1;
    todo[pending++] = entry;
    while (pending && !result) {
        uint32_t pc = todo[--pending], pops, pushes, now = depth[pc] - 1u;
        const uint8_t *at = p->code + pc;
        effect(p, at, &pops, &pushes);
        if (now < pops || locals + now - pops + pushes > slots) {
            result = refuse(error, error_bytes, "operand stack out of its slots", pc);
            break;
        }
        if ((*at == VPC_OP_GET_LOCAL || *at == VPC_OP_SET_LOCAL) && at[1] >= locals)
            result = refuse(error, error_bytes, "local out of range", pc);
        if (*at == VPC_OP_TEMPORARY && at[1] + VPC_STRING_BYTES / 8u > locals)
            result = refuse(error, error_bytes, "temporary out of range", pc);
        if (*at == VPC_OP_RETURN && !function)
            result = refuse(error, error_bytes, "return outside a function", pc);
        if (*at == VPC_OP_END && function)
            result = refuse(error, error_bytes, "end inside a function", pc);
        uint32_t after = pc + 1 + operand_bytes[*at];
        uint32_t target = is_jump(*at) ? after + (uint32_t)(at[1] | at[2] << 8) : after;
        bool leaves = *at == VPC_OP_RETURN || *at == VPC_OP_END || *at == VPC_OP_EXIT;
        uint32_t next[2] = {target, after};
        for (int i = 0; i < 2 && !result && !leaves; i++) {
            if ((i == 0 && !is_jump(*at)) || (i == 1 && *at == VPC_OP_JUMP))
                continue;
            uint16_t reached = (uint16_t)(now - pops + pushes + 1);
            if (next[i] >= p->code_bytes || !starts[next[i]])
                result = refuse(error, error_bytes, "jump or fall out of the code", pc);
            else if (!depth[next[i]]) {
                depth[next[i]] = reached;
                todo[pending++] = next[i];
            } else if (depth[next[i]] != reached)
                result = refuse(error, error_bytes, "operand depths differ where paths meet", next[i]);
        }
    }
    free(todo);
    return result;
}

static int mark_starts(vpc_program *p, uint8_t *starts, char *error, size_t error_bytes)
{
    for (uint32_t pc = 0; pc < p->code_bytes; pc += 1u + operand_bytes[p->code[pc]]) {
        const uint8_t *at = p->code + pc;
        if (*at >= VPC_OP_COUNT || pc + 1 + operand_bytes[*at] > p->code_bytes)
            return refuse(error, error_bytes, "unknown or cut operation", pc);
        if (operand_bytes[*at] == 2 && !is_jump(*at) && (uint32_t)(at[1] | at[2] << 8) >= operand_limit(p, *at))
            return refuse(error, error_bytes, "operand out of range", pc);
        if ((*at == VPC_OP_PRINTF || *at == VPC_OP_SPRINTF) && at[1] > PRINTF_ARGUMENTS)
            return refuse(error, error_bytes, "more arguments than a mask has bits", pc);
        uint32_t variable = *at == VPC_OP_VARIABLE ? (uint32_t)(at[1] | at[2] << 8) : 0;
        p->reads_exits |= *at == VPC_OP_GETVMCS;
        p->reads_exits |= variable >= VPC_EXIT_FIELD_FIRST && variable < VPC_EXIT_FIELD_FIRST + VPC_EXIT_FIELDS;
        starts[pc] = STARTS;
    }
    return 0;
}

int vpc_verify(vpc_program *p, char *error, size_t error_bytes)
{
    uint8_t *starts = calloc(p->code_bytes + 1u, 1);
    uint16_t *depth = calloc(p->code_bytes + 1u, sizeof *depth);
    int result = starts && depth ? mark_starts(p, starts, error, error_bytes)
                                 : refuse(error, error_bytes, "out of memory", 0);
    for (uint32_t i = 0; i < p->nfunctions && !result; i++) {
        const vpc_function *f = &p->functions[i];
        if (f->params > f->locals)
            result = refuse(error, error_bytes, "more parameters than locals", f->entry);
        else
            result = verify_body(p, starts, depth, f->entry, f->locals, f->slots, true, error, error_bytes);
    }
    for (uint32_t i = 0; i < p->nprobes && !result; i++)
        result = verify_body(p, starts, depth, p->probes[i].entry, p->probes[i].locals, p->probes[i].slots, false,
                             error, error_bytes);
    free(starts);
    free(depth);
    return result;
}
