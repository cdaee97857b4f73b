/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protection of ports by IOPL and by the I/O permission bit map of the TSS (Intel SDM volume 1, 19.5). Unicorn's
 * translator leaves these checks out. */
#include "cpu/permission.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define IOPL_SHIFT 12
#define TSS_TYPE_SHIFT 8
#define TSS_TYPES 0xfu
#define TSS_BUSY 2u
#define TSS_AVAILABLE 9u          /* of 32 or 64 bits (SDM volume 3, table 3-2) */
#define TSS_BIT_MAP_BASE 0x66u    /* SDM volume 3, figures 8-2 and 8-11 */
#define TSS_LEAST_LIMIT 0x67u

/* The bits of the ports that an access touches, and whether all of them are clear. Two bytes are read whatever the
 * port. */
static bool bit_map_permits(const vpc_cpu *cpu, uint32_t port, uint32_t bytes)
{
    const uint8_t *task = cpu->env + ENV_TR;
    uint64_t base = ENV_U64(task, SEG_BASE);
    uint32_t limit = ENV_U32(task, SEG_LIMIT), type = ENV_U32(task, SEG_FLAGS) >> TSS_TYPE_SHIFT & TSS_TYPES;
    uint16_t map = 0, bits = 0;
    if ((type & ~TSS_BUSY) != TSS_AVAILABLE || limit < TSS_LEAST_LIMIT ||
        vpc_linear_copy(cpu->machine, cpu, base + TSS_BIT_MAP_BASE, (uint8_t *)&map, 2) != 2)
        return false;
    uint32_t offset = map + port / 8;
    if (offset + 1 > limit || vpc_linear_copy(cpu->machine, cpu, base + offset, (uint8_t *)&bits, 2) != 2)
        return false;
    return !(bits >> port % 8 & ((1u << bytes) - 1));
}

bool vpc_may_use_port(const vpc_cpu *cpu, uint32_t port, uint32_t bytes)
{
    uint64_t flags = ENV_U64(cpu->env, ENV_EFLAGS);
    uint32_t cpl = ENV_U32(cpu->env, ENV_HFLAGS) & HF_CPL;
    if (!(ENV_U64(cpu->env, ENV_CR0) & CR0_PE) || (!(flags & RFLAGS_VM) && cpl <= (flags >> IOPL_SHIFT & 3)))
        return true;
    return bit_map_permits(cpu, port, bytes);
}
