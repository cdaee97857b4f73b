/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start of the kernel, and the idle task it becomes. */
#include "kernel.h"

static void show_status(void *unused)
{
    (void)unused;
    for (;;) {
        vga_status();
        sleep_ticks(HZ);
    }
}

/* The idle task: runs what is ready, halts when nothing is. */
static _Noreturn void idle(void)
{
    for (;;) {
        cli();
        schedule();
        __asm__ volatile("sti; hlt");
    }
}

void kmain(void)
{
    memory_init();
    task_init();
    trap_init();
    fpu_init();
    irq_init();
    console_init();
    printk("tinyguest: 64-bit kernel at %x\n", KERNEL_BASE + 0x100000);
    disk_init();
    net_init();
    apic_init();
    keyboard_init();
    power_init();
    for (u64 i = 0; i < program_count; i++)
        process_new(&programs[i]);
    task_new("kstatus", show_status, NULL);
    shell_start();
    printk("tinyguest: %u processes\n", program_count);
    idle();
}
