/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the VP side share among themselves. */
#ifndef VPC_VP_H
#define VPC_VP_H
#include "guest/state.h"

#define VPC_TIMED_EVERY 64     /* one firing in so many has its cost measured */

/* VP stack of one thread: a VCPU, or the VMX context. */
typedef struct vpc_thread {
    uint32_t id;               /* VCPU number; ncpus for the VMX context */
    uint64_t stack[VPC_STACK_SLOTS];
    uint64_t zero;             /* never written: ends whatever is read as a string from the stack */
} vpc_thread;

/* Rows of an aggregate: dense arrays in order of insertion, and an open-addressing index over them. */
typedef struct {
    uint64_t rows, row_capacity;
    uint64_t *integers;        /* rows x nint */
    uint32_t *strings;         /* rows x nstr offsets into arena */
    uint64_t *values;          /* rows x (count, low half of the sum, min, max, latest, high half of the sum) */
    uint32_t *index;           /* row + 1, 0 = free; index_size is a power of two */
    uint64_t index_size;
    char *arena;               /* distinct key strings, NUL-terminated; offset 0 is unused */
    uint64_t arena_used, arena_capacity;
    uint32_t *names;           /* index of the arena: offset, 0 = free */
    uint64_t names_used, names_size;
    uint64_t dropped;
} vpc_table;

typedef struct {
    uint32_t nint, nstr;
    const char *name;
    uint64_t limit;            /* bytes */
    vpc_table now;
    vpc_table logged;          /* as the latest logaggr saw them, when has_logged and not shared */
    bool has_logged;
    bool shared;               /* nothing changed since logaggr: `now` is also what was logged */
} vpc_aggregate;

/* Bag: pairs in hash chains; the newest pair of a key is removed first. */
typedef struct {
    uint32_t capacity, used;
    uint32_t allocated;        /* pairs there is memory for */
    uint32_t touched;          /* pairs ever used */
    uint32_t *head, *next;     /* pair + 1; next also chains the free pairs */
    uint32_t free_list;
    uint64_t *keys, *values;
} vpc_bag;

typedef struct {
    uint32_t entry;
    uint16_t slots, locals;
    uint8_t params;
} vpc_function;

typedef struct {
    uint32_t entry;
    uint16_t slots, locals;
    const char *name;
    uint64_t hits, errors, timed_hits, timed_ns;
    uint32_t armed;            /* points it is armed at */
} vpc_probe;

struct vpc_program {
    vpc *machine;
    uint8_t *code;
    uint32_t code_bytes;
    char *literal_text;
    const char **literals;
    uint32_t nliterals;
    uint32_t nintegers, nstrings, nthreads;
    uint64_t *integers;                      /* nthreads x nintegers */
    char (*strings)[VPC_STRING_BYTES];       /* nthreads x nstrings */
    vpc_function *functions;
    uint32_t nfunctions;
    vpc_probe *probes;
    uint32_t nprobes;
    vpc_aggregate *aggregates;
    uint32_t naggregates;
    vpc_bag *bags;
    uint32_t nbags;
    bool reads_exits;                        /* names a VMCS_ or VMCB_ variable */
    vpc_runtime_error errors[VPC_ERROR_PLACES];
    uint32_t nerrors;
    uint64_t errors_lost;
};

/* What one firing knows. */
typedef struct {
    vpc *machine;
    vpc_program *program;
    vpc_probe *probe;
    vpc_cpu *cpu;              /* NULL in VMX context */
    vpc_thread *thread;
    uint64_t args[VPC_MAX_ARGS];
    uint64_t detail;           /* of the run-time error */
    uint32_t error_pc;
} vpc_firing;

/* interp.c: run a probe body; returns VPC_RT_*. */
int vpc_interpret(vpc_firing *);
/* verify.c: 0, or -1 and a reason, for bytecode that could leave its bounds. Notes what the program reads. */
int vpc_verify(vpc_program *, char *error, size_t error_bytes);

