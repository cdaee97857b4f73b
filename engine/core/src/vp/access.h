/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading guest memory for a script; each function returns VPC_RUNTIME_*. */
#ifndef VPC_VP_ACCESS_H
#define VPC_VP_ACCESS_H
#include "vp/fire.h"

int vpc_no_page_tables(vpc_firing *);   /* the error of reading linear memory without a VCPU */
int vpc_load_guest(vpc_firing *, uint64_t address, uint64_t *out);
int vpc_load_physical(vpc_firing *, uint64_t address, uint64_t *out);
int vpc_load_string(vpc_firing *, char *to, uint64_t bytes, uint64_t address);
int vpc_load_physical_string(vpc_firing *, char *to, uint64_t bytes, uint64_t address);
#endif
