/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytecode interpreter. */
#ifndef VPC_VP_INTERP_H
#define VPC_VP_INTERP_H
#include "vp/fire.h"

/* Runs the body of the probe; returns VPC_RUNTIME_*. */
int vpc_interpret(vpc_firing *);
#endif
