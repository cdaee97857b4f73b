/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasks and the round-robin scheduler. The kernel itself is not preempted: a task gives way when it waits, and on the
 * way back to user mode when its slice is over. */
#include "kernel.h"

#define SLICE 3                 /* ticks */
#define STACK_PAGES 4
#define MSR_GS_BASE 0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102

struct percpu percpu;
struct counters guest_counters;
struct task process_table[NTASKS];
volatile bool need_resched;
static u64 next_pid;
static u64 slice_left;
extern u8 boot_stack_top[];

char *strncpy(char *to, const char *from, u64 n)
{
    u64 i = 0;
    for (; i < n && from[i]; i++)
        to[i] = from[i];
    for (; i < n; i++)
        to[i] = 0;
    return to;
}

int strncmp(const char *a, const char *b, u64 n)
{
    u64 i = 0;
    while (i < n && a[i] && a[i] == b[i])
        i++;
    return i == n ? 0 : a[i] - b[i];
}

u64 sys_getpid(void)
{
    return current()->pid;
}

char *get_task_comm(char *to, struct task *task)
{
    strncpy(to, task->comm, sizeof task->comm);
    return to;
}

static u64 kernel_cr3(void)
{
    u64 cr3;
    __asm__ volatile("movq %%cr3, %0" : "=r"(cr3));
    return cr3;
}

void task_init(void)
{
    struct task *idle = &process_table[0];
    strncpy(idle->comm, "swapper", sizeof idle->comm);
    idle->state = TASK_READY;
    idle->cr3 = kernel_cr3();
    idle->pid = next_pid++;
    idle->stack_top = (u64)boot_stack_top;
    percpu.current = idle;
    percpu.kernel_rsp = idle->stack_top;
    wrmsr(MSR_GS_BASE, (u64)&percpu);
    wrmsr(MSR_KERNEL_GS_BASE, 0);
}

static u64 new_stack(void)
{
    u64 first = page_alloc(), last = first;
    for (int i = 1; i < STACK_PAGES; i++) {
        last = page_alloc();
        if (last != first + PAGE * (u64)i)
            panic("kernel stack is not contiguous");
    }
    return (u64)virt(last + PAGE);
}

/* Let a task begin in a function of the kernel. */
static void begin(struct task *task, void (*entry)(void *), void *argument)
{
    u64 *sp = (u64 *)task->stack_top - 8;
    sp[4] = (u64)entry;             /* rbx, as switch_to pops */
    sp[3] = (u64)argument;          /* r12 */
    sp[5] = 0;                      /* rbp */
    sp[6] = (u64)task_start;
    task->rsp = (u64)sp;
    task->signal_handler = task->mapped = task->held = 0;
    task->state = TASK_READY;
}

struct task *task_new(const char *name, void (*entry)(void *), void *argument)
{
    u64 flags = save_flags();
    struct task *task = NULL;
    for (int i = 1; i < NTASKS && !task; i++)
        if (process_table[i].state == TASK_FREE)
            task = &process_table[i];
    if (!task)
        panic("process table is full");
    task->stack_top = new_stack();
    strncpy(task->comm, name, sizeof task->comm - 1);
    task->pid = next_pid++;
    task->cr3 = process_table[0].cr3;
    begin(task, entry, argument);
    restore_flags(flags);
    return task;
}

static const char environment[] = "HOME=/\0PATH=/bin\0TERM=vt220";
#define AT_PAGESZ 6

/* What a process finds on its stack: argc, argv, environment and auxiliary vector, as the System V ABI for x86-64 has
 * them (figure 3.9), below a return address of 0 that ends walks along the frame pointers. */
static u64 first_stack(const char *name)
{
    if (!fault_in(STACK_TOP - PAGE, PAGE, true))
        panic("no stack");
    u64 page = STACK_TOP - PAGE, text = STACK_TOP - sizeof environment - 24;
    char *here = virt(user_translate(current()->cr3, page));
    memcpy(here + (text - page), environment, sizeof environment);
    strncpy(here + (text - page) + sizeof environment, name, 16);
    u64 words[] = {0, 1, text + sizeof environment, 0, text, text + 7, text + 17, 0, AT_PAGESZ, PAGE, 0, 0};
    u64 top = (text - sizeof words) & ~15ull;
    memcpy(here + (top - page), words, sizeof words);
    return top;
}

