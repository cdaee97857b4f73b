/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The offset-at functions (manual p. 25): small searches through guest code, and the instruction decoder they need
 * (Intel SDM vol. 2, appendix A: opcode maps). */
#include <string.h>
#include "vp/vp.h"
#include "guest/decode.h"

#define SEARCH_BYTES 1024
#define RAX 0
#define RSI 6

/* Shape of each instruction of the one-byte map:
 * . nothing  m ModRM  b imm8  z imm16/32  M ModRM imm8  Z ModRM imm16/32  w imm16  e enter  v immediate of a register
 * o offset of moffs  p far pointer  P prefix  R REX  g group 3 byte  G group 3  T two-byte map  V VEX  E EVEX  r rel32 */
static const char one_byte[257] =
    "mmmmbz..mmmmbz.T" "mmmmbz..mmmmbz.." "mmmmbzP.mmmmbzP." "mmmmbzP.mmmmbzP."
    "RRRRRRRRRRRRRRRR" "................" "..EmPPPPzZbM...." "bbbbbbbbbbbbbbbb"
    "MZMMmmmmmmmmmmmm" "..........p....." "oooo....bz......" "bbbbbbbbvvvvvvvv"
    "MMw.VVMZe.w..b.." "mmmmbb..mmmmmmmm" "bbbbbbbbrrpb...." "P.PP..gG......mm";

/* Shape of the two-byte map: 3 three-byte map 0F 38, A three-byte map 0F 3A. */
static const char two_byte[257] =
    "mmmm.........m.M" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "........3.A....."
    "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "MMMMmmm.mmmmmmmm"
    "rrrrrrrrrrrrrrrr" "mmmmmmmmmmmmmmmm" "...mMm.....mMmmm" "mmmmmmmmmmMmmmmm"
    "mmMmMMMm........" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm";

typedef struct {
    const uint8_t *p, *start, *end;
    bool overrun;
} reader;

static uint64_t take(reader *r, unsigned bytes)
{
    uint64_t value = 0;
    if ((size_t)(r->end - r->p) < bytes) {
        r->overrun = true;
        return 0;
    }
    memcpy(&value, r->p, bytes);
    r->p += bytes;
    return value;
}

static int64_t take_signed(reader *r, unsigned bytes)
{
    uint64_t value = take(r, bytes);
    unsigned spare = 64 - bytes * 8;
    return bytes ? (int64_t)(value << spare) >> spare : 0;
}

static void take_displacement(reader *r, vpc_insn *i, unsigned bytes)
{
    i->displacement = take_signed(r, bytes);
    i->has_displacement = bytes != 0;
}

static void take_modrm(reader *r, vpc_insn *i)
{
    uint8_t modrm = (uint8_t)take(r, 1);
    i->has_modrm = true;
    i->mod = modrm >> 6;
    i->reg = (modrm >> 3 & 7) | (i->rex & 4 ? 8 : 0);
    i->rm = modrm & 7;
    if (i->mod == 3)
        return;
    if (i->address_bytes == 2) {
        take_displacement(r, i, i->mod == 1 ? 1 : i->mod == 2 || i->rm == 6 ? 2 : 0);
        return;
    }
    uint8_t base = i->rm;
    if (i->rm == 4) {
        uint8_t sib = (uint8_t)take(r, 1), index = (sib >> 3 & 7) | (i->rex & 2 ? 8 : 0);
        base = sib & 7;
        i->index = index == 4 ? -1 : (int8_t)index;
        i->scale = sib >> 6;
    }
    bool no_base = i->mod == 0 && base == 5;
    i->base = no_base ? -1 : (int8_t)(base | (i->rex & 1 ? 8 : 0));
    i->rip_relative = no_base && i->rm == 5 && i->bits == 64;
    take_displacement(r, i, i->mod == 1 ? 1 : i->mod == 2 || no_base ? 4 : 0);
}

static void take_prefixes(reader *r, vpc_insn *i)
{
    for (; r->p < r->end; r->p++) {
        bool rex = i->bits == 64 && one_byte[*r->p] == 'R';
        if (!rex && one_byte[*r->p] != 'P')
            return;
        i->rex = rex ? *r->p : 0;   /* it counts only right before the opcode */
        switch (*r->p) {
        case 0x26: case 0x2e: case 0x36: case 0x3e: i->override = *r->p >> 3 & 3; break;
        case 0x64: case 0x65: i->segment = *r->p; i->override = *r->p & 7; break;
        case 0xf2: case 0xf3: i->repeat = true; break;
        case 0x66: i->operand_prefix = true; break;
        case 0x67: i->address_bytes = i->bits == 32 ? 2 : 4; break;
        default: break;
        }
    }
}

