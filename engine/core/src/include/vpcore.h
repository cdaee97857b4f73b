/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vpcore: the part of vptop that runs once per guest event.
 *
 * This header declares programs, probes, aggregates, bags and the log; machine.h the CPUs, the clock, delivery of
 * interrupts and ports. Both are read by cffi in ABI mode, so they hold plain declarations only: no conditionals, no
 * function-like macros.
 *
 * Integers are unsigned 64-bit with wrap-around. Strings are NUL-terminated, VPC_STRING_BYTES with the NUL. Functions
 * that can fail return -1 or NULL and set the message of a vpc_error; they return 0 or a pointer otherwise.
 * */
#ifndef VPC_INCLUDE_VPCORE_H
#define VPC_INCLUDE_VPCORE_H
#include <stddef.h>
#include <stdint.h>
#define VPC_STRING_BYTES 256   /* manual p. 30: strings are limited to 256 bytes with the NUL */
#define VPC_NAME_BYTES 64      /* manual p. 30: probe and variable names, with the NUL */
#define VPC_MAX_PROBES 32      /* manual p. 29: probes of one virtual machine */
#define VPC_MAX_ARGS 10        /* ARG0 to ARG9 */
#define VPC_MAX_CPUS 16
#define VPC_STACK_SLOTS 2048   /* 64-bit slots of the VP stack of one thread: 16 KiB */
#define VPC_CALL_DEPTH 512     /* function calls within each other */
#define VPC_PRINT_BYTES 4096   /* longest text of one printf */
#define VPC_MAX_CALLS 100000   /* function calls of one firing before it is ended */
#define VPC_ERROR_PLACES 64    /* distinct run-time error places kept for a program */

/* Why a function failed, as a sentence without a full stop. */
#define VPC_ERROR_BYTES 512
typedef struct {
    char message[VPC_ERROR_BYTES];
} vpc_error;

typedef struct vpc vpc;                 /* one virtual machine */
typedef struct vpc_program vpc_program; /* one loaded script */

/* What the compiler hands over. The core copies all of it. */
typedef struct {
    const uint8_t *code;
    uint32_t code_bytes;
    const char *literals;           /* all string literals, each NUL-terminated */
    uint32_t literal_bytes;
    const uint32_t *literal_offset; /* nliterals offsets into literals */
    uint32_t nliterals;
    const uint64_t *integer_init;   /* nintegers initial values of the integer variables */
    uint32_t nintegers;
    const uint32_t *string_init;    /* nstrings literal numbers: initial values of the string variables */
    uint32_t nstrings;
    const uint32_t *function_entry; /* offset of the first instruction */
    const uint8_t *function_params;
    const uint16_t *function_slots; /* parameters + temporaries + deepest operand stack, in slots */
    const uint16_t *function_locals;/* parameters + temporaries alone: where the operand stack begins */
    uint32_t nfunctions;
    const uint32_t *probe_entry;
    const uint16_t *probe_slots;    /* temporaries + deepest operand stack */
    const uint16_t *probe_locals;   /* temporaries alone */
    const uint32_t *probe_name;     /* literal number of PROBENAME */
    uint32_t nprobes;
    const uint8_t *aggregate_integer_keys;
    const uint8_t *aggregate_string_keys;
    const uint32_t *aggregate_name; /* literal number */
    uint32_t naggregates;
    const uint32_t *bag_capacity;   /* key-value pairs */
    uint32_t nbags;
    uint64_t aggregate_bytes;       /* limit of memory for the rows of each aggregate */
} vpc_program_desc;

typedef struct {
    uint32_t probe;      /* number of the probe that was firing */
    uint32_t pc;         /* code offset of the instruction */
    uint32_t kind;       /* VPC_RUNTIME_* */
    uint64_t detail;     /* of the latest occurrence */
    uint64_t count;
} vpc_runtime_error;

typedef struct {
    uint64_t hits;       /* firings begun */
    uint64_t errors;     /* firings ended by a run-time error */
    uint64_t timed_hits; /* firings whose cost was measured (a sample) */
    uint64_t ns_per_hit; /* host nanoseconds of one, by the latest of them; 0: none was measured */
} vpc_probe_stats;

/* Told of each operation of a traced program: the probe that fires, the operation's offset in the code, and the top of
 * the stack before it. */
typedef void (*vpc_trace)(void *context, uint32_t probe, uint32_t pc, uint64_t top);

/* The values of a row. */
typedef struct {
    uint64_t count;
    uint64_t sum_low, minimum, maximum, latest, sum_high;   /* the sum has 128 bits */
} vpc_values;

/* Rows of an aggregate, in order of first insertion. Pointers are valid until the next call that runs or changes
 * the program. Row i: integers[i*nint ..], strings[i*nstr ..] are offsets into arena, values[i]. */
