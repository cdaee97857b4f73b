/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A shell on the console: lines are collected by interrupts and carried out by a kernel thread. */
#include "kernel.h"

#define LINE 64

static char typed[LINE];
static volatile u64 length;
static volatile bool complete;
static struct task *shell_thread;

static bool equal(const char *a, const char *b)
{
    return !strncmp(a, b, LINE);
}

static void shell_ps(const char *argument)
{
    static const char *const states[] = {"free", "ready", "sleeping", "waiting", "crashed"};
    (void)argument;
    for (int i = 0; i < NTASKS; i++) {
        const struct task *t = &process_table[i];
        if (t->state != TASK_FREE)
            printk("%u %s %s ticks %u faults %u\n", t->pid, t->comm, t->held ? "stopped" : states[t->state], t->ticks,
                   t->faults);
    }
}

static void shell_start_process(const char *name)
{
    printk(process_continue(name) ? "%s is running\n" : "no process %s\n", name);
}

static void shell_stop_process(const char *name)
{
    printk(process_hold(name) ? "%s is stopped\n" : "no process %s\n", name);
}

static void shell_panic(const char *argument)
{
    (void)argument;
    panic("asked for at the console");
}

static void shell_reboot(const char *argument)
{
    (void)argument;
    reboot();
}

static const struct {
    const char *name, *help;
    void (*run)(const char *argument);
} shell_commands[] = {
    {"ps", "ps", shell_ps},
    {"start", "start NAME", shell_start_process},
    {"stop", "stop NAME", shell_stop_process},
    {"panic", "panic", shell_panic},
    {"reboot", "reboot", shell_reboot},
};
#define COMMANDS (sizeof shell_commands / sizeof *shell_commands)

static void carry_out(char *line)
{
    char *argument = line;
    while (*argument && *argument != ' ')
        argument++;
    if (*argument)
        *argument++ = 0;
    for (u64 i = 0; i < COMMANDS; i++) {
        if (equal(line, shell_commands[i].name)) {
            shell_commands[i].run(argument);
            return;
        }
    }
    if (!*line)
        return;
    printk("commands:");
    for (u64 i = 0; i < COMMANDS; i++)
        printk(" %s%s", shell_commands[i].help, i + 1 < COMMANDS ? "," : "\n");
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
    if (complete)
        return;
    if (c == '\r' || c == '\n') {
        typed[length] = 0;
        complete = true;
        console_write("\n", 1);
        wake(shell_thread);
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
    shell_thread = task_new("sh", shell, NULL);
}
