/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exits to our monitor and resumes, as hardware-assisted virtualization would describe them. */
#ifndef VPC_CPU_EXITS_H
#define VPC_CPU_EXITS_H
#include "guest/state.h"

/* Basic exit reasons (Intel SDM volume 3, table C-1). */
enum {
    VPC_EXIT_EXCEPTION = 0, VPC_EXIT_INTERRUPT = 1, VPC_EXIT_TRIPLE_FAULT = 2, VPC_EXIT_CPUID = 10, VPC_EXIT_HLT = 12,
    VPC_EXIT_INVLPG = 14, VPC_EXIT_RDPMC = 15, VPC_EXIT_RDTSC = 16, VPC_EXIT_CONTROL = 28, VPC_EXIT_PORT = 30,
    VPC_EXIT_RDMSR = 31, VPC_EXIT_WRMSR = 32, VPC_EXIT_MWAIT = 36, VPC_EXIT_MONITOR = 39, VPC_EXIT_PAUSE = 40,
    VPC_EXIT_NESTED_FAULT = 48, VPC_EXIT_RDTSCP = 51
};

/* Intercept codes of AMD-V, which QEMU's check names too. */
enum {
    SVM_READ_CR0 = 0x00, SVM_WRITE_CR0 = 0x10, SVM_WRITE_CR3 = 0x13, SVM_WRITE_CR8 = 0x18,
    SVM_EXCEPTION = 0x40, SVM_INTR = 0x60,
    SVM_RDTSC = 0x6e, SVM_RDPMC = 0x6f, SVM_CPUID = 0x72, SVM_PAUSE = 0x77, SVM_HLT = 0x78, SVM_INVLPG = 0x79,
    SVM_IOIO = 0x7b, SVM_MSR = 0x7c, SVM_SHUTDOWN = 0x7f, SVM_RDTSCP = 0x87, SVM_MONITOR = 0x8a, SVM_MWAIT = 0x8b,
    SVM_NPF = 0x400
};

/* Before an instruction that a hypervisor may intercept acts. type: intercept code of AMD-V. */
void vpc_intercepted(vpc_cpu *, uint32_t type, uint64_t parameter);
/* The same where nothing needs a description of the exit: counts it and returns true. */
bool vpc_intercepted_unwatched(vpc_cpu *, uint32_t type);
/* MOV to a control register, as the helper of translated code; see emulator/helpers.h. */
void vpc_write_control(vpc_cpu *, int number, uint64_t value);
void vpc_time_stamp_read(vpc_cpu *, bool with_processor);   /* by RDTSC, or RDTSCP; after the check */
void vpc_exit_exception(vpc_cpu *, uint32_t vector, bool software, bool has_error);
void vpc_exit_interrupt(vpc_cpu *, uint32_t vector);
void vpc_exit_nmi(vpc_cpu *);
void vpc_exit_triple_fault(vpc_cpu *);
void vpc_exit_nested_fault(vpc_cpu *, uint64_t physical, bool write);
void vpc_exit_port(vpc_cpu *, uint32_t port, uint32_t bytes, bool in);
/* The resume after such an exit injects an event; delivered: it has been. */
void vpc_inject_exception(vpc_cpu *, uint32_t vector, bool software, bool has_error);
void vpc_inject_interrupt(vpc_cpu *, uint32_t vector);
void vpc_inject_nmi(vpc_cpu *);
void vpc_event_delivered(vpc_cpu *);
/* The resume that is due, if one is. */
void vpc_resume(vpc_cpu *);
#endif
