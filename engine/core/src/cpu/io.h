/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port instructions and device memory. */
#ifndef VPC_CPU_IO_H
#define VPC_CPU_IO_H
#include "guest/state.h"

void vpc_install_port_hooks(vpc_cpu *);
/* In place of helpers of translated code; see emulator/helpers.h. */
uint64_t vpc_helper_inb(vpc_cpu *, uint32_t port);
uint64_t vpc_helper_inw(vpc_cpu *, uint32_t port);
uint64_t vpc_helper_inl(vpc_cpu *, uint32_t port);
/* In place of the store of 0 by which QEMU tries whether the target of INS can be written. */
void vpc_before_insb(vpc_cpu *, uint64_t address);
void vpc_before_insw(vpc_cpu *, uint64_t address);
void vpc_before_insl(vpc_cpu *, uint64_t address);
/* Let device memory answer above RAM. Returns -1 with a reason in error. */
int vpc_map_device_memory(vpc_cpu *, vpc_error *error);
bool vpc_peek_device(vpc *, const vpc_cpu *, uint64_t address, uint64_t *out);   /* vpc.peek_device */
#endif
