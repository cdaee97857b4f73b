/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LOCK is for some instructions with a destination in memory; elsewhere it is #UD (Intel SDM volume 2, "LOCK").
 *
 * QEMU ignores it in most other places, and of BTS, BTR and BTC with a register it generates code that ends the
 * process. So each block is searched before its code is generated. */
#include "emulator/lock_prefix.h"
#include <string.h>
#include "emulator/emulator.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define UD 6   /* vector */
#define LOCK 0xf0
#define TWO_BYTE 0x0f
#define LONGEST_BLOCK (4096 + 15)   /* bytes: it ends in the page after the one it begins in */
#define ANY 0xff

/* An opcode with the values of ModRM.reg that may be locked, a bit each; of a row of eight opcodes only those whose
 * destination is ModRM. */
typedef struct {
    bool two_byte;
    uint8_t opcode, registers;
} lockable;

static const lockable table[] = {
    {false, 0x00, ANY}, {false, 0x01, ANY},   /* ADD */
    {false, 0x08, ANY}, {false, 0x09, ANY},   /* OR */
    {false, 0x10, ANY}, {false, 0x11, ANY},   /* ADC */
    {false, 0x18, ANY}, {false, 0x19, ANY},   /* SBB */
    {false, 0x20, ANY}, {false, 0x21, ANY},   /* AND */
    {false, 0x28, ANY}, {false, 0x29, ANY},   /* SUB */
    {false, 0x30, ANY}, {false, 0x31, ANY},   /* XOR */
    {false, 0x80, 0x7f}, {false, 0x81, 0x7f}, {false, 0x82, 0x7f}, {false, 0x83, 0x7f},   /* those, but not CMP */
    {false, 0x86, ANY}, {false, 0x87, ANY},   /* XCHG */
    {false, 0xf6, 0x0c}, {false, 0xf7, 0x0c},   /* NOT, NEG */
    {false, 0xfe, 0x03}, {false, 0xff, 0x03},   /* INC, DEC */
    {true, 0xab, ANY}, {true, 0xb3, ANY}, {true, 0xbb, ANY}, {true, 0xba, 0xe0},   /* BTS, BTR, BTC */
    {true, 0xb0, ANY}, {true, 0xb1, ANY}, {true, 0xc0, ANY}, {true, 0xc1, ANY},   /* CMPXCHG, XADD */
    {true, 0xc7, 0x02},   /* CMPXCHG8B, CMPXCHG16B */
};

static bool is_lockable(bool two_byte, uint8_t opcode, uint8_t modrm)
{
    if (modrm >> 6 == 3)
        return false;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].two_byte == two_byte && table[i].opcode == opcode)
            return table[i].registers >> (modrm >> 3 & 7) & 1;
    return false;
}

static bool is_prefix(uint8_t byte, bool long_mode)
{
    static const uint8_t legacy[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, LOCK, 0xf2, 0xf3};
    return memchr(legacy, byte, sizeof legacy) || (long_mode && byte >> 4 == 4);
}

/* One instruction, of which `bytes` can be read. */
static bool refuses(const uint8_t *code, size_t bytes, bool long_mode)
{
    const uint8_t *end = code + bytes;
    bool locked = false;
    for (; code < end && is_prefix(*code, long_mode); code++)
        locked |= *code == LOCK;
    if (!locked || code == end)
        return false;
    bool two_byte = *code == TWO_BYTE;
    code += two_byte;
    return end - code < 2 || !is_lockable(two_byte, code[0], code[1]);
}

bool vpc_refuses_lock(const vpc_cpu *cpu, const uint8_t *context, const uint8_t *block)
{
    uint8_t code[LONGEST_BLOCK];
    uint64_t pc = *(const uint64_t *)(block + TB_PC), bytes = *(const uint16_t *)(block + TB_SIZE);
    bytes = vpc_linear_copy(cpu->machine, cpu, pc, code, bytes < sizeof code ? bytes : sizeof code);
    if (!memchr(code, LOCK, bytes))
        return false;
    bool long_mode = *(const uint32_t *)(block + TB_FLAGS) & HF_CS64;
    for (const uint8_t *op = *(uint8_t *const *)(context + TCG_OPS); op; op = *(uint8_t *const *)(op + TCG_OP_NEXT)) {
        uint64_t from = *(const uint64_t *)(op + TCG_OP_ARGUMENTS) - pc;
        if (*op == TCG_OP_INSN_START && from < bytes && refuses(code + from, bytes - from, long_mode))
            return true;
    }
    return false;
}

void vpc_raise_undefined(vpc_cpu *cpu, uint64_t eip)
{
    ENV_U64(cpu->env, ENV_EIP) = eip;
    cpu->machine->emulator->uc.raise_exception(cpu->env, UD, 0);
}