/* First steps of a process: from its kernel stack to ring 3. */
static void enter_user(void *argument)
{
    const struct program *program = argument;
    u64 stack = first_stack(program->name);
    cli();
    wrmsr(MSR_KERNEL_GS_BASE, 0);
    __asm__ volatile(
        "pushq $0x1b; pushq %0; pushq $0x202; pushq $0x23; pushq %1\n"
        "xorl %%eax, %%eax; xorl %%ebx, %%ebx; xorl %%edx, %%edx; xorl %%esi, %%esi; xorl %%edi, %%edi\n"
        "xorl %%ebp, %%ebp; swapgs; iretq" ::"r"(stack), "r"(program->entry) : "memory");
    __builtin_unreachable();
}

void process_new(const struct program *program)
{
    u64 flags = save_flags();
    struct task *task = task_new(program->name, enter_user, (void *)program);
    task->program = program;
    task->cr3 = address_space_new();
    restore_flags(flags);
}

static struct task *find_process(const char *name)
{
    for (int i = 1; i < NTASKS; i++)
        if (process_table[i].program && !strncmp(process_table[i].comm, name, sizeof process_table[i].comm))
            return &process_table[i];
    return NULL;
}

/* Schedule a process no more, whatever it waits for but the disk. False: there is none; kernel threads cannot be held. */
bool process_hold(const char *name)
{
    struct task *task = find_process(name);
    if (task)
        task->held = true;
    return task;
}

/* Let a held process go on, and one that an exception stopped begin anew. */
bool process_continue(const char *name)
{
    struct task *task = find_process(name);
    if (!task)
        return false;
    task->held = false;
    if (task->state == TASK_STOPPED) {
        address_space_clear(task->cr3);
        fpu_forget(task);
        begin(task, enter_user, (void *)task->program);
    }
    return true;
}

static struct task *pick(void)
{
    u64 at = (u64)(percpu.current - process_table);
    for (u64 i = 1; i <= NTASKS; i++) {
        struct task *task = &process_table[(at + i) % NTASKS];
        bool held = task->held && !task->uninterruptible;
        if (task != &process_table[0] && task->state == TASK_READY && !held)
            return task;
    }
    return &process_table[0];
}

void schedule(void)
{
    u64 flags = save_flags();
    struct task *old = percpu.current, *task = pick();
    need_resched = false;
    slice_left = SLICE;
    if (task != old) {
        guest_counters.context_switches++;
        percpu.current = task;
        percpu.kernel_rsp = task->stack_top;
        tss_set_stack(task->stack_top);
        fpu_leave(old);
        if (task->cr3 != old->cr3)
            __asm__ volatile("movq %0, %%cr3" ::"r"(task->cr3) : "memory");
        switch_to(&old->rsp, task->rsp);
    }
    restore_flags(flags);
}

/* Wait for a tick, or for wake() before it. Interrupts must be off, so that it cannot come before, as in wait_here. */
void sleep_until(u64 tick)
{
    current()->wake_tick = tick;
    current()->state = TASK_SLEEPING;
    schedule();
}

void sleep_ticks(u64 ticks)
{
    cli();
    sleep_until(guest_counters.ticks + ticks);
    sti();
}

/* Wait for wake(). */
void wait_here(void)
{
    current()->state = TASK_WAITING;
    schedule();
}

void wake(struct task *task)
{
    if (task->state == TASK_WAITING || task->state == TASK_SLEEPING)
        task->state = TASK_READY;
    need_resched = true;
}

void timer_tick(void)
{
    u64 now = ++guest_counters.ticks;
    current()->ticks++;
    for (int i = 1; i < NTASKS; i++) {
        struct task *task = &process_table[i];
        if (task->state == TASK_SLEEPING && task->wake_tick <= now) {
            task->state = TASK_READY;
            if (percpu.current == &process_table[0])
                need_resched = true;
        }
    }
    if (slice_left && --slice_left == 0)
        need_resched = true;
}
