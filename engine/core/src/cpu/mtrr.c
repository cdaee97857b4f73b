/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory type range registers and the page attribute table (Intel SDM volume 3, 12.11 and 12.12). All memory has one
 * type here; the registers keep what guests write. */
#include "cpu/mtrr.h"
#include "guest/registers.h"

enum { IA32_MTRR_PHYSBASE0 = 0x200, IA32_PAT = 0x277, IA32_MTRR_DEF_TYPE = 0x2ff };
enum { UNCACHEABLE = 0, WRITE_PROTECTED = 5, WRITE_BACK = 6, UNCACHED = 7 };

#define FIRST_4K_RANGE 3          /* of the fixed ones: 64 KiB, 16 KiB twice, 4 KiB eight times */
#define DEFAULT_TYPE_BITS 0xcffu  /* type, fixed ranges enabled, enabled */
#define ENABLED 0xc00u
#define MASK_VALID 0x800u
#define ADDRESS_BITS (((1ull << VPC_PHYSICAL_BITS) - 1) & ~0xfffull)
#define DEVICES 0xc0000000ull     /* to 4 GiB: no RAM is there */
#define EACH_BYTE 0x0101010101010101ull
#define RESET_PAT 0x0007040600070406ull   /* SDM volume 3, table 12-12 */

static const uint32_t fixed[VPC_FIXED_MTRRS] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
                                                0x26b, 0x26c, 0x26d, 0x26e, 0x26f};

void vpc_mtrr_reset(vpc_cpu *cpu)
{
    vpc_mtrrs *mtrrs = &cpu->run.mtrrs;
    *mtrrs = (vpc_mtrrs){.default_type = ENABLED | WRITE_BACK, .pat = RESET_PAT};
    mtrrs->fixed[0] = mtrrs->fixed[1] = EACH_BYTE * WRITE_BACK;
    for (int i = FIRST_4K_RANGE; i < VPC_FIXED_MTRRS; i++)
        mtrrs->fixed[i] = EACH_BYTE * WRITE_PROTECTED;
    mtrrs->variable[0] = DEVICES | UNCACHEABLE;
    mtrrs->variable[1] = (ADDRESS_BITS & ~((1ull << 32) - DEVICES - 1)) | MASK_VALID;
}

uint64_t *vpc_mtrr_find(vpc_cpu *cpu, uint32_t number)
{
    vpc_mtrrs *mtrrs = &cpu->run.mtrrs;
    if (number - IA32_MTRR_PHYSBASE0 < 2 * VPC_VARIABLE_MTRRS)
        return &mtrrs->variable[number - IA32_MTRR_PHYSBASE0];
    for (int i = 0; i < VPC_FIXED_MTRRS; i++)
        if (fixed[i] == number)
            return &mtrrs->fixed[i];
    return number == IA32_MTRR_DEF_TYPE ? &mtrrs->default_type : number == IA32_PAT ? &mtrrs->pat : NULL;
}

static bool is_type(uint64_t type) { return type <= WRITE_BACK && type != 2 && type != 3; }

static bool are_types(uint64_t value, bool of_pages)
{
    for (int i = 0; i < 64; i += 8)
        if (!is_type(value >> i & 0xff) && !(of_pages && (value >> i & 0xff) == UNCACHED))
            return false;
    return true;
}

bool vpc_mtrr_valid(uint32_t number, uint64_t value)
{
    if (number == IA32_MTRR_DEF_TYPE)
        return !(value & ~(uint64_t)DEFAULT_TYPE_BITS) && is_type(value & 0xff);
    if (number - IA32_MTRR_PHYSBASE0 >= 2 * VPC_VARIABLE_MTRRS)
        return are_types(value, number == IA32_PAT);
    if (number & 1)   /* a mask */
        return !(value & ~(ADDRESS_BITS | MASK_VALID));
    return !(value & ~(ADDRESS_BITS | 0xff)) && is_type(value & 0xff);
}
