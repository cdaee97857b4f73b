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

/* What is known of a register that code computes an offset in. */
typedef struct {
    uint8_t reg;
    bool known;   /* a displacement or an immediate went into the offset */
    uint64_t offset;
} tracked;

/* Instructions that load a register from memory: MOV, MOVSXD, MOVZX, MOVSX, LEA. */
static bool loads(const vpc_insn *i, uint8_t reg)
{
    bool plain = i->map == 0 && (i->opcode == 0x8B || i->opcode == 0x63 || i->opcode == 0x8D);
    bool extending = i->map == 1 && (i->opcode & 0xF6) == 0xB6;   /* B6, B7, BE, BF */
    return (plain || extending) && i->has_modrm && i->mod != 3 && i->reg == reg;
}

/* Arguments and local variables: where they are in the frame is no offset in a structure. */
static bool on_frame(const vpc_insn *i)
{
    return i->base == VPC_RBP || i->base == VPC_RSP;
}

static bool returns(const vpc_insn *i)
{
    return i->map == 0 && (i->opcode == 0xC3 || i->opcode == 0xC2);
}

/* ADD and SUB of an immediate; whether it is one of the register. */
static bool adds(const vpc_insn *i, tracked *t)
{
    bool group_1 = i->map == 0 && (i->opcode == 0x81 || i->opcode == 0x83) && i->mod == 3 && i->rm == t->reg &&
                   !(i->rex & 1);
    bool accumulator = i->map == 0 && t->reg == VPC_RAX;
    bool add = (group_1 && (i->reg & 7) == 0) || (accumulator && i->opcode == 0x05);
    bool sub = (group_1 && (i->reg & 7) == 5) || (accumulator && i->opcode == 0x2D);
    if (!add && !sub)
        return false;
    t->offset += add ? (uint64_t)i->immediate : -(uint64_t)i->immediate;
    t->known = true;
    return true;
}

static void forget(tracked *t)
{
    t->known = false;
    t->offset = 0;
}

static void learn(tracked *t, int64_t offset)
{
    t->known = true;
    t->offset = (uint64_t)offset;
}

/* What a function returns: a field, whose offset is the displacement of the load, a field's address, or a constant. */
static void track_result(const vpc_insn *i, tracked *t)
{
    if (adds(i, t))
        return;
    if (loads(i, t->reg) && on_frame(i))
        forget(t);
    else if (loads(i, t->reg) || (i->map == 0 && i->opcode == 0xA1))
        learn(t, i->displacement);
    else if (i->map == 0 && i->opcode == 0xB8 && !(i->rex & 1))
        learn(t, i->immediate);
}

int vpc_offat_ret(vpc_firing *f, uint64_t address, uint64_t *out)
{
    search s;
    vpc_insn i;
    tracked result = {.reg = VPC_RAX};
    int error = search_begin(f, &s, address);
    while (!error && search_next(&s, &i)) {
        if (returns(&i)) {
            *out = result.offset;
            return result.known ? VPC_RUNTIME_NONE : VPC_RUNTIME_NO_PATTERN;
        }
        track_result(&i, &result);
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

/* The address of a string in a structure: LEA, or ADD to a pointer that was loaded or copied. */
static void track_source(const vpc_insn *i, tracked *t)
{
    bool register_form = i->has_modrm && i->mod == 3;
    if (adds(i, t))
        return;
    if (loads(i, t->reg) && i->opcode == 0x8D && !on_frame(i))
        learn(t, i->displacement);
    else if (loads(i, t->reg))
        forget(t);
    else if (i->map == 0 && register_form &&
             ((i->opcode == 0x8B && i->reg == t->reg) || (i->opcode == 0x89 && i->rm == t->reg && !(i->rex & 1))))
        forget(t);
}

int vpc_offat_strcpy(vpc_firing *f, uint64_t address, uint64_t strcpy_address, uint64_t *out)
{
    search s;
    vpc_insn i;
    int error = search_begin(f, &s, address);
    if (error)
        return error;
    /* The second argument, in 32-bit code as kernels are compiled (-mregparm=3). */
    tracked source = {.reg = s.bits == 64 ? VPC_RSI : VPC_RDX};
    while (search_next(&s, &i)) {
        bool transfer = i.map == 0 && (i.opcode == 0xE8 || i.opcode == 0xE9);
        uint64_t target = s.address + s.at + (uint64_t)i.immediate;
        if (transfer && (s.bits == 64 ? target : (uint32_t)target) == strcpy_address) {
            *out = source.offset;
            return source.known ? VPC_RUNTIME_NONE : VPC_RUNTIME_NO_PATTERN;
        }
        track_source(&i, &source);
    }
    return VPC_RUNTIME_NO_PATTERN;
}
