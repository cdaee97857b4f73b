/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading guest memory for a script. */
#include <string.h>
#include "vp/access.h"
#include "guest/memory.h"

int vpc_no_page_tables(vpc_firing *f)
{
    f->detail = VPC_VAR_CR3;
    return VPC_RUNTIME_NO_VCPU;
}

int vpc_load_guest(vpc_firing *f, uint64_t address, uint64_t *out)
{
    if (!f->cpu)
        return vpc_no_page_tables(f);
    f->detail = address;
    bool mapped = vpc_linear_copy(f->machine, f->cpu, address, (uint8_t *)out, 8) == 8;
    return mapped ? VPC_RUNTIME_NONE : VPC_RUNTIME_UNMAPPED;
}

static bool peek(vpc *m, const vpc_cpu *cpu, uint64_t address, uint64_t *out)
{
    return m->peek_device && m->peek_device(m, cpu, address, out);
}

int vpc_load_physical(vpc_firing *f, uint64_t address, uint64_t *out)
{
    f->detail = address;
    if (vpc_ram_u64(f->machine, address, out) || peek(f->machine, f->cpu, address, out))
        return VPC_RUNTIME_NONE;
    return VPC_RUNTIME_PHYSICAL;
}

/* getgueststr: bytes up to a NUL, at most `bytes` and 255. */
int vpc_load_string(vpc_firing *f, char *to, uint64_t bytes, uint64_t address)
{
    char text[VPC_STRING_BYTES];
    if (!f->cpu)
        return vpc_no_page_tables(f);
    f->detail = address;
    if (bytes > VPC_STRING_BYTES - 1)
        bytes = VPC_STRING_BYTES - 1;
    uint64_t got = vpc_linear_copy(f->machine, f->cpu, address, (uint8_t *)text, bytes);
    if (got < bytes && !memchr(text, 0, got)) {
        f->detail = address + got;
        return VPC_RUNTIME_UNMAPPED;
    }
    text[got] = 0;
    memcpy(to, text, strlen(text) + 1);
    return VPC_RUNTIME_NONE;
}

/* getguestphysstr: the same at a physical address. */
int vpc_load_physical_string(vpc_firing *f, char *to, uint64_t bytes, uint64_t address)
{
    char text[VPC_STRING_BYTES];
    if (bytes > VPC_STRING_BYTES - 1)
        bytes = VPC_STRING_BYTES - 1;
    uint64_t got = vpc_read_physical(f->machine, address, (uint8_t *)text, bytes);
    if (got < bytes && !memchr(text, 0, got)) {
        f->detail = address + got;
        return VPC_RUNTIME_PHYSICAL;
    }
    text[got] = 0;
    memcpy(to, text, strlen(text) + 1);
    return VPC_RUNTIME_NONE;
}
