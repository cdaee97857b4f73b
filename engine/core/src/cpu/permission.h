/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a CPU may use a port. */
#ifndef VPC_CPU_PERMISSION_H
#define VPC_CPU_PERMISSION_H
#include "guest/state.h"

bool vpc_may_use_port(const vpc_cpu *, uint32_t port, uint32_t bytes);
#endif
