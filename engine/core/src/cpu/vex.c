/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHLX without CR4.OSFXSR.
 *
 * BMI2 works on general registers, so it needs no support of the operating system (Intel SDM volume 2, 2.7 and the
 * exceptions of class 13). QEMU takes the prefix 66 that SHLX has for that of an instruction on XMM registers and
 * raises #UD before CR4.OSFXSR is set, as in the decompressor of Linux. From the first SHLX on, the translator
 * therefore sees the bit as set until CR4 is looked at again; instructions on XMM registers then work, too. */
#include "cpu/vex.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define VEX3 0xc4
#define MAP_BITS 0x1f
#define MAP_0F38 2
#define LENGTH_AND_PREFIX_BITS 7   /* VEX.L and VEX.pp */
#define SCALAR_66 1
#define SHLX 0xf7

bool vpc_permit_shlx(vpc_cpu *cpu)
{
    uint32_t *hflags = &ENV_U32(cpu->env, ENV_HFLAGS);
    uint64_t rip = SEGMENT_BASE(cpu->env, VPC_SEG_CS) + ENV_U64(cpu->env, ENV_EIP);
    uint8_t code[4] = {0};
    if (*hflags & HF_OSFXSR || !(ENV_U64(cpu->env, ENV_CR0) & CR0_PE) || ENV_U64(cpu->env, ENV_EFLAGS) & RFLAGS_VM)
        return false;
    vpc_read_linear(cpu->machine, cpu->id, rip, code, sizeof code);
    if (code[0] != VEX3 || (code[1] & MAP_BITS) != MAP_0F38 || (code[2] & LENGTH_AND_PREFIX_BITS) != SCALAR_66 ||
        code[3] != SHLX)
        return false;
    *hflags |= HF_OSFXSR;
    return true;
}
