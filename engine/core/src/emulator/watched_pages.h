/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages whose accesses are looked at one by one. */
#ifndef VPC_EMULATOR_WATCHED_PAGES_H
#define VPC_EMULATOR_WATCHED_PAGES_H
#include "guest/state.h"

/* Whether a page can hold a byte of an access to an address that a data probe or a breakpoint watches. */
bool vpc_is_watched(const vpc_cpu *, uint64_t address);
/* Every access of an entry shall ask again. */
void vpc_mark_entry(uint8_t *entry, uint64_t address);
/* An address is watched now, or no longer: the entries of its pages are marked accordingly. */
void vpc_mark_pages(vpc_cpu *, uint64_t where);
#endif
