/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only the machine side of the core knows: Unicorn's functions and the state of a run. */
#ifndef VPC_SIDE_H
#define VPC_SIDE_H
#include "guest/state.h"

/* Constants of Unicorn's public headers, as of UC_VERSION_SUPPORTED. */
enum {
    UC_ARCH_X86 = 4,
    UC_MODE_64 = 8,
    UC_PROT_ALL = 7,
    UC_HOOK_INTR = 1 << 0,
    UC_HOOK_INSN = 1 << 1,
    UC_HOOK_CODE = 1 << 2,
    UC_HOOK_BLOCK = 1 << 3,
    UC_HOOK_INSN_INVALID = 1 << 14,
    UC_X86_INS_CPUID = 113,
    UC_X86_INS_IN = 218,
    UC_X86_INS_OUT = 500,
    UC_X86_INS_RDTSC = 608,
    UC_X86_INS_RDTSCP = 609,
    UC_X86_INS_SYSCALL = 699,
    UC_X86_INS_SYSENTER = 700,
    UC_X86_REG_RAX = 35,
    UC_X86_REG_RIP = 41,
    UC_X86_REG_MSR = 248,
    /* UC_CTL_WRITE(control, arguments) */
    UC_CTL_USE_EXITS = 4 | 1 << 26 | 1 << 30,
    UC_CTL_TB_FLUSH = 10 | 1 << 30
};

/* Bits of CPUState.interrupt_request. */
enum { IRQ_SMI = 0x40, IRQ_VIRQ = 0x100, IRQ_NMI = 0x200 };

/* The functions of Unicorn the core uses: its public ones, and internals it exports. */
typedef struct {
    unsigned (*version)(unsigned *major, unsigned *minor);
    int (*open)(int arch, int mode, void **uc);
    int (*close)(void *uc);
    const char *(*strerror)(int error);
    int (*mem_map_ptr)(void *uc, uint64_t address, uint64_t bytes, uint32_t rights, void *host);
    int (*mmio_map)(void *uc, uint64_t address, uint64_t bytes, void *read, void *read_data, void *write,
                    void *write_data);
    int (*hook_add)(void *uc, size_t *hook, int type, void *callback, void *data, uint64_t begin, uint64_t end, ...);
    int (*hook_del)(void *uc, size_t hook);
    int (*emu_start)(void *uc, uint64_t begin, uint64_t until, uint64_t timeout, size_t count);
    int (*emu_stop)(void *uc);
    int (*ctl)(void *uc, int control, ...);
    int (*reg_read)(void *uc, int number, void *value);
    int (*reg_write)(void *uc, int number, const void *value);
    size_t (*context_size)(void *uc);
    void *(*get_cpu)(void *uc, int index);
    void (*cpu_exit)(void *state);
    void (*do_interrupt)(void *state);
    void (*init_cpu)(void *state);
    void (*invalidate_physical)(void *uc, uint64_t start, uint64_t end);
    uint64_t (*read_rflags)(void *env);
    void (*write_rflags)(void *env, uint64_t value, uint32_t mask);
    void (*update_hflags)(void *env);
    void (*raise_exception)(void *env, int vector, int error_code);
    void (*cpuid)(void *env, uint32_t leaf, uint32_t subleaf, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d);
    bool (*restore_state)(void *state, uintptr_t host_pc, bool will_exit);
    void (*loop_exit)(void *state);
    void (*tlb_flush)(void *state);
    bool (*tlb_fill)(void *state, uint64_t address, int bytes, int access, int mmu, bool probe, uintptr_t host_pc);
} unicorn_functions;

#define VPC_MAX_WINDOWS 16

/* Armed data probes. */
typedef struct {
    vpc_armed *armed[VPC_MAX_PROBES];
    uint32_t n;
} vpc_watches;

/* Basic exit reasons (Intel SDM volume 3, table C-1). */
enum {
    VPC_EXIT_EXCEPTION = 0, VPC_EXIT_INTERRUPT = 1, VPC_EXIT_TRIPLE_FAULT = 2, VPC_EXIT_CPUID = 10, VPC_EXIT_HLT = 12,
    VPC_EXIT_INVLPG = 14, VPC_EXIT_RDPMC = 15, VPC_EXIT_RDTSC = 16, VPC_EXIT_CONTROL = 28, VPC_EXIT_PORT = 30,
    VPC_EXIT_RDMSR = 31, VPC_EXIT_WRMSR = 32, VPC_EXIT_MWAIT = 36, VPC_EXIT_MONITOR = 39, VPC_EXIT_PAUSE = 40,
    VPC_EXIT_NESTED_FAULT = 48, VPC_EXIT_RDTSCP = 51, VPC_EXIT_REASONS = 70
};

/* Segment registers by their place in the CPU state. */
enum { VPC_SEG_ES, VPC_SEG_CS, VPC_SEG_SS, VPC_SEG_DS, VPC_SEG_FS, VPC_SEG_GS };
#define SEG(env, number, field) ((env) + ENV_SEGS + ENV_SEG_BYTES * (number) + (field))

/* Segment attributes as the CPU caches them: the high word of a descriptor. */
#define VPC_CODE32 0x00c09b00u
#define VPC_DATA32 0x00c09300u

