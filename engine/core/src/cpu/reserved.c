/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reserved bits, non-canonical addresses, null selectors and invalid combinations (Intel SDM volume 3, 2.2.1, 2.5 and
 * 4.1.1; volume 2, each instruction). QEMU 5.0 drops such bits, or loads them, without a fault. */
#include "cpu/reserved.h"
#include "cpu/cpuid.h"
#include "cpu/exceptions.h"
#include "emulator/emulator.h"
#include "emulator/helpers.h"
#include "emulator/page_walk.h"
#include "emulator/tlb.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define CR0_NW 0x20000000u
#define CR0_CD 0x40000000u
#define CR4_OF_ALL 0x7ffu   /* VME to OSXMMEXCPT */
#define CR8_BITS 0xfu
#define CR3_PCID 0xfffu
#define CR3_NO_FLUSH (1ull << 63)
#define EFER_LME 0x100u
#define EFER_BITS (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE)

enum { IA32_SYSENTER_ESP = 0x175, IA32_SYSENTER_EIP = 0x176, IA32_EFER = 0xc0000080, IA32_LSTAR = 0xc0000082,
       IA32_CSTAR = 0xc0000083, IA32_FS_BASE = 0xc0000100, IA32_GS_BASE = 0xc0000101,
       IA32_KERNEL_GS_BASE = 0xc0000102 };

/* Which feature lets a bit of CR4 be set: leaf, whether in EBX instead of ECX, and its bit there. */
static const struct { uint8_t bit, leaf, in_ebx, feature; } features[] = {
    {11, 7, 0, 2},  /* UMIP */     {12, 7, 0, 16}, /* LA57 */  {13, 1, 0, 5},  /* VMXE */  {14, 1, 0, 6},  /* SMXE */
    {16, 7, 1, 0},  /* FSGSBASE */ {17, 1, 0, 17}, /* PCIDE */ {18, 1, 0, 26}, /* OSXSAVE */
    {20, 7, 1, 7},  /* SMEP */     {21, 7, 1, 20}, /* SMAP */  {22, 7, 0, 3},  /* PKE */
};

static bool valid_cr0(const vpc_cpu *cpu, uint64_t value)
{
    const uint8_t *env = cpu->env;
    bool paging = value & CR0_PG;
    if (value >> 32 || (paging && !(value & CR0_PE)) || (value & CR0_NW && !(value & CR0_CD)))
        return false;
    if (!paging)
        return !(ENV_U32(env, ENV_HFLAGS) & HF_CS64) && !(ENV_U64(env, ENV_CR4) & CR4_PCIDE);
    return ENV_U64(env, ENV_CR0) & CR0_PG || !(ENV_U64(env, ENV_EFER) & EFER_LME) || ENV_U64(env, ENV_CR4) & CR4_PAE;
}

/* Reserved bits of present entries of the table that CR3 points to in PAE paging (SDM volume 3, table 4-8). */
#define POINTER_RESERVED (~((1ull << VPC_PHYSICAL_BITS) - 1) | 0x1e6u)
#define POINTERS 4

static bool valid_pointers(const vpc *m, uint64_t cr3)
{
    uint64_t entry;
    for (unsigned i = 0; i < POINTERS; i++)
        if (vpc_ram_u64(m, (cr3 & 0xffffffe0u) + 8 * i, &entry) && entry & 1 && entry & POINTER_RESERVED)
            return false;
    return true;
}

static bool valid_cr3(const vpc_cpu *cpu, uint64_t value)
{
    const uint8_t *env = cpu->env;
    if (ENV_U64(env, ENV_CR4) & CR4_PCIDE)
        value &= ~CR3_NO_FLUSH;
    if (ENV_U64(env, ENV_EFER) & EFER_LMA)
        return !(value >> VPC_PHYSICAL_BITS);
    bool pae = ENV_U64(env, ENV_CR0) & CR0_PG && ENV_U64(env, ENV_CR4) & CR4_PAE;
    return !pae || valid_pointers(cpu->machine, value);
}

static bool valid_cr4(vpc_cpu *cpu, uint64_t value)
{
    uint64_t allowed = CR4_OF_ALL;
    if (ENV_U64(cpu->env, ENV_EFER) & EFER_LMA && !(value & CR4_PAE))
        return false;
    bool gets_pcids = value & ~ENV_U64(cpu->env, ENV_CR4) & CR4_PCIDE;
    if (gets_pcids && (!(ENV_U64(cpu->env, ENV_EFER) & EFER_LMA) || ENV_U64(cpu->env, ENV_CR3) & CR3_PCID))
        return false;
    if (!((value & ~ENV_U64(cpu->env, ENV_CR4)) & ~allowed))
        return true;   /* what is set already was allowed */
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        vpc_leaf leaf = vpc_cpuid_leaf(cpu, features[i].leaf, 0);
        allowed |= (uint64_t)((features[i].in_ebx ? leaf.b : leaf.c) >> features[i].feature & 1) << features[i].bit;
    }
    return !(value & ~allowed);
}

