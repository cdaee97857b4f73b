/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that the core answers by itself, which guests read in loops: counters of guest time, and registers that do not
 * change until the device says so. */
#include "cpu/served_ports.h"

bool vpc_read_served_port(const vpc *m, uint32_t port, uint32_t bytes, uint32_t *value)
{
    const vpc_emulator *emulator = m->emulator;
    for (uint32_t i = 0; i < emulator->nserved; i++) {
        const vpc_served_port *served = &emulator->served[i];
        if (served->port == port && served->bytes == bytes) {
            *value = served->hz ? (uint32_t)((unsigned __int128)m->ticks * served->hz / m->tsc_hz) & served->value
                                : served->value;
            return true;
        }
    }
    return false;
}

void vpc_release_port(vpc *m, uint32_t port)
{
    vpc_emulator *emulator = m->emulator;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < emulator->nserved; i++)
        if (emulator->served[i].port != port)
            emulator->served[kept++] = emulator->served[i];
    emulator->nserved = kept;
}

bool vpc_serve_port(vpc *m, uint32_t port, uint32_t bytes, uint64_t hz, uint32_t value)
{
    vpc_emulator *emulator = m->emulator;
    vpc_release_port(m, port);
    if (emulator->nserved == VPC_MAX_SERVED_PORTS)
        return false;
    emulator->served[emulator->nserved++] = (vpc_served_port){port, bytes, value, hz};
    return true;
}
