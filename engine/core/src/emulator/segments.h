/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading segment registers from outside. */
#ifndef VPC_EMULATOR_SEGMENTS_H
#define VPC_EMULATOR_SEGMENTS_H
#include "emulator/emulator.h"
#include "guest/registers.h"

#define VPC_CODE32 0x00c09b00u
#define VPC_DATA32 0x00c09300u

/* A segment over all of the address space. */
static inline void vpc_load_segment(uint8_t *env, uint32_t number, uint32_t selector, uint32_t attributes)
{
    ENV_U32(SEG(env, number, SEG_SELECTOR), 0) = selector;
    ENV_U64(SEG(env, number, SEG_BASE), 0) = 0;
    ENV_U32(SEG(env, number, SEG_LIMIT), 0) = 0xffffffff;
    ENV_U32(SEG(env, number, SEG_FLAGS), 0) = attributes;
}

/* After loading: what translated code depends on. TF, IOPL and VM are added from RFLAGS for each block; in between they
 * would stay whatever RFLAGS becomes. */
static inline void vpc_segments_loaded(vpc_cpu *cpu)
{
    cpu->machine->emulator->uc.update_hflags(cpu->env);
    ENV_U32(cpu->env, ENV_HFLAGS) &= ~(RFLAGS_TF | RFLAGS_IOPL | RFLAGS_VM);
}
#endif
