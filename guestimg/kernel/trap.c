/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables, the 8259 pair and the 8254, exceptions, interrupts and system calls. */
#include "kernel.h"

#define PIC1 0x20
#define PIC2 0xa0
#define PIT_HZ 1193182
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define SEL_CODE 0x08
#define SEL_TSS 0x28

struct __attribute__((packed)) table_pointer {
    u16 limit;
    u64 base;
};

static u64 gdt[7] = {0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cff3000000ffff, 0x00affb000000ffff};
static struct {
    u64 low, high;
} idt[256];
static u32 tss[26];
static u8 fault_stack[4096] __attribute__((aligned(16)));
extern u8 vectors[];
extern void syscall_entry(void);

void tss_set_stack(u64 rsp0)
{
    tss[1] = (u32)rsp0;
    tss[2] = (u32)(rsp0 >> 32);
}

static void set_gate(u64 vector, u64 ist, u64 dpl)
{
    u64 address = (u64)vectors + vector * 16;
    idt[vector].low = (address & 0xffff) | SEL_CODE << 16 | ist << 32 | (0x8e00 | dpl << 13) << 32 | (address >> 16 & 0xffff) << 48;
    idt[vector].high = address >> 32;
}

static void tables_init(void)
{
    u64 base = (u64)tss, ist1 = (u64)fault_stack + sizeof fault_stack;
    tss[9] = (u32)ist1;
    tss[10] = (u32)(ist1 >> 32);
    tss[25] = sizeof tss << 16;
    gdt[5] = (sizeof tss - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    gdt[6] = base >> 32;
    for (u64 i = 0; i < 256; i++)
        set_gate(i, i == 8 ? 1 : 0, i == 3 || i == 4 ? 3 : 0);
    struct table_pointer g = {sizeof gdt - 1, (u64)gdt}, d = {sizeof idt - 1, (u64)idt};
    __asm__ volatile("lgdt %0; lidt %1; ltr %w2\n"
                     "movl %3, %%ds; movl %3, %%es; movl %3, %%ss\n"
                     "pushq $0x08; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:" ::"m"(g), "m"(d), "r"(SEL_TSS), "r"(0x10)
                     : "rax", "memory");
}

static void pic_init(void)
{
    static const u8 words[][2] = {{PIC1, 0x11}, {PIC2, 0x11}, {PIC1 + 1, IRQ_BASE}, {PIC2 + 1, IRQ_BASE + 8},
                                  {PIC1 + 1, 4}, {PIC2 + 1, 2}, {PIC1 + 1, 1}, {PIC2 + 1, 1}};
    for (u64 i = 0; i < sizeof words / sizeof *words; i++)
        outb(words[i][0], words[i][1]);
    outb(PIC1 + 1, (u8)~(1 << IRQ_TIMER | 1 << 2 | 1 << IRQ_SERIAL));
    outb(PIC2 + 1, (u8)~(1 << (IRQ_DISK - 8)));
}

void trap_init(void)
{
    u16 divisor = PIT_HZ / HZ;
    tables_init();
    pic_init();
    outb(0x43, 0x34);           /* channel 0, rate generator */
    outb(0x40, divisor & 0xff);
    outb(0x40, divisor >> 8);
    wrmsr(MSR_STAR, 0x08ull << 32 | 0x10ull << 48);     /* SYSRET: CS = 0x10 + 16, SS = 0x10 + 8 */
    wrmsr(MSR_LSTAR, (u64)syscall_entry);
    wrmsr(MSR_FMASK, 0x47700);
}

/* A machine that cannot go on resets itself: no IDT, then an exception. */
_Noreturn void panic(const char *why)
{
    struct table_pointer none = {0, 0};
    cli();
    printk("panic: %s\n", why);
    __asm__ volatile("lidt %0; int3" ::"m"(none));
    for (;;)
        __asm__ volatile("hlt");
}

static void acknowledge(u64 irq)
{
    if (irq >= 8)
        outb(PIC2, 0x20);
    outb(PIC1, 0x20);
}

static void interrupt(u64 irq)
{
    guest_counters.interrupts[irq]++;
    if (irq == IRQ_TIMER)
        timer_tick();
    else if (irq == IRQ_DISK)
        disk_interrupt();
    else if (irq == IRQ_SERIAL)
        serial_interrupt();
    acknowledge(irq);
}

/* Errors a process may catch go to its handler, with the address of the instruction as argument. */
static bool deliver_signal(struct trap *t)
{
    struct task *task = current();
    if (!task->signal_handler)
        return false;
    guest_counters.signals++;
    t->rdi = t->vector;
    t->rsi = t->rip;
    t->rip = task->signal_handler;
    t->rsp = (t->rsp & ~15ull) - 128 - 8;
    return true;
}

static void exception(struct trap *t)
{
    u64 address;
    __asm__ volatile("movq %%cr2, %0" : "=r"(address));
    guest_counters.exceptions[t->vector]++;
    if (t->vector == 14 && page_fault(t, address))
        return;
    if ((t->cs & 3) && t->vector != 8 && deliver_signal(t))
        return;
    printk("%s[%u]: exception %u error %x at %x address %x\n", current()->comm, current()->pid, t->vector, t->error, t->rip,
           address);
    if (!(t->cs & 3))
        panic("exception in the kernel");
    current()->state = TASK_STOPPED;
    schedule();
}

void trap(struct trap *t)
{
    if (t->vector < 32)
        exception(t);
    else if (t->vector < IRQ_BASE + 16)
        interrupt(t->vector - IRQ_BASE);
    if ((t->cs & 3) && need_resched)
        schedule();
}

/* --- system calls: number in RAX, arguments in RDI RSI RDX, result in RAX ----------------------------------------- */

static u64 sys_write(u64 text, u64 bytes)
{
    if (bytes > 256 || !fault_in(text, bytes))
        return (u64)-1;
    console_write((const char *)text, bytes);
    return bytes;
}

static u64 sys_sleep(u64 milliseconds)
{
    sleep_ticks((milliseconds * HZ + 999) / 1000);
    return 0;
}

static u64 sys_map(u64 bytes)
{
    if (bytes > MAP_LIMIT - MAP_BASE)
        return 0;
    current()->mapped = bytes;
    return MAP_BASE;
}

static u64 sys_unmap(void)
{
    unmap_range(current()->cr3, MAP_BASE, MAP_BASE + current()->mapped);
    current()->mapped = 0;
    return 0;
}

static u64 sys_disk(struct trap *t, bool write)
{
    if (t->rsi > 128 || !fault_in(t->rdx, t->rsi * 512))
        return (u64)-1;
    return disk_transfer(t->rdi, t->rsi, t->rdx, write);
}

static u64 sys_port(u64 port)
{
    return port == 0x80 || port == 0x71 ? inb((u16)port) : (u64)-1;
}

static u64 dispatch(struct trap *t)
{
    switch (t->rax) {
    case 0: return sys_getpid();
    case 1: return sys_write(t->rdi, t->rsi);
    case 2: return sys_sleep(t->rdi);
    case 3: return guest_counters.ticks * 1000 / HZ;
    case 4: return sys_map(t->rdi);
    case 5: return sys_unmap();
    case 6: return sys_disk(t, false);
    case 7: return sys_disk(t, true);
    case 8: return current()->signal_handler = t->rdi;
    case 9: return sys_port(t->rdi);
    default: return (u64)-1;
    }
}

void syscall(struct trap *t)
{
    guest_counters.syscalls++;
    sti();
    t->rax = dispatch(t);
    cli();
    if (need_resched)
        schedule();
}
