/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the kernel share. */
#ifndef KERNEL_H
#define KERNEL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define KERNEL_BASE 0xffffffff80000000ull   /* physical 0 as the kernel sees it */
#define PAGE 4096ull
#define HZ 250
#define NTASKS 24
#define virt(physical) ((void *)((u64)(physical) + KERNEL_BASE))
#define phys(address) ((u64)(address) - KERNEL_BASE)

#define NIRQS 16

/* Registers on entry, in the order entry.S pushes them. */
struct trap {
    u64 r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    u64 vector, error, rip, cs, rflags, rsp, ss;
};

enum task_state { TASK_FREE, TASK_READY, TASK_SLEEPING, TASK_WAITING, TASK_STOPPED };

struct task {
    u64 state;
    u64 wake_tick;          /* TASK_SLEEPING */
    u64 rsp;                /* saved kernel stack pointer */
    u64 stack_top;
    u64 cr3;
    const void *program;    /* struct program, NULL for kernel threads */
    u64 ticks;              /* timer interrupts that hit it */
    u64 faults;
    u64 signal_handler;     /* user address that exceptions of the process go to, 0 = none */
    u64 mapped;             /* bytes of the region of sys_map */
    u64 held;               /* stopped at the console: not scheduled, whatever its state */
    u64 pid;
    char comm[16];
    u64 uninterruptible;    /* has the disk or waits for it: scheduled although it is held */
};

struct percpu {
    struct task *current;   /* first word at GSBASE */
    u64 kernel_rsp;
    u64 user_rsp;
};

/* The kernel's own counters; tests compare with them. All u64, see guestimg/README.md. */
struct counters {
    u64 ticks, context_switches, syscalls, page_faults, disk_reads, disk_writes, disk_sectors, disk_errors, signals,
        frames_sent, frames_received, smis, nmis, keys;
    u64 interrupts[NIRQS];  /* by line; spurious ones do not count */
    u64 exceptions[32];     /* by vector */
};

/* A user program, linked at its own base. Made by the build. */
struct program {
    const char *name;
    const u8 *image;
    u64 base, text_bytes, image_bytes, total_bytes, entry;
};

extern struct percpu percpu;
extern struct counters guest_counters;
extern struct task process_table[NTASKS];
extern const struct program programs[];
extern const u64 program_count;

static inline struct task *current(void)
{
    struct task *t;
    __asm__ volatile("movq %%gs:0, %0" : "=r"(t));
    return t;
}

static inline void outb(u16 port, u8 v) { __asm__ volatile("outb %0, %1" ::"a"(v), "Nd"(port)); }
static inline void outw(u16 port, u16 v) { __asm__ volatile("outw %0, %1" ::"a"(v), "Nd"(port)); }
static inline void outl(u16 port, u32 v) { __asm__ volatile("outl %0, %1" ::"a"(v), "Nd"(port)); }
static inline u8 inb(u16 port) { u8 v; __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port)); return v; }
static inline u16 inw(u16 port) { u16 v; __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port)); return v; }
static inline u32 inl(u16 port) { u32 v; __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port)); return v; }
static inline void insw(u16 port, void *to, u64 n)
{
    __asm__ volatile("rep insw" : "+D"(to), "+c"(n) : "d"(port) : "memory");
}
static inline void outsw(u16 port, const void *from, u64 n)
{
    __asm__ volatile("rep outsw" : "+S"(from), "+c"(n) : "d"(port) : "memory");
}
static inline void outsb(u16 port, const void *from, u64 n)
{
    __asm__ volatile("rep outsb" : "+S"(from), "+c"(n) : "d"(port) : "memory");
}
static inline void cli(void) { __asm__ volatile("cli" ::: "memory"); }
static inline void sti(void) { __asm__ volatile("sti" ::: "memory"); }
static inline u64 save_flags(void) { u64 f; __asm__ volatile("pushfq; popq %0; cli" : "=r"(f)::"memory"); return f; }
static inline void restore_flags(u64 f) { __asm__ volatile("pushq %0; popfq" ::"r"(f) : "memory", "cc"); }
static inline u64 rdmsr(u32 msr)
{
    u32 low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (u64)high << 32 | low;
}
static inline void wrmsr(u32 msr, u64 v) { __asm__ volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32))); }

