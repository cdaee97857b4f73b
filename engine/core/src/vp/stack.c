/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's stack: by frame pointers, or through a Linux kernel by its unwind tables. gueststack writes it as
 * GUEST_0x<rip>_0x<return>_... (manual p. 24). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "vp/stack.h"
#include "guest/mappings.h"
#include "guest/memory.h"
#include "guest/registers.h"
#include "vp/access.h"
#include "vp/orc.h"

#define ENDING "_..."

static bool load_word(const vpc_unwind *u, uint64_t address, unsigned size, uint64_t *out)
{
    *out = 0;
    return vpc_linear_copy(u->machine, u->cpu, address, (uint8_t *)out, size) == size;
}

/* Where the frame pointer is used as any other register, what lies there is no return address. */
static bool cannot_be_code(const vpc_unwind *u, uint64_t address)
{
    int64_t top = (int64_t)address >> 47;
    return u->bytes == 8 && ((top && top != -1) || vpc_holds_data(u->machine, u->cpu, address) ||
                             vpc_maps_no_code(u->machine, u->cpu, address));
}

/* On to the caller by the frame pointer; stacks grow downwards, so an older frame lies higher. */
static bool frame_step(vpc_unwind *u)
{
    uint64_t next, address, at = u->base + u->bp;
    if (!u->bp || !load_word(u, at, u->bytes, &next) || !load_word(u, at + u->bytes, u->bytes, &address) || !address)
        return false;
    if (cannot_be_code(u, address))
        return false;
    u->ip = address;
    u->bp = next > u->bp ? next : 0;
    return true;
}

static vpc_unwind innermost(vpc *m, const vpc_cpu *cpu)
{
    const uint8_t *env = cpu->env;
    int bits = vpc_code_bits(cpu);
    uint64_t mask = bits == 64 ? UINT64_MAX : (1ull << bits) - 1;
    bool user = (ENV_U32(SEG(env, VPC_SEG_CS, SEG_SELECTOR), 0) & 3) != 0;
    return (vpc_unwind){
        .machine = m,
        .cpu = cpu,
        .ip = ENV_U64(env, ENV_EIP),
        .sp = REG(env, VPC_RSP) & mask,
        .bp = REG(env, VPC_RBP) & mask,
        .bytes = (unsigned)bits / 8,
        .base = bits == 64 ? 0 : SEGMENT_BASE(env, VPC_SEG_SS),
        .registers = UNWIND_CPU,
        .exact = true,
        .frame_pointers = !m->orc || bits != 64 || user,
    };
}

static bool step(vpc_unwind *u)
{
    return u->frame_pointers ? frame_step(u) : vpc_orc_step(u);
}

/* A text that is too long is cut before a frame, and says so. */
int vpc_guest_stack(vpc_firing *f, char *to)
{
    char text[VPC_STRING_BYTES + VPC_PLACE_BYTES] = "GUEST";
    if (!f->cpu) {
        f->detail = VPC_VAR_RBP;
        return VPC_RUNTIME_NO_VCPU;
    }
    vpc_unwind u = innermost(f->machine, f->cpu);
    size_t used = strlen(text), whole = used;   /* with the ending, so many bytes fit */
    do {
        if (used <= VPC_STRING_BYTES - sizeof ENDING)
            whole = used;
        text[used++] = '_';
        used += vpc_place(f->machine, f->cpu, u.ip, text + used);
    } while (used < VPC_STRING_BYTES && step(&u));
    if (used >= VPC_STRING_BYTES)
        strcpy(text + whole, ENDING);
    strcpy(to, text);
    return VPC_RUNTIME_NONE;
}

int vpc_guest_mapping(vpc_firing *f, char *to, uint64_t address)
{
    if (!f->cpu)
        return vpc_no_page_tables(f);
    vpc_place(f->machine, f->cpu, address, to);
    return VPC_RUNTIME_NONE;
}

uint64_t vpc_read_stack(vpc *m, uint32_t cpu, uint64_t *out, uint64_t limit)
{
    if (cpu >= m->ncpus || !limit)
        return 0;
    vpc_unwind u = innermost(m, &m->cpu[cpu]);
    uint64_t n = 0;
    do
        out[n++] = u.ip;
    while (n < limit && step(&u));
    return n;
}
