/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aggregates as text. */
#ifndef VPC_VP_AGGREGATE_TEXT_H
#define VPC_VP_AGGREGATE_TEXT_H
#include "vp/aggregate.h"

void vpc_aggregate_log(vpc_aggregate *, vpc *, vpc_printer);
#endif