/* A segment over all of the address space. */
static inline void vpc_load_segment(uint8_t *env, uint32_t number, uint32_t selector, uint32_t attributes)
{
    ENV_U32(SEG(env, number, SEG_SELECTOR), 0) = selector;
    ENV_U64(SEG(env, number, SEG_BASE), 0) = 0;
    ENV_U32(SEG(env, number, SEG_LIMIT), 0) = 0xffffffff;
    ENV_U32(SEG(env, number, SEG_FLAGS), 0) = attributes;
}

/* Everything only the machine side needs of a machine. */
struct vpc_machine {
    unicorn_functions uc;
    void *library;
    vpc_devices devices;
    /* the run */
    uint64_t until, deadline;
    bool running;                /* inside uc_emu_start */
    bool stop_wanted;            /* vpc_stop since vpc_run began */
    bool stopped;                /* the block hook ended emulation */
    vpc_cpu *current;            /* the CPU that runs */
    bool exit_wanted;            /* leave the translated code at the next block: an interrupt may be taken */
    uint8_t *smram;              /* what lies at VPC_SMRAM in the other mode */
    bool exits_watched;          /* a loaded script has HV_* probes or reads VMCS_ or VMCB_ variables */
    uint64_t apic_msr;           /* IA32_APIC_BASE */
    vpc_watches watches;         /* armed data probes */
    vpc *whole;                  /* the machine this belongs to */
    struct vpc_machine *next;    /* see tap.c */
    struct { uint64_t start, end; } window[VPC_MAX_WINDOWS];   /* device memory above RAM */
    uint32_t nwindows;
    char error[200];
    /* armed periodic points, all kinds */
    vpc_armed *periodic[VPC_MAX_PROBES];
    uint32_t nperiodic;
    /* counters */
    uint64_t halted_ticks, exceptions[32], syscalls, port_reads, port_writes, exits[VPC_EXIT_REASONS], smis;
};

/* A physical page that answers interrupt acknowledge cycles, and one whose every word is 0. Both lie where no page
 * table entry can point: above the physical address width of the CPU. */
#define INTA_PAGE 0x200000000000ull
#define VOID_PAGE (INTA_PAGE + 0x1000)
#define VMCB_INT_VECTOR 0x64     /* control.int_vector, where the CPU reads the vector of a virtual interrupt */
#define PHYSICAL_END (1ull << 40)

static inline uint32_t *interrupt_request(vpc_cpu *cpu) { return (uint32_t *)(cpu->state + CPU_INTERRUPT_REQUEST); }
static inline bool interrupts_enabled(vpc_cpu *cpu) { return ENV_U64(cpu->env, ENV_EFLAGS) & 0x200; }

/* unicorn.c */
int vpc_unicorn_open(vpc *, const char *path, char *error, size_t error_bytes);
void vpc_unicorn_close(vpc *);
void vpc_hook(vpc_cpu *, size_t *hook, int type, void *callback, void *data, uint64_t begin, uint64_t end, int insn);
void vpc_unhook_code(vpc_cpu *, size_t hook);
void vpc_flush_translations(vpc *);

/* ports.c */
void vpc_interrupted(vpc_cpu *);   /* note where an interrupt or NMI is taken */
void vpc_install_port_hooks(vpc_cpu *);
int vpc_map_device_memory(vpc_cpu *, char *error, size_t error_bytes);
/* cpu.c */
unsigned vpc_instruction_length(vpc_cpu *);   /* of the one at EIP, of those whose length operand size does not change */
/* tap.c */
int vpc_tap_open(vpc *, char *error, size_t error_bytes);
void vpc_tap_close(vpc *);
struct vpc_machine *vpc_machines(void);   /* all of this process, linked by next */
/* hv.c */
void vpc_intercepted(vpc_cpu *, uint32_t type, uint64_t parameter);
void vpc_hv_resume(vpc_cpu *);
void vpc_hv_exception(vpc_cpu *, uint32_t vector, bool software, bool has_error);
void vpc_hv_deliver_exception(vpc_cpu *, uint32_t vector, bool software, bool has_error);
void vpc_hv_delivered(vpc_cpu *);
void vpc_hv_interrupt(vpc_cpu *, uint32_t vector);
void vpc_hv_deliver_interrupt(vpc_cpu *, uint32_t vector);
void vpc_hv_nmi(vpc_cpu *);
void vpc_hv_deliver_nmi(vpc_cpu *);
void vpc_hv_triple_fault(vpc_cpu *);
void vpc_hv_nested_fault(vpc_cpu *, uint64_t physical, bool write);
void vpc_hv_port(vpc_cpu *, uint32_t port, uint32_t bytes, bool in);
/* smm.c */
void vpc_smm_reset(vpc_cpu *);
bool vpc_deliver_smi(vpc_cpu *);
void vpc_smm_block(vpc_cpu *);                 /* before a block, while the CPU is near or in the mode */
void vpc_leave_after_port(vpc_cpu *);          /* take an SMI right after the port instruction that asked for it */
void vpc_hook_rsm(vpc *, vpc_armed *);
/* msr.c */
void vpc_msr_access(vpc_cpu *, bool write);
/* watch.c */
void vpc_watch(vpc *, vpc_armed *);
void vpc_unwatch(vpc *, vpc_armed *);
/* calls.c */
int vpc_hook_calls(vpc *, vpc_armed *);
void vpc_unhook_calls(vpc *, vpc_armed *);
/* clock.c */
void vpc_install_clock_hook(vpc_cpu *);
void vpc_clock_changed(vpc *);                 /* recompute tick_limit */
void vpc_periodic_start(vpc *, vpc_armed *);   /* first due time of a periodic point */
#endif
