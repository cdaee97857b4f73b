/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The check of bytecode before it is loaded. */
#ifndef VPC_VP_VERIFY_H
#define VPC_VP_VERIFY_H
#include "vp/program.h"

/* 0, or -1 and a reason, for bytecode that could leave its bounds. Notes what the program reads. */
int vpc_verify(vpc_program *, vpc_error *error);
#endif
