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
#define NTASKS 16
#define virt(physical) ((void *)((u64)(physical) + KERNEL_BASE))
#define phys(address) ((u64)(address) - KERNEL_BASE)

#define IRQ_BASE 0x20
#define IRQ_TIMER 0
#define IRQ_SERIAL 4
#define IRQ_DISK 14

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
    u64 signal_handler;     /* user address called on #DE and #GP, 0 = none */
    u64 mapped;             /* bytes of the region of sys_map */
    u64 pid;
    char comm[16];
};

struct percpu {
    struct task *current;   /* first word at GSBASE */
    u64 kernel_rsp;
    u64 user_rsp;
};

/* The kernel's own books; tests read them as a witness. All u64, see guestimg/README.md. */
struct counters {
    u64 ticks, context_switches, syscalls, page_faults, disk_reads, disk_writes, disk_sectors, disk_errors, signals;
    u64 interrupts[16];     /* by IRQ line */
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
static inline void outl(u16 port, u32 v) { __asm__ volatile("outl %0, %1" ::"a"(v), "Nd"(port)); }
static inline u8 inb(u16 port) { u8 v; __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port)); return v; }
static inline u32 inl(u16 port) { u32 v; __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port)); return v; }
static inline void cli(void) { __asm__ volatile("cli" ::: "memory"); }
static inline void sti(void) { __asm__ volatile("sti" ::: "memory"); }
static inline u64 save_flags(void) { u64 f; __asm__ volatile("pushfq; popq %0; cli" : "=r"(f)::"memory"); return f; }
static inline void restore_flags(u64 f) { __asm__ volatile("pushq %0; popfq" ::"r"(f) : "memory", "cc"); }
static inline void wrmsr(u32 msr, u64 v) { __asm__ volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32))); }

/* console.c */
void console_init(void);
void printk(const char *format, ...);
void console_write(const char *text, u64 bytes);
void vga_status(void);
void serial_interrupt(void);

/* memory.c */
void memory_init(void);
u64 page_alloc(void);
void page_free(u64 physical);
u64 address_space_new(void);
u64 user_translate(u64 cr3, u64 address);
bool page_fault(struct trap *t, u64 address);
bool fault_in(u64 address, u64 bytes);
void unmap_range(u64 cr3, u64 from, u64 to);
void *memset(void *to, int c, u64 n);
void *memcpy(void *to, const void *from, u64 n);
#define MAP_BASE 0x10000000ull
#define MAP_LIMIT 0x20000000ull
#define STACK_TOP 0x7ffffff000ull
#define STACK_LIMIT (256 * PAGE)

/* task.c */
void task_init(void);
struct task *task_new(const char *name, void (*entry)(void *), void *argument);
void process_new(const struct program *program);
void schedule(void);
void sleep_ticks(u64 ticks);
void wait_here(void);
void wake(struct task *task);
void timer_tick(void);
extern volatile bool need_resched;
/* Not inlined: tools find struct offsets by looking how get_task_comm calls strncpy (manual p. 26). */
__attribute__((noinline)) char *strncpy(char *to, const char *from, u64 n);
u64 sys_getpid(void);
char *get_task_comm(char *to, struct task *task);

/* trap.c */
void trap_init(void);
void switch_to(u64 *old_rsp, u64 new_rsp);
void task_start(void);
_Noreturn void panic(const char *why);

/* disk.c */
void disk_init(void);
void disk_thread(void *unused);
void disk_interrupt(void);
u64 disk_transfer(u64 sector, u64 sectors, u64 address, bool write);

/* shell.c */
void shell_start(void);
void shell_input(char c);
#endif