static bool valid_msr(const vpc_cpu *cpu, uint32_t number, uint64_t value)
{
    switch (number) {
    case IA32_EFER:
        return !(value & ~(uint64_t)EFER_BITS) &&
               !(ENV_U64(cpu->env, ENV_CR0) & CR0_PG && (value ^ ENV_U64(cpu->env, ENV_EFER)) & EFER_LME);
    case IA32_SYSENTER_ESP: case IA32_SYSENTER_EIP: case IA32_LSTAR: case IA32_CSTAR:
    case IA32_FS_BASE: case IA32_GS_BASE: case IA32_KERNEL_GS_BASE:
        return vpc_is_canonical(value);
    default:
        return true;
    }
}

static void require(vpc_cpu *cpu, bool valid)
{
    if (!valid)
        cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_GP, 0);
}

void vpc_check_control(vpc_cpu *cpu, int number, uint64_t value)
{
    if (!(ENV_U32(cpu->env, ENV_HFLAGS) & HF_CS64))
        value = (uint32_t)value;
    if (number == 0)
        require(cpu, valid_cr0(cpu, value));
    else if (number == 3)
        require(cpu, valid_cr3(cpu, value));
    else if (number == 4)
        require(cpu, valid_cr4(cpu, value));
    else if (number == 8)
        require(cpu, !(value & ~(uint64_t)CR8_BITS));
}

void vpc_check_msr(vpc_cpu *cpu, uint32_t number, uint64_t value) { require(cpu, valid_msr(cpu, number, value)); }

/* Helpers of translated code are called with registers in order, except RIP and the flags. */
static void require_at(vpc_cpu *cpu, bool valid, uintptr_t caller)
{
    if (valid)
        return;
    cpu->machine->emulator->uc.restore_state(cpu->state, caller, false);
    cpu->machine->emulator->uc.raise_exception(cpu->env, VPC_VECTOR_GP, 0);
}

void vpc_check_base(vpc_cpu *cpu, uint64_t base) { require_at(cpu, vpc_is_canonical(base), VPC_CALLER); }

#define SELECTOR_INDEX 0xfffcu
#define SELECTOR_LEVEL 3u

/* Code of 64 bits can make SS null, in rings 0 to 2 with their own level. QEMU's routine refuses the other cases. */
void vpc_before_segment(vpc_cpu *cpu, uint32_t segment, uint32_t selector)
{
    uint32_t flags = ENV_U32(cpu->env, ENV_HFLAGS);
    if (segment == VPC_SEG_SS && !(selector & SELECTOR_INDEX) && flags & HF_CS64)
        require_at(cpu, (selector & SELECTOR_LEVEL) == (flags & HF_CPL), VPC_CALLER);
}

void vpc_before_ltr(vpc_cpu *cpu, uint32_t selector) { require_at(cpu, selector & SELECTOR_INDEX, VPC_CALLER); }

#define MXCSR_BITS 0xffffu
#define IMAGE_ALIGNMENT 16u
#define IMAGE_MXCSR 24u       /* its place in the image of FXSAVE */

static bool valid_mxcsr(uint32_t value) { return !(value & ~MXCSR_BITS); }

void vpc_before_ldmxcsr(vpc_cpu *cpu, uint32_t value) { require_at(cpu, valid_mxcsr(value), VPC_CALLER); }

/* QEMU's routine faults where an image is not aligned, and restores no MXCSR without CR4.OSFXSR. */
void vpc_before_fxrstor(vpc_cpu *cpu, uint64_t image)
{
    uint32_t value = 0;
    if (image % IMAGE_ALIGNMENT || !(ENV_U64(cpu->env, ENV_CR4) & CR4_OSFXSR))
        return;
    vpc_tlb_ask(cpu, image, IMAGE_MXCSR + sizeof value, ACCESS_LOAD, VPC_CALLER);
    vpc_tlb_copy(cpu, image + IMAGE_MXCSR, &value, sizeof value);
    require_at(cpu, valid_mxcsr(value), VPC_CALLER);
}
