/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A shell on the console, a kernel thread. Interrupts put what serial port and keyboard bring into one queue. */
#include "kernel.h"

#define LINE 64
#define DELETE 127

static char typed[256];         /* a ring: what comes while it is full is lost */
static u8 typed_first, typed_end;
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

static void shell_power_off(const char *argument)
{
    (void)argument;
    power_off();
}

static void shell_nmi(const char *argument)
{
    (void)argument;
    if (!nmi_send())
        printk("no local APIC\n");
}

static void shell_counters(const char *argument)
{
    const struct counters *c = &guest_counters;
    (void)argument;
    printk("ticks %u switches %u syscalls %u page faults %u signals %u\n", c->ticks, c->context_switches, c->syscalls,
           c->page_faults, c->signals);
    printk("disk: %u reads, %u writes, %u sectors, %u errors\n", c->disk_reads, c->disk_writes, c->disk_sectors,
           c->disk_errors);
    printk("net: %u frames sent, %u received; %u SMIs, %u NMIs, %u keys\n", c->frames_sent, c->frames_received, c->smis,
           c->nmis, c->keys);
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
    {"counters", "counters", shell_counters},
    {"nmi", "nmi", shell_nmi},
    {"panic", "panic", shell_panic},
    {"reboot", "reboot", shell_reboot},
    {"poweroff", "poweroff", shell_power_off},
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

static char next_typed(void)
{
    cli();
    while (typed_first == typed_end)
        wait_here();
    char c = typed[typed_first++];
    sti();
    return c;
}

static void read_line(char *line)
{
    u64 length = 0;
    for (;;) {
        char c = next_typed();
        if (c == '\r' || c == '\n')
            break;
        if ((c == '\b' || c == DELETE) && length) {
            length--;
            console_write("\b \b", 3);
        } else if (c >= ' ' && c < DELETE && length < LINE - 1) {
            line[length++] = c;
            console_write(&c, 1);
        }
    }
    line[length] = 0;
    console_write("\n", 1);
}

static void shell(void *unused)
{
    char line[LINE];
    (void)unused;
    for (;;) {
        printk("# ");
        read_line(line);
        carry_out(line);
    }
}

void shell_input(char c)
{
    if ((u8)(typed_end + 1) == typed_first)
        return;
    typed[typed_end++] = c;
    if (shell_thread)
        wake(shell_thread);
}

void shell_start(void)
{
    shell_thread = task_new("sh", shell, NULL);
}