/* aggregate.c */
void vpc_aggregate_free(vpc_aggregate *);
void vpc_aggregate_add(vpc_aggregate *, const uint64_t *integers, const uint64_t *strings, uint64_t value);
void vpc_aggregate_log(vpc_aggregate *, vpc *);
void vpc_aggregate_clear(vpc_aggregate *);
void vpc_aggregate_forget(vpc_aggregate *);
int vpc_aggregate_rows(const vpc_aggregate *, int logged, vpc_rows *out);

/* bag.c */
void vpc_bag_free(vpc_bag *, vpc *);
int vpc_bag_insert(vpc_bag *, vpc *, uint64_t key, uint64_t value);
uint64_t vpc_bag_remove(vpc_bag *, vpc *, uint64_t key);
void vpc_bag_copy(vpc_bag *to, vpc_bag *from, vpc *);

/* format.c: like snprintf over 64-bit integers and string references; -1 and the argument number when it does not fit */
int vpc_format(char *out, size_t capacity, const char *format, const uint64_t *args, uint32_t nargs, uint32_t strings,
               uint64_t *bad);

/* log.c */
void vpc_log_write(vpc *, const char *text, size_t bytes);
int vpc_log_init(vpc *);
void vpc_log_free(vpc *);

/* Which registers beside IP, SP and BP are known of a frame. */
typedef enum { UNWIND_NONE, UNWIND_CPU, UNWIND_SAVED } vpc_unwind_registers;

/* A frame of a stack that is being unwound. */
typedef struct {
    vpc *machine;
    const vpc_cpu *cpu;
    uint64_t ip, sp, bp;
    uint64_t base;                     /* of the stack segment */
    unsigned bytes;                    /* of a word on the stack */
    uint64_t saved_at;                 /* UNWIND_SAVED: the struct pt_regs they are in */
    vpc_unwind_registers registers;
    uint32_t popped;                   /* return addresses taken off the stack of a thunk */
    bool exact;                        /* ip is where the code goes on, not the return address of a call */
    bool frame_pointers;               /* chain the frames; otherwise the unwind tables say */
} vpc_unwind;

/* orc.c: on to the caller; false at the end of the stack, or where it cannot be followed. */
bool vpc_orc_step(vpc_unwind *);

/* registers.c, memory.c, numbered.c, stack.c, insn.c: each returns VPC_RT_* */
int vpc_variable(vpc *, vpc_cpu *, const uint64_t *args, uint32_t variable, uint64_t *out);
int vpc_no_page_tables(vpc_firing *);   /* the error of reading linear memory without a VCPU */
bool vpc_walk(const vpc *, const vpc_cpu *, uint64_t address, uint64_t *physical);
uint64_t vpc_linear_copy(const vpc *, const vpc_cpu *, uint64_t address, uint8_t *out, uint64_t bytes);
int vpc_load_guest(vpc_firing *, uint64_t address, uint64_t *out);
int vpc_load_physical(vpc_firing *, uint64_t address, uint64_t *out);
int vpc_load_string(vpc_firing *, char *to, uint64_t bytes, uint64_t address);
int vpc_load_physical_string(vpc_firing *, char *to, uint64_t bytes, uint64_t address);
int vpc_load_gpr(vpc_firing *, uint64_t number, uint64_t *out);
int vpc_load_vmcs(vpc_firing *, uint64_t number, uint64_t *out);
int vpc_load_msr(vpc_firing *, uint64_t number, uint64_t *out);
int vpc_guest_stack(vpc_firing *, char *to);
int vpc_offat_ret(vpc_firing *, uint64_t address, uint64_t *out);
int vpc_offat_seg(vpc_firing *, uint64_t address, uint64_t *out);
int vpc_offat_strcpy(vpc_firing *, uint64_t address, uint64_t strcpy_address, uint64_t *out);

/* 64-bit, 32-bit or 16-bit code, by the CS descriptor and EFER.LMA. */
static inline int vpc_code_bits(const vpc_cpu *cpu)
{
    uint32_t flags = ENV_U32(cpu->env, ENV_SEGS + ENV_SEG_BYTES + SEG_FLAGS);
    if ((ENV_U64(cpu->env, ENV_EFER) & 0x400) && (flags & 0x200000))
        return 64;
    return flags & 0x400000 ? 32 : 16;
}
#endif
