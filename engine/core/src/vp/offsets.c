/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The offset-at functions (manual p. 25): small searches through guest code. */
#include "vp/offsets.h"
#include "guest/decode.h"
#include "guest/memory.h"
#include "guest/registers.h"
#include "vp/access.h"

#define SEARCH_BYTES 1024

typedef struct {
    uint8_t code[SEARCH_BYTES];
    uint64_t bytes, at;
    uint64_t address;
    int bits;
} search;

static int search_begin(vpc_firing *f, search *s, uint64_t address)
{
    if (!f->cpu)
        return vpc_no_page_tables(f);
    f->detail = address;
    s->address = address;
    s->at = 0;
    s->bits = vpc_code_bits(f->cpu) == 64 ? 64 : 32;
    s->bytes = vpc_linear_copy(f->machine, f->cpu, address, s->code, SEARCH_BYTES);
    return s->bytes ? VPC_RUNTIME_NONE : VPC_RUNTIME_UNMAPPED;
}

static bool search_next(search *s, vpc_insn *i)
{
    unsigned length = vpc_decode(s->code + s->at, s->bytes - s->at, s->bits, i);
    s->at += length;
    return length != 0;
}

/* Instructions that load a register from memory: MOV, MOVSXD, MOVZX, MOVSX, LEA. */
static bool loads(const vpc_insn *i, uint8_t reg)
{
    bool plain = i->map == 0 && (i->opcode == 0x8B || i->opcode == 0x63 || i->opcode == 0x8D);
    bool extending = i->map == 1 && (i->opcode & 0xF6) == 0xB6;   /* B6, B7, BE, BF */
    return (plain || extending) && i->has_modrm && i->mod != 3 && i->reg == reg;
}

static bool returns(const vpc_insn *i)
{
    return i->map == 0 && (i->opcode == 0xC3 || i->opcode == 0xC2);
}

int vpc_offat_ret(vpc_firing *f, uint64_t address, uint64_t *out)
{
    search s;
    vpc_insn i;
    int error = search_begin(f, &s, address);
    bool known = false;
    while (!error && search_next(&s, &i)) {
        if (returns(&i))
            return known ? VPC_RUNTIME_NONE : VPC_RUNTIME_NO_PATTERN;
        if (loads(&i, VPC_RAX) || (i.map == 0 && i.opcode == 0xA1)) {
            *out = (uint64_t)i.displacement;
            known = true;
        } else if (i.map == 0 && i.opcode == 0xB8 && !(i.rex & 1)) {
            *out = (uint64_t)i.immediate;
            known = true;
        }
    }
    return error ? error : VPC_RUNTIME_NO_PATTERN;
}

int vpc_offat_seg(vpc_firing *f, uint64_t address, uint64_t *out)
{
    search s;
    vpc_insn i;
    int error = search_begin(f, &s, address);
    while (!error && search_next(&s, &i)) {
        if (!i.segment)
            continue;
        *out = (uint64_t)(i.has_displacement ? i.displacement : i.immediate);
        return VPC_RUNTIME_NONE;
    }
    return error ? error : VPC_RUNTIME_NO_PATTERN;
}

/* What an instruction adds to, or makes of, the offset in VPC_RSI. */
static void track_rsi(const vpc_insn *i, uint64_t *offset)
{
    bool register_form = i->has_modrm && i->mod == 3;
    bool is_rsi = register_form && i->rm == VPC_RSI && !(i->rex & 1);
    bool group_1 = i->map == 0 && (i->opcode == 0x81 || i->opcode == 0x83) && is_rsi;
    if (loads(i, VPC_RSI))
        *offset = i->opcode == 0x8D ? (uint64_t)i->displacement : 0;
    else if (i->map == 0 && (i->opcode == 0x8B || i->opcode == 0x89) && register_form &&
             (i->opcode == 0x8B ? i->reg == VPC_RSI : is_rsi))
        *offset = 0;
    else if (group_1 && (i->reg & 7) == 0)
        *offset += (uint64_t)i->immediate;
    else if (group_1 && (i->reg & 7) == 5)
        *offset -= (uint64_t)i->immediate;
}

int vpc_offat_strcpy(vpc_firing *f, uint64_t address, uint64_t strcpy_address, uint64_t *out)
{
    search s;
    vpc_insn i;
    uint64_t offset = 0;
    int error = search_begin(f, &s, address);
    while (!error && search_next(&s, &i)) {
        bool transfer = i.map == 0 && (i.opcode == 0xE8 || i.opcode == 0xE9);
        uint64_t target = s.address + s.at + (uint64_t)i.immediate;
        if (transfer && (s.bits == 64 ? target : (uint32_t)target) == strcpy_address) {
            *out = offset;
            return VPC_RUNTIME_NONE;
        }
        track_rsi(&i, &offset);
    }
    return error ? error : VPC_RUNTIME_NO_PATTERN;
}
