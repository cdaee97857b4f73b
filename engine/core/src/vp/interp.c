/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytecode interpreter: one call runs one firing. opcodes.h says what each operation does. */
#include <stdio.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include "vp/interp.h"
#include "guest/registers.h"
#include "include/opcodes.h"
#include "vp/access.h"
#include "vp/aggregate_text.h"
#include "vp/format.h"
#include "vp/log.h"
#include "vp/numbered.h"
#include "vp/offsets.h"
#include "vp/stack.h"

typedef struct {
    uint32_t pc;
    uint16_t frame;
} return_address;

static uint16_t u16_at(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t u32_at(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

static uint64_t u64_at(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

static const char *text_of(uint64_t slot)
{
    return (const char *)(uintptr_t)slot;
}

/* Strings a script may write: its variables, and temporaries on the VP stack below `end`. A literal is left alone. */
static char *writable_below(const vpc_firing *f, uint64_t slot, const uint64_t *end)
{
    const vpc_program *p = f->program;
    uintptr_t first = (uintptr_t)p->strings, stack = (uintptr_t)f->thread->stack;
    bool variable = slot >= first && slot - first < (uintptr_t)p->nthreads * p->nstrings * VPC_STRING_BYTES;
    bool temporary = slot >= stack && slot + VPC_STRING_BYTES <= (uintptr_t)end;
    return variable || temporary ? (char *)(uintptr_t)slot : NULL;
}

static char *writable(const vpc_firing *f, uint64_t slot)
{
    return writable_below(f, slot, f->thread->stack + VPC_STACK_SLOTS);
}

static void copy_string(char *to, const char *from)
{
    size_t n = strnlen(from, VPC_STRING_BYTES - 1);
    memmove(to, from, n);
    to[n] = 0;
}

static vpc_printer printer(const vpc_firing *f)
{
    return (vpc_printer){f->program->serial, (uint16_t)(f->probe - f->program->probes),
                         f->cpu ? (uint16_t)f->cpu->id : UINT16_MAX, false};
}

static void print(vpc_firing *f, const char *text, size_t bytes)
{
    vpc_log_write(f->machine, printer(f), text, bytes);
}

static int do_printf(vpc_firing *f, const uint64_t *operands, uint32_t n, uint32_t strings)
{
    char text[VPC_PRINT_BYTES + 2];
    int bytes = vpc_format(text, sizeof text, text_of(operands[0]), operands + 1, n, strings, &f->detail);
    if (bytes < 0)
        return VPC_RUNTIME_FORMAT;
    if (bytes > VPC_PRINT_BYTES)
        return VPC_RUNTIME_TOO_LONG;
    print(f, text, (size_t)bytes);
    return VPC_RUNTIME_NONE;
}

static int do_sprintf(vpc_firing *f, const uint64_t *operands, uint32_t n, uint32_t strings)
{
    char text[VPC_STRING_BYTES];
    int bytes = vpc_format(text, sizeof text, text_of(operands[1]), operands + 2, n, strings, &f->detail);
    if (bytes < 0)
        return VPC_RUNTIME_FORMAT;
    char *to = writable(f, operands[0]);
    if (to)
        memcpy(to, text, (size_t)bytes + 1);
    return VPC_RUNTIME_NONE;
}

static uint64_t system_time(const vpc *m)
{
    if (m->host_time) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
    }
    uint64_t seconds = m->ticks / m->tsc_hz, rest = m->ticks % m->tsc_hz;
    return m->epoch_us + seconds * 1000000u + rest * 1000000u / m->tsc_hz;
}

static int do_guest_string(vpc_firing *f, const uint64_t *operands)
{
    char *to = writable(f, operands[0]);
    char unused[VPC_STRING_BYTES];
    return vpc_load_string(f, to ? to : unused, operands[1], operands[2]);
}

static int do_physical_string(vpc_firing *f, const uint64_t *operands)
{
    char *to = writable(f, operands[0]);
    char unused[VPC_STRING_BYTES];
    return vpc_load_physical_string(f, to ? to : unused, operands[1], operands[2]);
}

static int do_guest_stack(vpc_firing *f, uint64_t slot)
{
    char *to = writable(f, slot);
    char unused[VPC_STRING_BYTES];
    return vpc_guest_stack(f, to ? to : unused);
}

static int do_guest_mapping(vpc_firing *f, uint64_t slot, uint64_t address)
{
    char *to = writable(f, slot);
    char unused[VPC_STRING_BYTES];
    return vpc_guest_mapping(f, to ? to : unused, address);
}

static const struct {
    const char *name, *text;
} caught[VPC_RUNTIME_COUNT] = {
#define CAUGHT(name, text) [VPC_RUNTIME_##name] = {VPC_RUNTIME_##name ? #name : "", text},
    VPC_RUNTIME_ERRORS(CAUGHT)
};

/* The innermost TRY whose code holds an instruction; NULL when there is none. */
static const vpc_try *try_around(const vpc_program *p, uint32_t pc)
{
    for (uint32_t i = p->ntries; i-- > 0;)
        if (p->tries[i].start < pc && pc < p->tries[i].handler)
            return &p->tries[i];
    return NULL;
}

#define CALL_BYTES 3u
#define FAIL(kind) do { error = (kind); goto failed; } while (0)
#define FAIL_DIVIDE do { f->detail = 0; FAIL(VPC_RUNTIME_DIVIDE); } while (0)
#define CHECK(call) do { error = (call); if (error) goto failed; } while (0)
#define BINARY(expression) do { uint64_t b = sp[-1], a = sp[-2]; sp--; sp[-1] = (expression); } while (0)
#define NEXT do { start = ip; TRACE; goto *labels[*ip++]; } while (0)
#define LABEL(name, ...) [VPC_OP_##name] = &&op_##name,

#define INTERPRET interpret
#define TRACE do { } while (0)
#include "vp/interp_loop.h"
#undef INTERPRET
#undef TRACE

/* The top of the stack is that of the frame when nothing else is on it. */
#define INTERPRET interpret_traced
#define TRACE \
    p->trace(p->trace_context, (uint32_t)(f->probe - p->probes), (uint32_t)(ip - p->code), sp > stack ? sp[-1] : 0)
#include "vp/interp_loop.h"

int vpc_interpret(vpc_firing *f)
{
    return f->program->trace ? interpret_traced(f) : interpret(f);
}
