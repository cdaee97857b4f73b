/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printf over VP values. */
#ifndef VPC_VP_FORMAT_H
#define VPC_VP_FORMAT_H
#include <stddef.h>
#include <stdint.h>

/* Like snprintf over 64-bit integers and references to strings; returns -1 when the format does not fit its arguments,
 * and in *bad the number of the conversion, or the letter of an invalid one << 32. */
int vpc_format(char *out, size_t capacity, const char *format, const uint64_t *args, uint32_t nargs, uint32_t strings,
               uint64_t *bad);
#endif
