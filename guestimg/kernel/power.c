/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power off and the power button through ACPI (Advanced Configuration and Power Interface Specification 1.0b), reset
 * through the 8042. */
#include "kernel.h"

#define KEYBOARD_COMMAND 0x64
#define PULSE_RESET 0xfe
#define BIOS_AREA 0xe0000ull
#define BIOS_END 0x100000ull
#define RSDP_RSDT 16
#define RSDP_BYTES 20
#define HEADER_LENGTH 4
#define HEADER_BYTES 36
#define FADT_DSDT 40
#define FADT_SCI 46
#define FADT_SMI_COMMAND 48
#define FADT_ACPI_ENABLE 52
#define FADT_PM1A_EVENT 56
#define FADT_PM1A_CONTROL 64
#define FADT_PM1_EVENT_BYTES 88
#define POWER_BUTTON 0x100
#define SCI_LINES 16
#define SCI_ENABLE 1
#define SLEEP_ENABLE 0x2000
#define AML_PACKAGE 0x12
#define AML_BYTE 0x0a

_Noreturn void reboot(void)
{
    cli();
    outb(KEYBOARD_COMMAND, PULSE_RESET);
    panic("the keyboard controller does not reset");
}

static u32 word_of(u64 table, u64 offset)
{
    u32 value;
    physical_read(table + offset, &value, sizeof value);
    return value;
}

static bool signed_as(u64 table, const char *name, u64 bytes)
{
    char found[8];
    physical_read(table, found, bytes);
    return !strncmp(found, name, bytes);
}

/* 5.2.4: the pointer lies on a 16-byte boundary below 1 MiB, and its bytes add up to 0. */
static bool is_root_pointer(u64 at)
{
    u8 bytes[RSDP_BYTES], sum = 0;
    if (!signed_as(at, "RSD PTR ", 8))
        return false;
    physical_read(at, bytes, sizeof bytes);
    for (u64 i = 0; i < sizeof bytes; i++)
        sum += bytes[i];
    return !sum;
}

static u64 find_fadt(void)
{
    for (u64 at = BIOS_AREA; at < BIOS_END; at += 16) {
        if (!is_root_pointer(at))
            continue;
        u64 rsdt = word_of(at, RSDP_RSDT);
        for (u64 entry = HEADER_BYTES; entry < word_of(rsdt, HEADER_LENGTH); entry += 4)
            if (signed_as(word_of(rsdt, entry), "FACP", 4))
                return word_of(rsdt, entry);
    }
    return 0;
}

/* 7.5.2: SLP_TYP for PM1a is the first element of \_S5, a package of small integers (AML: 16.2). -1: not there. */
static int sleep_type(u64 dsdt)
{
    u64 length = word_of(dsdt, HEADER_LENGTH);
    for (u64 at = HEADER_BYTES; at + 12 < length; at++) {
        u8 code[8];
        if (!signed_as(dsdt + at, "_S5_", 4))
            continue;
        physical_read(dsdt + at + 4, code, sizeof code);    /* package, its length in 1 to 4 bytes, element count */
        u64 first = 3 + (code[1] >> 6);
        if (code[0] == AML_PACKAGE && first < sizeof code - 1)
            return code[code[first] == AML_BYTE ? first + 1 : first] & 7;
    }
    return -1;
}

static struct {
    u16 status, enable, control;        /* ports; control 0: there is no ACPI */
    u16 sleep;                          /* what to write to the control register to switch off */
} acpi;

static void switch_off(void)
{
    printk("power: off\n");
    cli();
    outw(acpi.control, acpi.sleep);
}

/* 4.7.2.2: the button is a fixed event, whose status is cleared by writing 1. */
static void sci_interrupt(void)
{
    if (!(inw(acpi.status) & POWER_BUTTON))
        return;
    outw(acpi.status, POWER_BUTTON);
    printk("power: button\n");
    switch_off();
}

/* Takes the machine's power management over from the firmware and listens to the power button. */
void power_init(void)
{
    u64 fadt = find_fadt();
    int type = fadt ? sleep_type(word_of(fadt, FADT_DSDT)) : -1;
    if (type < 0)
        return;
    u16 smi = (u16)word_of(fadt, FADT_SMI_COMMAND), line = (u16)word_of(fadt, FADT_SCI);
    acpi.control = (u16)word_of(fadt, FADT_PM1A_CONTROL);
    acpi.status = (u16)word_of(fadt, FADT_PM1A_EVENT);
    acpi.enable = acpi.status + (word_of(fadt, FADT_PM1_EVENT_BYTES) & 0xff) / 2;
    acpi.sleep = (u16)(type << 10 | SLEEP_ENABLE);
    if (smi && !(inw(acpi.control) & SCI_ENABLE))
        outb(smi, (u8)word_of(fadt, FADT_ACPI_ENABLE));
    if (line < SCI_LINES) {
        irq_enable(line, sci_interrupt);
        outw(acpi.enable, POWER_BUTTON);
    }
}

/* Returns when the machine cannot be switched off. */
void power_off(void)
{
    if (!acpi.control) {
        printk("power: no ACPI\n");
        return;
    }
    switch_off();
    sti();
    sleep_ticks(HZ);
}
