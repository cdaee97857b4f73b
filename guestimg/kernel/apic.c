/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC (Intel SDM vol. 3, chapter 11), where there is one, sends this CPU non-maskable interrupts. */
#include "kernel.h"

#define MSR_APIC_BASE 0x1b
#define APIC_ENABLED 0x800ull
#define CPUID_APIC (1u << 9)
#define APIC_ID 0x20
#define APIC_VERSION 0x30
#define ICR_LOW 0x300
#define ICR_HIGH 0x310
#define ICR_ASSERT_NMI 0x4400

static volatile u32 *apic;      /* NULL: none */

void apic_init(void)
{
    u32 a = 1, b, c = 0, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    u64 base = d & CPUID_APIC ? rdmsr(MSR_APIC_BASE) : 0;
    if (!(base & APIC_ENABLED))
        return;
    volatile u32 *registers = map_device(base & 0xffffff000ull);
    u32 version = registers[APIC_VERSION / 4] & 0xff;
    if (version >= 0x10 && version < 0x20) {    /* an integrated APIC, and not what reads where nothing is */
        apic = registers;
        printk("apic: version %x\n", (u64)version);
    }
}

bool nmi_send(void)
{
    if (!apic)
        return false;
    u64 flags = save_flags();
    apic[ICR_HIGH / 4] = apic[APIC_ID / 4] & 0xff000000u;
    apic[ICR_LOW / 4] = ICR_ASSERT_NMI;
    restore_flags(flags);
    return true;
}
