/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID: the CPU model of the machine, with the frequencies of its clocks (Intel SDM volume 2, CPUID). */
#include <stdio.h>
#include <string.h>

#include "cpu/cpuid.h"
#include "emulator/emulator.h"
#include "guest/registers.h"

#define LEAF1_ECX_OF_APIC (1u << 21 /* x2APIC */ | 1u << 24 /* TSC deadline */)
#define LEAF1_EBX_APIC_ID 24
#define LEAF1_EDX_APIC (1u << 9)   /* while IA32_APIC_BASE enables it (SDM volume 3, 10.4.3) */

#define LEAF_TOPOLOGY 0xbu
#define LEAF_XSAVE 0xdu             /* absent */
#define LEAF_TSC 0x15u
#define LEAF_FREQUENCY 0x16u         /* the highest basic leaf */
#define LEAF_HYPERVISOR 0x40000000u
#define LEAF_TIMING 0x40000010u      /* the highest leaf of the hypervisor */
#define LEAF_EXTENDED 0x80000000u
#define LEAF_EXTENDED_AMD 0x80000021u   /* the highest */
#define LEAF_BRAND 0x80000002u       /* and the two that follow */
#define LEAF_ADDRESSES 0x80000008u
#define BRAND_BYTES 48
#define SIGNATURE_BYTES 12

/* The crystal whose multiple the TSC is, and which the timer of the local APIC counts (SDM volume 3, 10.5.4). */
#define CRYSTAL_HZ 100000000u
#define MHZ 1000000u
#define KHZ 1000u

/* EBX / EAX is the TSC's ratio to the crystal in ECX; all 0, "not enumerated", when it has no whole number of MHz. */
static vpc_leaf time_stamp(const vpc *m)
{
    if (m->tsc_hz % MHZ)
        return (vpc_leaf){0};
    return (vpc_leaf){CRYSTAL_HZ / MHZ, (uint32_t)(m->tsc_hz / MHZ), CRYSTAL_HZ, 0};
}

/* Base, maximum and bus frequency in MHz. */
static vpc_leaf frequencies(const vpc *m)
{
    uint32_t mhz = (uint32_t)((m->tsc_hz + MHZ / 2) / MHZ);
    return (vpc_leaf){mhz, mhz, CRYSTAL_HZ / MHZ, 0};
}

/* The signature stands in EBX, ECX and EDX; the timing leaf has the kHz of the TSC and of the APIC's timer. */
static vpc_leaf hypervisor(const vpc *m, uint32_t number)
{
    char signature[SIGNATURE_BYTES] = "vptop";
    vpc_leaf l = {.a = LEAF_TIMING};
    if (number == LEAF_TIMING)
        return (vpc_leaf){(uint32_t)(m->tsc_hz / KHZ), CRYSTAL_HZ / KHZ, 0, 0};
    if (number != LEAF_HYPERVISOR)
        return (vpc_leaf){0};
    memcpy(&l.b, signature, sizeof signature);
    return l;
}

/* "The processor brand string" of the SDM: 48 bytes with the frequency at its end. */
static vpc_leaf brand(const vpc *m, uint32_t number)
{
    char text[BRAND_BYTES] = "";
    vpc_leaf l;
    snprintf(text, sizeof text, "%s @ %u.%02uGHz", m->model.brand, (unsigned)(m->tsc_hz / (KHZ * MHZ)),
             (unsigned)(m->tsc_hz / (10 * MHZ) % 100));
    memcpy(&l, text + number * sizeof l, sizeof l);
    return l;
}

/* Extended leaves that the translator does not have: AMD's last one, and beyond the last, where Intel's CPUs repeat the
 * highest basic leaf. */
static vpc_leaf extended(const vpc *m, uint32_t number)
{
    if (!vpc_is_amd(m))
        return frequencies(m);
    if (number != LEAF_EXTENDED_AMD)
        return (vpc_leaf){0};
    return (vpc_leaf){.a = m->model.features[FEATURES_80000021_EAX], .c = m->model.features[FEATURES_80000021_ECX]};
}

