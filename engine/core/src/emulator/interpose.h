/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of Unicorn that the core replaces in the loaded library. */
#ifndef VPC_EMULATOR_INTERPOSE_H
#define VPC_EMULATOR_INTERPOSE_H
#include "guest/state.h"

/* The replaced functions as they were. */
typedef struct {
    void (*check_intercept)(void *env, uint32_t type, uint64_t parameter, uintptr_t host_pc);
    void (*abort)(void *state, const char *format, ...);
    void (*protect_code)(void *uc, uint64_t address);
    void (*unprotect_code)(void *uc, uint64_t address);
    void (*invalidate_store)(void *uc, void *pages, uint64_t address, int bytes, uintptr_t host_pc);
    void (*set_dirty)(void *state, uint64_t linear);
    void (*reset_dirty)(void *state, uint64_t linear, uint64_t bytes);
    void (*tlb_flush)(void *state, uint16_t modes);
    void (*tlb_flush_page)(void *state, uint64_t address, uint16_t modes);
    void (*write_cr3)(void *env, uint64_t value);
    void *(*find_block)(void *state, uint64_t pc, uint64_t base, uint32_t flags, uint32_t cflags);
    void (*flush_blocks)(void *state);
    void *(*translate_block)(void *state, uint64_t pc, uint64_t base, uint32_t flags, int cflags);
    void (*translate_code)(void *state, uint8_t *block, int most);
    int (*generate_code)(void *context, uint8_t *block);
    void (*cpu_exit)(void *state);
    void (*update_dr7)(void *env, uint32_t value);
} vpc_replaced_functions;

extern vpc_replaced_functions vpc_replaced;

typedef struct {
    const char *symbol;
    size_t original;       /* place in vpc_replaced_functions */
    void *replacement;
} vpc_replacement;

/* Replace every function of a table. Returns -1 with a reason in error: this is not the supported Unicorn. */
int vpc_interpose_open(vpc *, const vpc_replacement *table, size_t n, vpc_error *error);
void vpc_interpose_close(vpc *);
/* The CPU of one of this process's machines, or NULL: others may use the library too. */
vpc_cpu *vpc_cpu_of_env(const void *env);
vpc_cpu *vpc_cpu_of_state(const void *state);
vpc_cpu *vpc_cpu_of_engine(const void *uc);
#endif
