/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running process of a Linux guest has mapped. */
#ifndef VPC_GUEST_MAPPINGS_H
#define VPC_GUEST_MAPPINGS_H
#include "guest/state.h"

#define VPC_PLACE_NAME 64    /* longest name, with the NUL, as in vpc_mapped_file */
#define VPC_PLACE_BYTES 88   /* with _ in front, +0x and 16 digits behind */

/* Writes the name of the mapping at an address and the offset in it, `busybox+0x1a2b`, or the address where no mapping
 * is known: less than VPC_PLACE_BYTES with the NUL. Returns the length. */
size_t vpc_place(vpc *, const vpc_cpu *, uint64_t address, char *out);
/* Whether it is known of a user address that it is not in a mapping with code. */
bool vpc_maps_no_code(const vpc *, const vpc_cpu *, uint64_t address);
#endif
