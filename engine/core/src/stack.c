/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gueststack: the guest's stack by frame pointers, as GUEST_0x<rip>_0x<return>_... (manual p. 24). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "vp.h"

#define MAX_FRAMES 64
#define ENDING "_..."

static bool load_word(const vpc_firing *f, uint64_t address, unsigned size, uint64_t *out)
{
    *out = 0;
    return vpc_linear_copy(f->machine, f->cpu, address, (uint8_t *)out, size) == size;
}

/* Append one address; when it does not fit with the ending still to come, append the ending instead. */
static bool append(char *text, size_t *used, uint64_t address)
{
    char word[24];
    size_t n = (size_t)snprintf(word, sizeof word, "_0x%" PRIx64, address);
    if (*used + n + sizeof ENDING > VPC_STRING_BYTES) {
        memcpy(text + *used, ENDING, sizeof ENDING);
        return false;
    }
    memcpy(text + *used, word, n + 1);
    *used += n;
    return true;
}

int vpc_guest_stack(vpc_firing *f, char *to)
{
    char text[VPC_STRING_BYTES] = "GUEST";
    size_t used = 5;
    if (!f->cpu)
        return VPC_RT_NO_VCPU;
    const uint8_t *env = f->cpu->env;
    int bits = vpc_code_bits(f->cpu);
    unsigned size = (unsigned)bits / 8;
    uint64_t mask = bits == 64 ? UINT64_MAX : (1ull << bits) - 1;
    uint64_t base = bits == 64 ? 0 : ENV_U64(env + ENV_SEGS + 2 * ENV_SEG_BYTES, SEG_BASE);
    uint64_t frame = ENV_U64(env, ENV_REGS + 5 * 8) & mask;
    bool room = append(text, &used, ENV_U64(env, ENV_EIP));
    for (int depth = 0; room && depth < MAX_FRAMES && frame; depth++) {
        uint64_t next, address;
        if (!load_word(f, base + frame, size, &next) || !load_word(f, base + frame + size, size, &address) || !address)
            break;
        room = append(text, &used, address);
        if (next <= frame)  /* stacks grow downwards: an older frame lies higher */
            break;
        frame = next;
    }
    memcpy(to, text, sizeof text);
    return VPC_RT_NONE;
}
