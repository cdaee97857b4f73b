/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arming probes: putting them where their event fires them, and taking them away without a trace. */
#include <stdio.h>
#include <stdlib.h>
#include "side.h"

static bool is_periodic(uint32_t point)
{
    return point == VPC_PT_VMM1HZ || point == VPC_PT_VMM10HZ || point == VPC_PT_USEC || point == VPC_PT_VMX1HZ;
}

static void on_code(void *uc, uint64_t address, uint32_t bytes, void *data)
{
    (void)uc, (void)address, (void)bytes;
    vpc_armed *armed = data;
    vpc_fire_armed(armed->machine, armed, armed->machine->side->current, NULL, 0);
}

/* Put an armed probe where the machine comes across it. */
static void attach(vpc *m, vpc_armed *armed)
{
    if (is_periodic(armed->point)) {
        vpc_periodic_start(m, armed);
        m->side->periodic[m->side->nperiodic++] = armed;
    } else if (armed->point == VPC_PT_GUEST_EXEC) {
        for (uint32_t i = 0; i < m->ncpus; i++)
            vpc_hook(&m->cpu[i], &armed->hook[i], UC_HOOK_CODE, (void *)on_code, armed, armed->where, armed->where, 0);
        vpc_flush_translations(m);
    }
}

static void detach(vpc *m, vpc_armed *armed)
{
    struct vpc_machine *side = m->side;
    if (is_periodic(armed->point)) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < side->nperiodic; i++)
            if (side->periodic[i] != armed)
                side->periodic[kept++] = side->periodic[i];
        side->nperiodic = kept;
    } else if (armed->point == VPC_PT_GUEST_EXEC) {
        for (uint32_t i = 0; i < m->ncpus; i++)
            vpc_unhook_code(&m->cpu[i], armed->hook[i]);
        vpc_flush_translations(m);
    }
}

int vpc_arm(vpc *m, vpc_program *program, uint32_t probe, uint32_t point, uint64_t where, uint64_t extra,
            char *error, size_t error_bytes)
{
    if (point >= VPC_PT_COUNT || (point == VPC_PT_USEC && !where)) {
        snprintf(error, error_bytes, "no such probe point");
        return -1;
    }
    if (m->narmed == VPC_MAX_PROBES) {
        snprintf(error, error_bytes, "a virtual machine is limited to %d probes", VPC_MAX_PROBES);
        return -1;
    }
    vpc_armed *armed = calloc(1, sizeof *armed);
    if (!armed) {
        snprintf(error, error_bytes, "out of memory");
        return -1;
    }
    *armed = (vpc_armed){.program = program, .probe = probe, .point = point, .where = where, .extra = extra,
                         .machine = m};
    m->point[point].armed[m->point[point].n++] = armed;
    m->narmed++;
    if (m->side)
        attach(m, armed);
    return 0;
}

void vpc_disarm(vpc *m, vpc_program *program)
{
    for (uint32_t p = 0; p < VPC_PT_COUNT; p++) {
        vpc_point *point = &m->point[p];
        uint32_t kept = 0;
        for (uint32_t i = 0; i < point->n; i++) {
            vpc_armed *armed = point->armed[i];
            if (armed->program != program) {
                point->armed[kept++] = armed;
                continue;
            }
            if (m->side)
                detach(m, armed);
            m->narmed--;
            free(armed);
        }
        point->n = kept;
    }
}
