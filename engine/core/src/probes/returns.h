/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUEST:EXIT: a function returns. */
#ifndef VPC_PROBES_RETURNS_H
#define VPC_PROBES_RETURNS_H
#include "guest/state.h"

/* 0, or -1 when memory is used up. */
int vpc_attach_returns(vpc *, vpc_attachment *);
void vpc_detach_returns(vpc *, vpc_attachment *);
#endif
