/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that the core answers by itself. */
#ifndef VPC_CPU_SERVED_PORTS_H
#define VPC_CPU_SERVED_PORTS_H
#include "emulator/emulator.h"

/* Whether a read of a port is answered here, and by what. */
bool vpc_read_served_port(const vpc *, uint32_t port, uint32_t bytes, uint32_t *value);
#endif