static vpc_leaf of_model(vpc_cpu *cpu, uint32_t number, uint32_t sub)
{
    vpc_leaf l;
    cpu->machine->emulator->uc.cpuid(cpu->env, number, sub, &l.a, &l.b, &l.c, &l.d);
    if (number == 1) {
        l.b = (l.b & ~(0xffu << LEAF1_EBX_APIC_ID)) | cpu->id << LEAF1_EBX_APIC_ID;
        if (!(cpu->run.apic_msr & APIC_BASE_ENABLED)) {
            l.c &= ~LEAF1_ECX_OF_APIC;
            l.d &= ~LEAF1_EDX_APIC;
        }
    }
    if (number == LEAF_TOPOLOGY)
        l.d = cpu->id;   /* x2APIC ID */
    if (number == LEAF_EXTENDED && vpc_is_amd(cpu->machine))
        l.a = LEAF_EXTENDED_AMD;
    if (number == LEAF_ADDRESSES)
        l.a = (l.a & ~0xffu) | VPC_PHYSICAL_BITS;
    return l;
}

vpc_leaf vpc_cpuid_leaf(vpc_cpu *cpu, uint32_t number, uint32_t sub)
{
    const vpc *m = cpu->machine;
    if (number >= LEAF_HYPERVISOR && number <= LEAF_TIMING)
        return hypervisor(m, number);
    if (number >= LEAF_BRAND && number < LEAF_BRAND + BRAND_BYTES / sizeof(vpc_leaf))
        return brand(m, number - LEAF_BRAND);
    if (number > LEAF_ADDRESSES)
        return extended(m, number);
    if (number == LEAF_TSC)
        return time_stamp(m);
    if (number == LEAF_FREQUENCY)
        return frequencies(m);
    if (number == LEAF_XSAVE || (number < LEAF_FREQUENCY && number > ENV_U32(cpu->env, ENV_HIGHEST_LEAF)))
        return (vpc_leaf){0};
    vpc_leaf l = of_model(cpu, number, sub);
    if (!number)
        l.a = LEAF_FREQUENCY;
    return l;
}

/* A function of its own, so that vpc_identify saves no register. */
__attribute__((noinline)) static void ask_again(vpc_cpu *cpu, uint64_t leaf)
{
    vpc_leaf l = vpc_cpuid_leaf(cpu, (uint32_t)leaf, (uint32_t)(leaf >> 32));
    cpu->identity = (vpc_identity){true, leaf, ENV_U64(cpu->env, ENV_CR4), cpu->run.apic_msr, l.a, l.b, l.c, l.d};
}

static void answer(vpc_cpu *cpu)
{
    const vpc_identity *last = &cpu->identity;
    REG(cpu->env, VPC_RAX) = last->a;
    REG(cpu->env, VPC_RBX) = last->b;
    REG(cpu->env, VPC_RCX) = last->c;
    REG(cpu->env, VPC_RDX) = last->d;
}

void vpc_identify(vpc_cpu *cpu)
{
    const uint8_t *env = cpu->env;
    const vpc_identity *last = &cpu->identity;
    uint64_t leaf = (uint32_t)REG(env, VPC_RAX) | REG(env, VPC_RCX) << 32;
    uint64_t differs = (last->leaf ^ leaf) | (last->cr4 ^ ENV_U64(env, ENV_CR4)) | (last->apic_msr ^ cpu->run.apic_msr);
    if (__builtin_expect(differs || !last->known, 0))
        ask_again(cpu, leaf);
    answer(cpu);
}

void vpc_cpu_identity(vpc *m, uint32_t cpu, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    vpc_leaf l = vpc_cpuid_leaf(&m->cpu[cpu], leaf, subleaf);
    memcpy(out, &l, sizeof l);
}