typedef struct {
    uint64_t nrows;
    uint32_t nint, nstr;
    const uint64_t *integers;
    const uint32_t *strings;
    const char *arena;
    uint64_t arena_bytes;
    const vpc_values *values;
    uint64_t dropped;    /* updates lost to the memory limit since the last clear */
    uint64_t since;      /* the TSC from which on they count: when the aggregate was loaded, or last cleared before */
    uint64_t logged_at;  /* the TSC at the latest logaggr */
} vpc_rows;

#define VPC_VALUES 6           /* numbers of vpc_values */
#define VPC_LIKE_COLUMNS 240   /* columns that others can be like: those with lower numbers */
/* One column of rows, in the narrowest width that holds it. */
typedef struct {
    uint32_t width;      /* bytes of a number: 1, 2, 4, 8; 0: each is `number` */
    uint32_t like;       /* the first column with the same numbers; of another one than itself `numbers` is NULL */
    uint64_t number;     /* of the first row */
    void *numbers;
    uint64_t bytes;      /* of `numbers`, filled up with zeros to a multiple of 8 */
} vpc_column;

/* --- programs ------------------------------------------------------------------------------------------------ */
vpc_program *vpc_program_new(vpc *, const vpc_program_desc *, vpc_error *error);
void vpc_program_free(vpc_program *);
void vpc_program_trace(vpc_program *, vpc_trace trace, void *context);   /* trace NULL: no longer */
/* Keep what fits across a reload (same machine, both stopped). */
void vpc_program_move_aggregate(vpc_program *to, uint32_t to_index, vpc_program *from, uint32_t from_index);
void vpc_program_copy_integer(vpc_program *to, uint32_t to_index, vpc_program *from, uint32_t from_index);
void vpc_program_copy_string(vpc_program *to, uint32_t to_index, vpc_program *from, uint32_t from_index);
void vpc_program_copy_bag(vpc_program *to, uint32_t to_index, vpc_program *from, uint32_t from_index);
void vpc_program_copy_counters(vpc_program *to, const vpc_program *from);   /* of probes, of the same script */

uint32_t vpc_program_serial(const vpc_program *);        /* no other program of the machine has had it; from 1 */

/* --- what a program has produced ------------------------------------------------------------------------------ */
void vpc_program_probe_stats(const vpc_program *, uint32_t probe, vpc_probe_stats *out);
uint32_t vpc_program_errors(const vpc_program *, vpc_runtime_error *out, uint32_t max);
uint64_t vpc_program_errors_lost(const vpc_program *);   /* errors at places beyond VPC_ERROR_PLACES */
/* logged = 0: rows as they are; 1: rows as the latest logaggr since vpc_program_forget_logged saw them.
 * Returns 1 when there are such rows to give, else 0. */
int vpc_program_rows(const vpc_program *, uint32_t aggregate, int logged, vpc_rows *out);
/* Rows column by column: integer keys, string keys, then what vpc_values has, in its order. `out` has room for them;
 * vpc_columns_free must follow. Returns 0, or -1 when there is no memory. */
int vpc_rows_columns(const vpc_rows *, vpc_column *out);
void vpc_columns_free(vpc_column *, uint32_t n);
void vpc_program_forget_logged(vpc_program *);
void vpc_program_clear_aggregate(vpc_program *, uint32_t aggregate);
uint64_t vpc_program_integer(const vpc_program *, uint32_t thread, uint32_t index);
const char *vpc_program_string(const vpc_program *, uint32_t thread, uint32_t index);

/* --- the log (what printf, logint, logstr and logaggr write), one of the machine ------------------------------ */
#define VPC_LOG_PARTS 65536    /* parts of the log that are told apart until they are taken */
/* Some bytes of the log that one firing wrote. */
typedef struct {
    uint64_t bytes;
    uint64_t ticks;            /* the TSC then */
    uint32_t program;          /* vpc_program_serial; 0: not known, of the bytes beyond VPC_LOG_PARTS */
    uint16_t probe;
    uint16_t cpu;              /* UINT16_MAX in VMX context */
    uint32_t is_aggregate;     /* 1: logaggr wrote them */
} vpc_log_part;
uint64_t vpc_log_bytes(const vpc *);
uint64_t vpc_log_parts(const vpc *, vpc_log_part *out, uint64_t max);  /* whose the bytes are, in order; how many */
uint64_t vpc_log_take(vpc *, char *out, uint64_t max);   /* moves up to max bytes out */
uint64_t vpc_log_dropped(const vpc *);                   /* bytes lost because nobody took them */
void vpc_log_limit(vpc *, uint64_t bytes);

/* --- bags: bytes of storage all bags of the machine may take (vprobe.bagBytes) --------------------------------- */
void vpc_bag_limit(vpc *, uint64_t bytes);