/* console.c */
void console_init(void);
void printk(const char *format, ...);
void console_write(const char *text, u64 bytes);
void vga_status(void);

/* memory.c */
void memory_init(void);
u64 page_alloc(void);
void page_free(u64 physical);
u64 address_space_new(void);
void address_space_clear(u64 cr3);
u64 user_translate(u64 cr3, u64 address);
bool page_fault(struct trap *t, u64 address);
bool fault_in(u64 address, u64 bytes, bool write);
void *map_device(u64 physical);
void physical_read(u64 physical, void *to, u64 bytes);
void map_screen(void);
void user_copy(u64 cr3, u64 address, void *buffer, u64 bytes, bool to_user);
void unmap_range(u64 cr3, u64 from, u64 to);
void *memset(void *to, int c, u64 n);
void *memcpy(void *to, const void *from, u64 n);
#define MAP_BASE 0x10000000ull
#define MAP_LIMIT 0x20000000ull
#define STACK_TOP 0x7ffffff000ull
#define STACK_LIMIT (256 * PAGE)

/* task.c */
void task_init(void);
bool process_hold(const char *name);
bool process_continue(const char *name);
struct task *task_new(const char *name, void (*entry)(void *), void *argument);
void process_new(const struct program *program);
void schedule(void);
void sleep_ticks(u64 ticks);
void sleep_until(u64 tick);
void wait_here(void);
void wake(struct task *task);
void timer_tick(void);
extern volatile bool need_resched;
/* Not inlined: tools find struct offsets by looking how get_task_comm calls strncpy (manual p. 26). */
__attribute__((noinline)) char *strncpy(char *to, const char *from, u64 n);
int strncmp(const char *a, const char *b, u64 n);
u64 sys_getpid(void);
char *get_task_comm(char *to, struct task *task);

/* trap.c */
void trap_init(void);
void tss_set_stack(u64 rsp0);
void signal_return(struct trap *t, u64 registers);
void switch_to(u64 *old_rsp, u64 new_rsp);
void task_start(void);
_Noreturn void panic(const char *why);

/* fpu.c */
void fpu_init(void);
void fpu_enter(void);
void fpu_leave(const struct task *task);
void fpu_forget(const struct task *task);

/* apic.c */
void apic_init(void);
bool nmi_send(void);

/* irq.c */
void irq_init(void);
void irq_enable(u64 line, void (*handler)(void));
void irq_interrupt(u64 line);

/* pci.c: a function is bus, device and function as the configuration address has them, bits 8 to 23 */
#define NO_PCI 0xffffffffu
u32 pci_read(u32 function, u32 offset);
void pci_write(u32 function, u32 offset, u32 value);
u32 pci_find(u32 offset, u32 mask, u32 value);
u16 pci_enable_ports(u32 function, u32 bar, u16 ports);

/* disk.c */
enum disk_command { DISK_READ, DISK_WRITE, DISK_IDENTIFY };
void disk_init(void);
u64 disk_transfer(enum disk_command command, u64 sector, u64 sectors, u64 address);

/* keyboard.c */
void keyboard_init(void);

/* rtl8139.c */
#define MAX_FRAME 1514
void net_init(void);
bool net_address(u8 *to);
bool net_send(const void *frame, u64 bytes);
u64 net_receive(void *to, u64 ticks);

/* power.c */
void power_init(void);
void power_off(void);
_Noreturn void reboot(void);

/* shell.c */
void shell_start(void);
void shell_input(char c);
#endif
