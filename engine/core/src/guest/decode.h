/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One decoded instruction, as far as the core needs it. */
#ifndef VPC_GUEST_DECODE_H
#define VPC_GUEST_DECODE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int bits;                 /* 64 or 32 */
    uint8_t length;
    uint8_t map;              /* 0 one-byte, 1 0F, 2 0F 38, 3 0F 3A */
    uint8_t opcode, rex;
    uint8_t segment;          /* FS or GS prefix, as its byte */
    int8_t override;          /* number of the segment any prefix names (ES CS SS DS FS GS), -1 without one */
    bool operand_prefix, repeat, has_modrm, has_displacement, rip_relative;
    uint8_t address_bytes;
    uint8_t mod, reg, rm;     /* reg with REX.R */
    int8_t base, index;       /* registers of a memory operand, with REX; -1: none */
    uint8_t scale;            /* left shift of the index */
    int64_t displacement, immediate;
} vpc_insn;

/* Length of the instruction, or 0 when it does not end within `bytes` (15 at most). */
unsigned vpc_decode(const uint8_t *code, size_t bytes, int bits, vpc_insn *out);
#endif