/* VEX and EVEX carry the opcode map in their payload. */
static char take_vex(reader *r, vpc_insn *i, uint8_t first)
{
    unsigned map = 1;
    if (first == 0xC5)
        take(r, 1);
    else {
        map = take(r, 1) & (first == 0x62 ? 7 : 31);
        take(r, first == 0x62 ? 2 : 1);
    }
    i->map = (uint8_t)map;
    i->opcode = (uint8_t)take(r, 1);
    if (map == 1)
        return i->opcode == 0x77 ? '.' : two_byte[i->opcode];
    return map == 3 ? 'M' : 'm';
}

static char take_opcode(reader *r, vpc_insn *i)
{
    uint8_t first = (uint8_t)take(r, 1);
    char shape = one_byte[first];
    i->opcode = first;
    bool vex = (shape == 'V' || shape == 'E') && (i->bits == 64 || (r->p < r->end && *r->p >= 0xC0));
    if (vex)
        return take_vex(r, i, first);
    if (shape == 'V' || shape == 'E')
        return 'm';  /* LES, LDS, BOUND */
    if (shape == 'R')
        return '.';  /* INC and DEC outside 64-bit mode */
    if (shape != 'T')
        return shape;
    i->map = 1;
    i->opcode = (uint8_t)take(r, 1);
    shape = two_byte[i->opcode];
    if (shape != '3' && shape != 'A')
        return shape;
    i->map = shape == '3' ? 2 : 3;
    i->opcode = (uint8_t)take(r, 1);
    return shape == '3' ? 'm' : 'M';
}

static void take_operands(reader *r, vpc_insn *i, char shape)
{
    unsigned word = i->operand_prefix && !(i->rex & 8) ? 2 : 4;
    if (strchr("mMZgG", shape))
        take_modrm(r, i);
    switch (shape) {
    case 'b': case 'M': i->immediate = take_signed(r, 1); break;
    case 'z': case 'Z': i->immediate = take_signed(r, word); break;
    case 'r': i->immediate = take_signed(r, i->bits == 64 ? 4 : word); break;
    case 'w': i->immediate = take_signed(r, 2); break;
    case 'e': i->immediate = take_signed(r, 3); break;
    case 'v': i->immediate = take_signed(r, i->opcode < 0xB8 ? 1 : i->rex & 8 ? 8 : word); break;
    case 'o': take_displacement(r, i, i->address_bytes); break;
    case 'p': i->immediate = take_signed(r, word + 2); break;
    case 'g': i->immediate = (i->reg & 7) < 2 ? take_signed(r, 1) : 0; break;
    case 'G': i->immediate = (i->reg & 7) < 2 ? take_signed(r, word) : 0; break;
    default: break;
    }
}

unsigned vpc_decode(const uint8_t *code, size_t bytes, int bits, vpc_insn *i)
{
    reader r = {.p = code, .start = code, .end = code + (bytes > 15 ? 15 : bytes)};
    memset(i, 0, sizeof *i);
    i->bits = bits;
    i->address_bytes = bits == 64 ? 8 : 4;
    i->override = i->base = i->index = -1;
    take_prefixes(&r, i);
    take_operands(&r, i, take_opcode(&r, i));
    i->length = (uint8_t)(r.p - r.start);
    return r.overrun ? 0 : i->length;
}

/* --- the searches ------------------------------------------------------------------------------------------------ */

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
    return s->bytes ? VPC_RT_NONE : VPC_RT_UNMAPPED;
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
    bool load = i->map == 0 ? i->opcode == 0x8B || i->opcode == 0x63 || i->opcode == 0x8D
                            : i->map == 1 && (i->opcode == 0xB6 || i->opcode == 0xB7 || i->opcode == 0xBE || i->opcode == 0xBF);
    return load && i->has_modrm && i->mod != 3 && i->reg == reg;
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
            return known ? VPC_RT_NONE : VPC_RT_NO_PATTERN;
        if (loads(&i, RAX) || (i.map == 0 && i.opcode == 0xA1)) {
            *out = (uint64_t)i.displacement;
            known = true;
        } else if (i.map == 0 && i.opcode == 0xB8 && !(i.rex & 1)) {
            *out = (uint64_t)i.immediate;
            known = true;
        }
    }
    return error ? error : VPC_RT_NO_PATTERN;
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
        return VPC_RT_NONE;
    }
    return error ? error : VPC_RT_NO_PATTERN;
}

/* What an instruction adds to, or makes of, the offset in RSI. */
static void track_rsi(const vpc_insn *i, uint64_t *offset)
{
    bool register_form = i->has_modrm && i->mod == 3;
    bool group_1 = i->map == 0 && (i->opcode == 0x81 || i->opcode == 0x83) && register_form && i->rm == RSI && !(i->rex & 1);
    if (loads(i, RSI))
        *offset = i->opcode == 0x8D ? (uint64_t)i->displacement : 0;
    else if (i->map == 0 && (i->opcode == 0x8B || i->opcode == 0x89) && register_form &&
             (i->opcode == 0x8B ? i->reg == RSI : i->rm == RSI && !(i->rex & 1)))
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
            return VPC_RT_NONE;
        }
        track_rsi(&i, &offset);
    }
    return error ? error : VPC_RT_NO_PATTERN;
}
