/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unicorn: its functions, hooks, and the self-test that refuses another version. */
#ifndef VPC_EMULATOR_UNICORN_H
#define VPC_EMULATOR_UNICORN_H
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
    UC_HOOK_MEM_FETCH_UNMAPPED = 1 << 6,
    UC_HOOK_MEM_FETCH_PROT = 1 << 9,
    UC_HOOK_INSN_INVALID = 1 << 14,
    UC_X86_INS_CPUID = 113,
    UC_X86_INS_IN = 218,
    UC_X86_INS_OUT = 500,
    UC_X86_INS_RDTSC = 608,
    UC_X86_INS_RDTSCP = 609,
    UC_X86_INS_SYSCALL = 699,
    UC_X86_INS_SYSENTER = 700,
    UC_X86_REG_FPSW = 31,
    UC_X86_REG_RAX = 35,
    UC_X86_REG_RIP = 41,
    UC_X86_REG_FP0 = 82,
    UC_X86_REG_XMM0 = 122,
    UC_X86_REG_FPCW = 246,
    UC_X86_REG_FPTAG = 247,
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
    void (*loop_exit_exception)(void *state);
    void (*remove_op)(void *context, void *op);
    uint8_t *(*insert_op_before)(void *context, void *op, int code);
    uint8_t *(*insert_op_after)(void *context, void *op, int code);
    void (*tlb_flush)(void *state);
    void (*tlb_set_page)(void *state, uint64_t linear, uint64_t physical, int rights, int mmu, uint64_t bytes);
    void (*write_control)(void *env, int number, uint64_t value);
    void (*load_mxcsr)(void *env, uint32_t value);
    int32_t (*fist_32)(void *env);
    void (*fld_32)(void *env, uint32_t number);
    void (*fld_64)(void *env, uint64_t number);
    uint32_t (*fst_32)(void *env);
    uint64_t (*fst_64)(void *env);
    int32_t (*fistt_32)(void *env);
    int (*insert_breakpoint)(void *state, uint64_t address, int kind, void **breakpoint);
    void (*remove_breakpoints)(void *state, int kinds);
    void *(*probe_access)(void *env, uint64_t address, int bytes, int access, int mmu, uintptr_t host_pc);
    bool (*tlb_fill)(void *state, uint64_t address, int bytes, int access, int mmu, bool probe, uintptr_t host_pc);
} unicorn_functions;

static inline uint32_t *interrupt_request(vpc_cpu *cpu) { return (uint32_t *)(cpu->state + CPU_INTERRUPT_REQUEST); }

/* Load the library and open one engine for each CPU. Returns -1 with a reason in error. */
int vpc_unicorn_open(vpc *, const char *path, vpc_error *error);
void vpc_unicorn_close(vpc *);
/* Add a hook; hook may be NULL. insn: which instruction, for UC_HOOK_INSN. */
void vpc_hook(vpc_cpu *, size_t *hook, int type, void *callback, void *data, uint64_t begin, uint64_t end, int insn);
void vpc_unhook_code(vpc_cpu *, size_t hook);
void vpc_flush_translations(vpc *);
/* Where no page table entry can point, above the physical address width of the CPU, lie a page that answers interrupt
 * acknowledge cycles, and one whose every word is 0. */
#define INTA_PAGE 0x200000000000ull
#define VOID_PAGE (INTA_PAGE + 0x1000)
#endif
