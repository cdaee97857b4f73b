/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State that the processor and its manuals name by numbers: general registers as instructions encode them, fields of
 * the VMCS (SDM volume 3, appendix B), and model-specific registers (SDM volume 4, chapter 2). */
#include "vp/numbered.h"
#include "guest/registers.h"

/* The eight segments of the guest-state area follow each other in steps of 2; so do their limits, rights and bases. */
enum { VMCS_SELECTOR = 0x800, VMCS_LIMIT = 0x4800, VMCS_RIGHTS = 0x4814, VMCS_BASE = 0x6806, VMCS_SEGMENTS = 8 };
static const uint16_t segments[VMCS_SEGMENTS] = {
    VPC_VAR_ES, VPC_VAR_CS, VPC_VAR_SS, VPC_VAR_DS, VPC_VAR_FS, VPC_VAR_GS, VPC_VAR_LDTR, VPC_VAR_TR,
};

static const struct { uint16_t field, variable; } fields[] = {
    {0x2806, VPC_VAR_EFER},
    {0x4016, VPC_VAR_VMCS_VMENTRY_INTR_INFO}, {0x4018, VPC_VAR_VMCS_VMENTRYXCP_ERR},
    {0x4402, VPC_VAR_VMCS_EXIT_REASON}, {0x4404, VPC_VAR_VMCS_INTR_INFO}, {0x4406, VPC_VAR_VMCS_INTR_ERR},
    {0x4408, VPC_VAR_VMCS_IDTVEC_INFO}, {0x440a, VPC_VAR_VMCS_IDTVEC_ERR}, {0x440c, VPC_VAR_VMCS_INSTRLEN},
    {0x440e, VPC_VAR_VMCS_INSTR_INFO},
    {0x4810, VPC_VAR_GDTRLIMIT}, {0x4812, VPC_VAR_IDTRLIMIT},
    {0x6400, VPC_VAR_VMCS_EXIT_QUAL},
    {0x6800, VPC_VAR_CR0}, {0x6802, VPC_VAR_CR3}, {0x6804, VPC_VAR_CR4},
    {0x6816, VPC_VAR_GDTRBASE}, {0x6818, VPC_VAR_IDTRBASE},
    {0x681a, VPC_VAR_DR7}, {0x681c, VPC_VAR_RSP}, {0x681e, VPC_VAR_RIP}, {0x6820, VPC_VAR_RFLAGS},
};

static int absent(vpc_firing *f, uint64_t number)
{
    f->detail = number;
    return VPC_RUNTIME_ABSENT;
}

static int outside(vpc_firing *f, uint32_t variable)
{
    f->detail = variable;
    return VPC_RUNTIME_NO_VCPU;
}

int vpc_load_gpr(vpc_firing *f, uint64_t number, uint64_t *out)
{
    if (!f->cpu)
        return outside(f, VPC_VAR_RAX);
    if (number >= VPC_GENERAL_REGISTERS)
        return absent(f, number);
    *out = REG(f->cpu->env, number);
    return VPC_RUNTIME_NONE;
}

/* The part of a segment that a field names: in the order of variables.h, selector, rights, base, limit. */
static bool segment_field(uint64_t number, uint32_t *variable)
{
    static const uint16_t first[] = {VMCS_SELECTOR, VMCS_RIGHTS, VMCS_BASE, VMCS_LIMIT};
    for (uint32_t part = 0; part < 4; part++) {
        uint64_t index = (number - first[part]) / 2;
        if (number < first[part] || number % 2 || index >= VMCS_SEGMENTS)
            continue;
        *variable = segments[index] + part;
        return true;
    }
    return false;
}

int vpc_load_vmcs(vpc_firing *f, uint64_t number, uint64_t *out)
{
    uint32_t variable;
    if (!f->cpu)
        return outside(f, VPC_VAR_VMCS_EXIT_REASON);
    if (segment_field(number, &variable))
        return vpc_variable(f->machine, f->cpu, NULL, variable, out);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].field == number)
            return vpc_variable(f->machine, f->cpu, NULL, fields[i].variable, out);
    return absent(f, number);
}

int vpc_load_msr(vpc_firing *f, uint64_t number, uint64_t *out)
{
    static const struct { uint32_t msr; uint16_t offset; uint8_t bytes; } kept[] = {
        {0x174, ENV_SYSENTER_CS, 4},       {0x175, ENV_SYSENTER_ESP, 8},     {0x176, ENV_SYSENTER_EIP, 8},
        {0xc0000080, ENV_EFER, 8},         {0xc0000081, ENV_STAR, 8},        {0xc0000082, ENV_LSTAR, 8},
        {0xc0000083, ENV_CSTAR, 8},        {0xc0000084, ENV_FMASK, 8},
        {0xc0000100, ENV_SEGS + VPC_SEG_FS * ENV_SEG_BYTES + SEG_BASE, 8},
        {0xc0000101, ENV_SEGS + VPC_SEG_GS * ENV_SEG_BYTES + SEG_BASE, 8},
        {0xc0000102, ENV_KERNELGSBASE, 8}, {0xc0000103, ENV_TSC_AUX, 8},
    };
    vpc *m = f->machine;
    if (!f->cpu)
        return outside(f, VPC_VAR_EFER);
    switch (number) {
    case 0x10: *out = m->ticks + f->cpu->run.tsc_offset; return VPC_RUNTIME_NONE;
    case 0x1b: *out = f->cpu->run.apic_msr; return VPC_RUNTIME_NONE;
    default: break;
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i].msr == number) {
            const uint8_t *env = f->cpu->env;
            *out = kept[i].bytes == 4 ? ENV_U32(env, kept[i].offset) : ENV_U64(env, kept[i].offset);
            return VPC_RUNTIME_NONE;
        }
    return absent(f, number);
}
