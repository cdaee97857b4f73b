/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that registers refuse. */
#ifndef VPC_CPU_RESERVED_H
#define VPC_CPU_RESERVED_H

#include "guest/state.h"

/* Raise #GP(0) and do not return when MOV to this control register, or WRMSR, must fault with the value. The registers
 * of the CPU must be exact. */
void vpc_check_control(vpc_cpu *cpu, int number, uint64_t value);
void vpc_check_msr(vpc_cpu *cpu, uint32_t number, uint64_t value);
/* Likewise with a base that WRFSBASE, WRGSBASE, LGDT or LIDT loads; see emulator/helpers.h. */
void vpc_check_base(vpc_cpu *cpu, uint64_t base);
/* Likewise before a segment register is loaded, LTR, LDMXCSR, and FXRSTOR of the image at an address. */
void vpc_before_segment(vpc_cpu *cpu, uint32_t segment, uint32_t selector);
void vpc_before_ltr(vpc_cpu *cpu, uint32_t selector);
void vpc_before_ldmxcsr(vpc_cpu *cpu, uint32_t value);
void vpc_before_fxrstor(vpc_cpu *cpu, uint64_t image);

#endif