/* --- firing by hand: tests, and points the machine models in Python (disk, network, load, unload) -------------- */
/* Fire one probe of a program, attached or not. cpu < 0: VMX context. Returns the VPC_RUNTIME_* of the firing. */
int vpc_fire_probe(vpc *, vpc_program *, uint32_t probe, int cpu, const uint64_t *args, uint32_t nargs);
/* The same many times over; returns the host nanoseconds it took. For benchmarks. */
uint64_t vpc_fire_repeat(vpc *, vpc_program *, uint32_t probe, int cpu, const uint64_t *args, uint32_t nargs,
                         uint64_t times);
/* Fire every probe attached to a point (points.h). */
void vpc_fire_point(vpc *, uint32_t point, int cpu, const uint64_t *args, uint32_t nargs);
uint32_t vpc_point_attached(const vpc *, uint32_t point);   /* number of probes attached there */

/* --- guest memory, by the core's own page walker: no side effects on the guest ---------------------------------- */
/* Copy bytes; returns how many could be read before the first unmapped byte. */
uint64_t vpc_read_linear(vpc *, uint32_t cpu, uint64_t address, uint8_t *out, uint64_t bytes);
uint64_t vpc_read_physical(vpc *, uint64_t address, uint8_t *out, uint64_t bytes);
/* Physical address of a linear one, or UINT64_MAX. */
uint64_t vpc_translate(vpc *, uint32_t cpu, uint64_t address);
/* Page tables of the guest's kernel: linear addresses of the upper half that the CPU's own tables do not map, as those
 * of a process under page-table isolation, are read through them. 0: there are none. */
void vpc_set_kernel_tables(vpc *, uint64_t physical);
/* A table of a Linux kernel or module by which stacks are unwound, copied: `count` 32-bit words that stood at
 * `address`, and as many 6-byte entries. */
enum { VPC_ORC_OLD, VPC_ORC_SINCE_6_4 };
int vpc_orc_add(vpc *, uint64_t address, const int32_t *ip, const uint8_t *entries, uint64_t count, uint32_t form,
                vpc_error *error);
void vpc_orc_clear(vpc *);
/* Where a Linux kernel keeps what its processes have mapped: offsets within its structures, in bytes. */
typedef struct {
    uint64_t pivot, slot, pivots;                  /* of a node's pivots and slots, and the number of pivots */
} vpc_tree_node;
typedef struct {
    uint64_t task, mm, root;                       /* in the per-CPU area, task_struct and mm_struct */
    uint64_t heap_start, heap_end, stack_start, vdso;          /* in mm_struct */
    uint64_t start, end, flags, page, file;        /* in vm_area_struct */
    uint64_t dentry, contents, name;               /* in struct file (f_mapping is the contents) and struct dentry */
    uint64_t inner_type, range_type;               /* numbers of the types of nodes that are no leaves */
    vpc_tree_node inner, range;                    /* of type inner_type, and of all others */
    uint64_t known;                                /* 0: the rest has no meaning */
} vpc_mappings;
void vpc_set_mappings(vpc *, const vpc_mappings *);
/* Write the name of what the process that runs on a CPU has mapped at an address and the offset in it, `file+0x1a2b`,
 * or the address where that is not known: less than 128 bytes. Returns the length. */
uint64_t vpc_describe_place(vpc *, uint32_t cpu, uint64_t address, char *out);
/* A file of the guest by whose name an address was described: the struct address_space of its contents. */
typedef struct {
    uint64_t contents;
    char name[64];
} vpc_mapped_file;
/* The files that were named since they were last taken, at most `limit`; returns how many. Of two that share a place in
 * the core's table the later one is there; the other one is again when it is named again. */
uint64_t vpc_take_mapped_files(vpc *, vpc_mapped_file *out, uint64_t limit);
/* The stack of a CPU now: RIP and return addresses, innermost first; returns how many of at most `limit`. */
uint64_t vpc_read_stack(vpc *, uint32_t cpu, uint64_t *out, uint64_t limit);
/* An integer built-in variable, as a script would read it; returns VPC_RUNTIME_NONE or VPC_RUNTIME_NO_VCPU. */
int vpc_read_variable(vpc *, int cpu, uint32_t variable, uint64_t *out);

/* --- a machine without a CPU: RAM and a zeroed register file, for tests of programs ------------------------- */
vpc *vpc_new_detached(uint64_t ram_bytes, uint32_t ncpus, vpc_error *error);
void vpc_free(vpc *);
/* Let this process keep large blocks it frees: reading many rows out again then needs no fresh pages. */
void vpc_keep_memory(void);
uint8_t *vpc_ram(vpc *);
uint64_t vpc_ram_bytes(const vpc *);
uint8_t *vpc_cpu_env(vpc *, uint32_t cpu);               /* the CPUX86State, for tests */
/* What TSC, TSC_HZ and getsystemtime read; the clock of a detached machine stands still otherwise. */
void vpc_set_clock(vpc *, uint64_t ticks, uint64_t tsc_hz, uint64_t epoch_us);
#endif
