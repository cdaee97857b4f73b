/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The block clock as generated code: a few instructions before each translated block, in place of a hook.
 *
 * Code generation for a block is replaced: the clock comes first, then the block, then the call for a block at the
 * limit. Offsets into the code that Unicorn has noted are moved by what was put before them. */
#include "emulator/block_clock.h"
#include <string.h>
#include "emulator/emulator.h"
#include "emulator/helpers.h"
#include "emulator/interpose.h"
#include "emulator/lock_prefix.h"
#include "emulator/repeat.h"
#include "guest/registers.h"

#ifdef VPC_INLINE_CLOCK

#define TOO_LARGE (-2)      /* the result that asks for fewer instructions */
#define LARGEST 0xffff      /* bytes of code that offsets of 16 bits can reach */
#define NO_JUMP 0xffff      /* jmp_reset_offset of a block without that jump */
#define SLOW_BYTES 64

/* Bytes are appended at *at. */
static void put(uint8_t **at, const void *bytes, size_t n)
{
    memcpy(*at, bytes, n);
    *at += n;
}

#define PUT(at, ...) put(at, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void put32(uint8_t **at, uint32_t value) { put(at, &value, sizeof value); }
static void put64(uint8_t **at, const void *value)
{
    uint64_t address = (uint64_t)value;
    put(at, &address, sizeof address);
}

/* Offset of a field of the machine from its clock. */
#define FROM_CLOCK(field) ((uint8_t)(offsetof(vpc, field) - offsetof(vpc, ticks)))

/* The clock of a block, at `at`; *due becomes the place of the jump's distance. Every register is free here. */
static void put_clock(uint8_t **at, vpc *m, uint32_t ticks, uint8_t **due)
{
    PUT(at, 0x48, 0xb9), put64(at, &m->ticks);               /* mov rcx, &ticks */
    PUT(at, 0x48, 0x8b, 0x01);                               /* mov rax, [rcx] */
    PUT(at, 0x48, 0x3b, 0x41, FROM_CLOCK(tick_limit));       /* cmp rax, [rcx + tick_limit] */
    PUT(at, 0x0f, 0x83), *due = *at, put32(at, 0);           /* jae slow */
    PUT(at, 0x48, 0x05), put32(at, ticks);                   /* add rax, ticks */
    PUT(at, 0x48, 0x89, 0x01);                               /* mov [rcx], rax */
    PUT(at, 0x48, 0xff, 0x41, FROM_CLOCK(blocks));           /* inc qword [rcx + blocks] */
}

/* A block of one REP MOVS or REP STOS does many elements first; see repeat.c. */
static void put_repeat(uint8_t **at, vpc_cpu *cpu, uint32_t kind, uint32_t ticks)
{
    uint8_t *skip;
    PUT(at, 0x48, 0x83, 0x7d, ENV_REGS + 8 * VPC_RCX, VPC_REPEAT_LEAST);   /* cmp qword [rbp + RCX], LEAST */
    PUT(at, 0x72, 0), skip = *at;                            /* jb skip */
    PUT(at, 0x48, 0xbf), put64(at, cpu);                     /* mov rdi, cpu */
    PUT(at, 0xbe), put32(at, kind);                          /* mov esi, kind */
    PUT(at, 0xba), put32(at, ticks);                         /* mov edx, ticks */
    PUT(at, 0x48, 0xb8), put64(at, (const void *)vpc_repeat);   /* mov rax, vpc_repeat */
    PUT(at, 0xff, 0xd0);                                     /* call rax */
    skip[-1] = (uint8_t)(*at - skip);
}

/* A block that runs with RFLAGS.RF; see repeat.c. */
static void put_resume(uint8_t **at, vpc_cpu *cpu, uint64_t pc)
{
    PUT(at, 0x48, 0xbf), put64(at, cpu);                     /* mov rdi, cpu */
    PUT(at, 0x48, 0xbe), put64(at, (const void *)pc);        /* mov rsi, pc */
    PUT(at, 0x48, 0xb8), put64(at, (const void *)vpc_resume_instruction);   /* mov rax, vpc_resume_instruction */
    PUT(at, 0xff, 0xd0);                                     /* call rax */
}

static void patch(uint8_t *distance, const uint8_t *target)
{
    int32_t value = (int32_t)(target - (distance + 4));
    memcpy(distance, &value, sizeof value);
}

/* At the limit: block_due(cpu, bytes, eip), then the block. */
static void put_slow(uint8_t **at, vpc_cpu *cpu, uint32_t bytes, uint64_t eip, const uint8_t *block)
{
    uint8_t *back;
    PUT(at, 0x48, 0xbf), put64(at, cpu);                     /* mov rdi, cpu */
    PUT(at, 0xbe), put32(at, bytes);                         /* mov esi, bytes */
    PUT(at, 0x48, 0xba), put64(at, (const void *)eip);       /* mov rdx, eip */
    PUT(at, 0x48, 0xb8), put64(at, (const void *)cpu->machine->emulator->block_due);   /* mov rax, block_due */
    PUT(at, 0xff, 0xd0);                                     /* call rax */
    PUT(at, 0xe9), back = *at, put32(at, 0);                 /* jmp block */
    patch(back, block);
}

/* Unicorn asks before each block whether to leave; here the clock's limit says so. */
static void remove_exit_request(const vpc_cpu *cpu, uint8_t *context)
{
    uint8_t *op = *(uint8_t **)(context + TCG_OPS);
    while (op && *op != TCG_OP_CALL && *op != TCG_OP_INSN_START)
        op = *(uint8_t **)(op + TCG_OP_NEXT);
    if (op && *op == TCG_OP_CALL)
        cpu->machine->emulator->uc.remove_op(context, op);
}

