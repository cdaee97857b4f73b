/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables, exceptions and the signals they become. */
#include "kernel.h"

#define FIRST_IRQ 0x20
#define DOUBLE_FAULT 8
#define PAGE_FAULT 14
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define SEL_CODE 0x08
#define SEL_TSS 0x28
#define IST_DOUBLE_FAULT 1
#define IST_NMI 2
#define NMI 2
#define NO_DEVICE 7
#define USER_FLAGS 0xcd5ull     /* what a process may set of RFLAGS: arithmetic flags and direction */
#define FIXED_FLAGS 0x202ull    /* IF, and the bit that is always 1 */

struct __attribute__((packed)) table_pointer {
    u16 limit;
    u64 base;
};

static u64 gdt[] = {
    0,
    0x00af9b000000ffff,         /* 08 kernel code */
    0x00cf93000000ffff,         /* 10 kernel data */
    0x00cff3000000ffff,         /* 18 process data */
    0x00affb000000ffff,         /* 20 process code */
    0, 0,                       /* 28 task state segment */
    0x00cf73000000ffff,         /* 38 process data that is not present, for crashme */
};
static struct {
    u64 low, high;
} idt[256];
static u32 tss[26];
static u8 fault_stack[4096] __attribute__((aligned(16)));
static u8 nmi_stack[4096] __attribute__((aligned(16)));
extern u8 vectors[];
extern void nmi_entry(void);
extern void syscall_entry(void);

void tss_set_stack(u64 rsp0)
{
    tss[1] = (u32)rsp0;
    tss[2] = (u32)(rsp0 >> 32);
}

static void set_gate(u64 vector, u64 address, u64 ist, u64 dpl)
{
    u64 attributes = ist | 0x8e00 | dpl << 13;      /* present, interrupt gate */
    idt[vector].low = (address & 0xffff) | SEL_CODE << 16 | attributes << 32 | (address >> 16 & 0xffff) << 48;
    idt[vector].high = address >> 32;
}

/* Interrupt stacks of the TSS (Intel SDM vol. 3, figure 8-11). */
static void set_stack(u64 ist, u64 top)
{
    tss[7 + 2 * ist] = (u32)top;
    tss[8 + 2 * ist] = (u32)(top >> 32);
}

static void tables_init(void)
{
    u64 base = (u64)tss;
    set_stack(IST_DOUBLE_FAULT, (u64)fault_stack + sizeof fault_stack);
    set_stack(IST_NMI, (u64)nmi_stack + sizeof nmi_stack);
    tss[25] = sizeof tss << 16;
    gdt[5] = (sizeof tss - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    gdt[6] = base >> 32;
    for (u64 i = 0; i < 256; i++)
        set_gate(i, (u64)vectors + i * 16, i == DOUBLE_FAULT ? IST_DOUBLE_FAULT : 0, i == 3 || i == 4 ? 3 : 0);
    set_gate(NMI, (u64)nmi_entry, IST_NMI, 0);
    struct table_pointer g = {sizeof gdt - 1, (u64)gdt}, d = {sizeof idt - 1, (u64)idt};
    __asm__ volatile("lgdt %0; lidt %1; ltr %w2\n"
                     "movl %3, %%ds; movl %3, %%es; movl %3, %%ss\n"
                     "pushq $0x08; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:"
                     ::"m"(g), "m"(d), "r"(SEL_TSS), "r"(0x10) : "rax", "memory");
}

void trap_init(void)
{
    tables_init();
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

static void stop_process(void)
{
    current()->state = TASK_STOPPED;
    schedule();
}

/* What a handler finds at RSP: a frame record that leads walks to what was interrupted, then all registers, which it
 * may change before it calls signal_return. Vector in RDI, registers in RSI. */
struct signal_frame {
    u64 rbp, rip;
    struct trap registers;
};

static bool deliver_signal(struct trap *t)
{
    u64 handler = current()->signal_handler, at = (t->rsp - sizeof(struct signal_frame)) & ~15ull;
    struct signal_frame *frame = (struct signal_frame *)at;
    if (!handler || !fault_in(at, sizeof *frame, true))
        return false;
    guest_counters.signals++;
    frame->rbp = t->rbp;
    frame->rip = t->rip;
    frame->registers = *t;
    t->rdi = t->vector;
    t->rsi = (u64)&frame->registers;
    t->rip = handler;
    t->rsp = t->rbp = at;
    t->rflags = FIXED_FLAGS;
    return true;
}

/* Go on with the registers a handler left; segments and privilege stay. */
void signal_return(struct trap *t, u64 registers)
{
    struct trap wanted;
    if (!fault_in(registers, sizeof wanted, false))
        stop_process();
    memcpy(&wanted, (const void *)registers, sizeof wanted);
    if (wanted.rip >= STACK_TOP)
        stop_process();
    wanted.vector = t->vector;
    wanted.cs = t->cs;
    wanted.ss = t->ss;
    wanted.rflags = (wanted.rflags & USER_FLAGS) | FIXED_FLAGS;
    *t = wanted;
}

static void exception(struct trap *t)
{
    u64 address;
    __asm__ volatile("movq %%cr2, %0" : "=r"(address));
    guest_counters.exceptions[t->vector]++;
    if (t->vector == PAGE_FAULT && page_fault(t, address))
        return;
    if (t->vector == NO_DEVICE && (t->cs & 3)) {
        fpu_enter();
        return;
    }
    if ((t->cs & 3) && t->vector != DOUBLE_FAULT && deliver_signal(t))
        return;
    printk("%s[%u]: exception %u error %x at %x address %x\n", current()->comm, current()->pid, t->vector, t->error,
           t->rip, address);
    if (!(t->cs & 3))
        panic("exception in the kernel");
    stop_process();
}

/* Comes at any moment, also before an entry has its GS and its stack: counts, and touches nothing else. */
void nmi(void)
{
    guest_counters.nmis++;
}

void trap(struct trap *t)
{
    if (t->vector < 32)
        exception(t);
    else if (t->vector < FIRST_IRQ + NIRQS)
        irq_interrupt(t->vector - FIRST_IRQ);
    if ((t->cs & 3) && (need_resched || current()->held))
        schedule();
}
