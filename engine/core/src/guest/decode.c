/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruction decoder (Intel SDM volume 2, appendix A: opcode maps). */
#include <string.h>
#include "guest/decode.h"

/* Shape of each instruction of the one-byte map: . nothing  m ModRM  b imm8  z imm16/32  M ModRM imm8  Z ModRM
 * imm16/32  w imm16  e enter  v immediate of a register o offset of moffs  p far pointer  P prefix  R REX  g group 3
 * byte  G group 3  T two-byte map  V VEX  E EVEX  r rel32 */
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
