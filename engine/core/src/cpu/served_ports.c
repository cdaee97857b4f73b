/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that the core answers by itself: counters of guest time, which guests read in loops. */
#include "cpu/served_ports.h"
#include "guest/error.h"

#define COUNTER_BYTES 4

bool vpc_read_served_port(const vpc *m, uint32_t port, uint32_t bytes, uint32_t *value)
{
    const vpc_emulator *emulator = m->emulator;
    for (uint32_t i = 0; i < emulator->ncounters; i++) {
        const vpc_port_counter *counter = &emulator->counter[i];
        if (counter->port == port && bytes == COUNTER_BYTES) {
            *value = (uint32_t)((unsigned __int128)m->ticks * counter->hz / m->tsc_hz) & counter->mask;
            return true;
        }
    }
    return false;
}

void vpc_release_counter(vpc *m, uint32_t port)
{
    vpc_emulator *emulator = m->emulator;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < emulator->ncounters; i++)
        if (emulator->counter[i].port != port)
            emulator->counter[kept++] = emulator->counter[i];
    emulator->ncounters = kept;
}

int vpc_serve_counter(vpc *m, uint32_t port, uint64_t hz, uint32_t mask, vpc_error *error)
{
    vpc_emulator *emulator = m->emulator;
    vpc_release_counter(m, port);
    if (emulator->ncounters == VPC_MAX_COUNTERS)
        return vpc_fail(error, "counters at ports are limited to %d", VPC_MAX_COUNTERS);
    emulator->counter[emulator->ncounters++] = (vpc_port_counter){port, mask, hz};
    return 0;
}
