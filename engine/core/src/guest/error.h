/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Failures of the core's functions. */
#ifndef VPC_GUEST_ERROR_H
#define VPC_GUEST_ERROR_H
#include "include/vpcore.h"

/* Sets the message; returns -1, so that a function can fail in one statement. */
int vpc_fail(vpc_error *, const char *format, ...) __attribute__((format(printf, 2, 3)));
int vpc_out_of_memory(vpc_error *);
#endif
