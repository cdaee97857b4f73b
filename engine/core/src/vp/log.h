/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text that scripts print. */
#ifndef VPC_VP_LOG_H
#define VPC_VP_LOG_H
#include "guest/state.h"

/* Who prints. */
typedef struct {
    uint32_t program;
    uint16_t probe, cpu;
    bool is_aggregate;         /* logaggr writes */
} vpc_printer;

void vpc_log_write(vpc *, vpc_printer, const char *text, size_t bytes);
int vpc_log_new(vpc *, vpc_error *error);
void vpc_log_free(vpc *);
#endif