/* In place of a block: vpc_raise_undefined(cpu, eip). Returns its size. */
static int put_undefined(uint8_t *at, vpc_cpu *cpu, uint64_t eip)
{
    const uint8_t *start = at;
    PUT(&at, 0x48, 0xbf), put64(&at, cpu);                   /* mov rdi, cpu */
    PUT(&at, 0x48, 0xbe), put64(&at, (const void *)eip);     /* mov rsi, eip */
    PUT(&at, 0x48, 0xb8), put64(&at, (const void *)vpc_raise_undefined);   /* mov rax, vpc_raise_undefined */
    PUT(&at, 0xff, 0xd0);                                    /* call rax */
    return (int)(at - start);
}

static void move_offsets(uint8_t *context, uint8_t *block, uint32_t by)
{
    uint16_t *ends = (uint16_t *)(context + TCG_INSN_ENDS), *reset = (uint16_t *)(block + TB_JMP_RESET_OFFSET);
    uint64_t *jump = (uint64_t *)(block + TB_JMP_TARGET);
    uint32_t instructions = *(uint16_t *)(block + TB_ICOUNT);
    for (uint32_t i = 0; i < instructions; i++)
        ends[i] = (uint16_t)(ends[i] + by);
    for (int i = 0; i < 2; i++)
        if (reset[i] != NO_JUMP) {
            reset[i] = (uint16_t)(reset[i] + by);
            jump[i] += by;
        }
}

#define INSTRUCTION_BYTES 64u
#define ACCESS_BYTES 80u
#define HOOKS_BYTES 10000u

/* Whether the code of a block could come to be too large. It is larger in some processes than in others, and with
 * probes, by a few bytes; where a block ends must not depend on that. So the instructions and their accesses to memory
 * decide, with more bytes for each than nearly all need. */
static bool could_be_too_large(const uint8_t *context)
{
    uint64_t bytes = HOOKS_BYTES;
    for (const uint8_t *op = *(uint8_t *const *)(context + TCG_OPS); op; op = *(uint8_t *const *)(op + TCG_OP_NEXT))
        if (*op >= TCG_OP_FIRST_ACCESS && *op <= TCG_OP_STORE)
            bytes += ACCESS_BYTES;
        else if (*op == TCG_OP_INSN_START)
            bytes += INSTRUCTION_BYTES;
    return bytes > LARGEST;
}

/* A block after which an interrupt may be taken goes on when there is none. */
static int generate(const vpc_cpu *cpu, uint8_t *context, uint8_t *block)
{
    void **epilogue = (void **)(context + TCG_EPILOGUE), *kept = *epilogue;
    *epilogue = cpu->machine->emulator->helpers.leave[cpu->id];
    int size = vpc_replaced.generate_code(context, block);
    *epilogue = kept;
    return size;
}

int vpc_generate_code(void *context, uint8_t *block)
{
    vpc_cpu *cpu = vpc_cpu_of_engine(*(void **)((uint8_t *)context + TCG_ENGINE));
    if (!cpu)
        return vpc_replaced.generate_code(context, block);
    vpc *m = cpu->machine;
    uint8_t *start = *(uint8_t **)(block + TB_CODE), *at = start, *due;
    uint32_t bytes = *(uint16_t *)(block + TB_SIZE), ticks = (uint32_t)(bytes * m->ticks_per_byte), kind = 0;
    uint64_t eip = *(uint64_t *)(block + TB_PC) - *(uint64_t *)(block + TB_CS_BASE);
    bool undefined = vpc_refuses_lock(cpu, context, block), one = *(uint16_t *)(block + TB_ICOUNT) == 1;
    if (undefined && !one)
        return TOO_LARGE;   /* until the instruction begins a block, alone */
    remove_exit_request(cpu, context);
    bool calls = vpc_replace_calls(cpu, context);   /* a hook too is a call */
    if (!one && could_be_too_large(context))
        return TOO_LARGE;
    if (!calls && one)
        kind = vpc_repeat_kind(cpu, *(uint64_t *)(block + TB_PC));
    if (kind)
        put_repeat(&at, cpu, kind, ticks);
    put_clock(&at, m, ticks, &due);
    const uint8_t *begin = at;
    if (ENV_U32(block, TB_FLAGS) & RFLAGS_RF)
        put_resume(&at, cpu, *(uint64_t *)(block + TB_PC));
    uint32_t clock_bytes = (uint32_t)(at - start);
    *(uint8_t **)(block + TB_CODE) = at;
    int size = undefined ? put_undefined(at, cpu, eip) : generate(cpu, context, block);
    *(uint8_t **)(block + TB_CODE) = start;
    if (size < 0)
        return size;
    if (size + clock_bytes + SLOW_BYTES > LARGEST)
        return TOO_LARGE;
    move_offsets(context, block, clock_bytes);
    uint8_t *slow = at + size, *end = slow;
    put_slow(&end, cpu, bytes, eip, begin);
    patch(due, slow);
    return (int)(end - start);
}

/* Something in Unicorn wants to leave translated code. */
void vpc_request_exit(void *state)
{
    vpc_replaced.cpu_exit(state);
    const vpc_cpu *cpu = vpc_cpu_of_state(state);
    if (cpu)
        cpu->machine->tick_limit = 0;
}
#endif
