/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gueststack: the guest's stack by frame pointers, as GUEST_0x<rip>_0x<return>_... (manual p. 24). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "vp/vp.h"

#define ADDRESS_CHARACTERS 20   /* _0x and 16 digits, with the NUL */
#define ENDING "_..."

static bool load_word(const vpc_firing *f, uint64_t address, unsigned size, uint64_t *out)
{
    *out = 0;
    return vpc_linear_copy(f->machine, f->cpu, address, (uint8_t *)out, size) == size;
}

/* Copy the text of a stack; one that is too long is cut before an address, and says so. */
static void copy_cut(char *to, const char *text, size_t used)
{
    if (used >= VPC_STRING_BYTES) {
        used = VPC_STRING_BYTES - sizeof ENDING;
        while (text[used] != '_')
            used--;
        memcpy(to + used, ENDING, sizeof ENDING);
        memcpy(to, text, used);
        return;
    }
    memcpy(to, text, used + 1);
}

int vpc_guest_stack(vpc_firing *f, char *to)
{
    char text[VPC_STRING_BYTES + ADDRESS_CHARACTERS];
    if (!f->cpu) {
        f->detail = VPC_VAR_RBP;
        return VPC_RT_NO_VCPU;
    }
    const uint8_t *env = f->cpu->env;
    int bits = vpc_code_bits(f->cpu);
    unsigned size = (unsigned)bits / 8;
    uint64_t mask = bits == 64 ? UINT64_MAX : (1ull << bits) - 1;
    uint64_t base = bits == 64 ? 0 : ENV_U64(env + ENV_SEGS + 2 * ENV_SEG_BYTES, SEG_BASE);
    uint64_t frame = ENV_U64(env, ENV_REGS + 5 * 8) & mask;
    size_t used = (size_t)snprintf(text, sizeof text, "GUEST_0x%" PRIx64, ENV_U64(env, ENV_EIP));
    while (used < VPC_STRING_BYTES && frame) {
        uint64_t next, address;
        if (!load_word(f, base + frame, size, &next) || !load_word(f, base + frame + size, size, &address) || !address)
            break;
        used += (size_t)snprintf(text + used, sizeof text - used, "_0x%" PRIx64, address);
        if (next <= frame)  /* stacks grow downwards: an older frame lies higher */
            break;
        frame = next;
    }
    copy_cut(to, text, used);
    return VPC_RT_NONE;
}
