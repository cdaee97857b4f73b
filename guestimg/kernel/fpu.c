/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The FPU belongs to whoever used it last (Intel SDM vol. 3, 13.4): CR0.TS makes the next user trap with #NM. */
#include "kernel.h"

#define CR0_MP 0x02ull
#define CR0_EM 0x04ull
#define CR0_TS 0x08ull
#define CR0_NE 0x20ull
#define CR4_OSFXSR 0x200ull

static struct {
    u8 registers[512] __attribute__((aligned(16)));
    bool used;
} fpu_states[NTASKS];
static struct task *fpu_owner;

static u64 read_cr0(void)
{
    u64 v;
    __asm__ volatile("movq %%cr0, %0" : "=r"(v));
    return v;
}

static void write_cr0(u64 v)
{
    __asm__ volatile("movq %0, %%cr0" ::"r"(v) : "memory");
}

void fpu_init(void)
{
    u64 cr4;
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("movq %0, %%cr4" ::"r"(cr4 | CR4_OSFXSR));
    write_cr0((read_cr0() & ~CR0_EM) | CR0_MP | CR0_NE | CR0_TS);
}

void fpu_leave(const struct task *task)
{
    if (task == fpu_owner)
        write_cr0(read_cr0() | CR0_TS);
}

void fpu_forget(const struct task *task)
{
    if (task == fpu_owner)
        fpu_owner = NULL;
    fpu_states[task - process_table].used = false;
}

/* Device not available: give the FPU to the current task. */
void fpu_enter(void)
{
    u64 me = (u64)(current() - process_table);
    __asm__ volatile("clts");
    if (fpu_owner == current())
        return;
    if (fpu_owner)
        __asm__ volatile("fxsave64 %0" : "=m"(fpu_states[fpu_owner - process_table].registers));
    if (fpu_states[me].used)
        __asm__ volatile("fxrstor64 %0" ::"m"(fpu_states[me].registers));
    else
        __asm__ volatile("fninit");
    fpu_states[me].used = true;
    fpu_owner = current();
}
