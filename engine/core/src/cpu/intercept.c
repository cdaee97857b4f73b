/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two functions of Unicorn as the core has them.
 *
 * cpu_svm_check_intercept_param is QEMU's own check for AMD-V intercepts: every helper of an instruction that a
 * hypervisor may intercept calls it before it acts, with the registers in order (and RIP too, when the address in
 * translated code that it came from is looked up). cpu_abort ends the process where QEMU does not go on. */
#include "cpu/intercept.h"
#include <stdarg.h>
#include <stdio.h>
#include "cpu/exceptions.h"
#include "cpu/exits.h"
#include "emulator/emulator.h"
#include "emulator/interpose.h"

void vpc_check_intercept(void *env, uint32_t type, uint64_t parameter, uintptr_t host_pc)
{
    vpc_cpu *cpu = vpc_cpu_of_env(env);
    if (cpu && vpc_intercepted_unwatched(cpu, type))
        return;
    if (cpu && host_pc)
        cpu->machine->emulator->uc.restore_state(cpu->state, host_pc, false);
    if (cpu)
        vpc_intercepted(cpu, type, parameter);
    vpc_replaced.check_intercept(env, type, parameter, host_pc);
}

void vpc_intercept_helper(vpc_cpu *cpu, uint32_t type)
{
    if (!vpc_intercepted_unwatched(cpu, type))
        vpc_intercepted(cpu, type, 0);
}

void vpc_library_abort(void *state, const char *format, ...)
{
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    char message[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (cpu)
        vpc_abort(cpu, message);
    vpc_replaced.abort(state, "%s", message);
}
