/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A shell on the serial console: lines are collected by the interrupt and carried out by a kernel thread. */
#include "kernel.h"

#define LINE 64

static char typed[LINE];
static volatile u64 length;
static volatile bool complete;
static struct task *thread;

static bool equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static void list(void)
{
    static const char *const states[] = {"free", "ready", "sleeping", "waiting", "stopped"};
    for (int i = 0; i < NTASKS; i++) {
        const struct task *t = &process_table[i];
        if (t->state != TASK_FREE)
            printk("%u %s %s ticks %u faults %u\n", t->pid, t->comm, states[t->state], t->ticks, t->faults);
    }
}

/* Stop or continue a process by name; kernel threads cannot be stopped. */
static void set_running(const char *name, bool run)
{
    for (int i = 1; i < NTASKS; i++) {
        struct task *t = &process_table[i];
        if (!t->program || !equal(t->comm, name))
            continue;
        if (run && t->state == TASK_STOPPED)
            t->state = TASK_READY;
        else if (!run && (t->state == TASK_READY || t->state == TASK_SLEEPING))
            t->state = TASK_STOPPED;
        printk("%s is %s\n", t->comm, t->state == TASK_STOPPED ? "stopped" : "running");
        return;
    }
    printk("no process %s\n", name);
}

static void carry_out(char *line)
{
    char *argument = line;
    while (*argument && *argument != ' ')
        argument++;
    if (*argument)
        *argument++ = 0;
    if (equal(line, "ps"))
        list();
    else if (equal(line, "start") || equal(line, "stop"))
        set_running(argument, line[2] == 'a');
    else if (equal(line, "panic"))
        panic("asked for at the console");
    else if (equal(line, "reboot"))
        outb(0x64, 0xfe);
    else if (*line)
        printk("commands: ps, start NAME, stop NAME, panic, reboot\n");
}

static void shell(void *unused)
{
    (void)unused;
    for (;;) {
        printk("# ");
        cli();
        while (!complete)
            wait_here();
        sti();
        carry_out(typed);
        length = 0;
        complete = false;
    }
}

void shell_input(char c)
{
    if (complete || !thread)
        return;
    if (c == '\r' || c == '\n') {
        typed[length] = 0;
        complete = true;
        console_write("\n", 1);
        wake(thread);
    } else if ((c == 8 || c == 127) && length) {
        length--;
        console_write("\b \b", 3);
    } else if (c >= ' ' && c < 127 && length < LINE - 1) {
        typed[length++] = c;
        console_write(&c, 1);
    }
}

void shell_start(void)
{
    thread = task_new("sh", shell, NULL);
}
