/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of Unicorn's functions that the core replaces. */
#ifndef VPC_REPLACEMENTS_H
#define VPC_REPLACEMENTS_H
#include "guest/state.h"

int vpc_replace_functions(vpc *, vpc_error *error);
#endif
