/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What CPUID answers. */
#ifndef VPC_CPU_CPUID_H
#define VPC_CPU_CPUID_H

#include "guest/state.h"

typedef struct {
    uint32_t a, b, c, d;   /* EAX to EDX */
} vpc_leaf;

vpc_leaf vpc_cpuid_leaf(vpc_cpu *cpu, uint32_t number, uint32_t sub);

static inline bool vpc_is_amd(const vpc *m) { return m->model.vendor[0] == 'A'; }

/* Loads EAX, EBX, ECX and EDX with the leaf that EAX and ECX name. */
void vpc_identify(vpc_cpu *cpu);

#endif
