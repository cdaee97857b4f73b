/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Status flags of floating-point exceptions (Intel SDM volume 1, 8.1.3 and 10.2.3).
 *
 * QEMU's arithmetic gathers them, in flags of its own with the same numbers; QEMU 5.0 never shows them. They are shown
 * when the guest looks, and are what it has written from then on. */
#include "cpu/float_status.h"
#include "emulator/emulator.h"
#include "guest/registers.h"

#define FLAGS 0x3du           /* IE, ZE, OE, UE, PE; QEMU's arithmetic knows no DE */
#define ALL_FLAGS 0x3fu
#define ZERO_DIVIDE 4u
#define UNMASKED 0x8080u      /* ES and B of the status word */

void vpc_before_x87_status(vpc_cpu *cpu)
{
    uint16_t *status = &ENV_U16(cpu->env, ENV_FPU_STATUS);
    *status |= ENV_U8(cpu->env, ENV_X87_FLAGS) & FLAGS;
    if (*status & ~ENV_U16(cpu->env, ENV_FPU_CONTROL) & ALL_FLAGS)
        *status |= UNMASKED;
}

void vpc_before_mxcsr(vpc_cpu *cpu) { ENV_U32(cpu->env, ENV_MXCSR) |= ENV_U8(cpu->env, ENV_SSE_FLAGS) & FLAGS; }

void vpc_before_fxsave(vpc_cpu *cpu)
{
    vpc_before_x87_status(cpu);
    vpc_before_mxcsr(cpu);
}

void vpc_after_x87_status(vpc_cpu *cpu)
{
    ENV_U8(cpu->env, ENV_X87_FLAGS) = ENV_U16(cpu->env, ENV_FPU_STATUS) & FLAGS;
}

void vpc_after_mxcsr(vpc_cpu *cpu) { ENV_U8(cpu->env, ENV_SSE_FLAGS) = ENV_U32(cpu->env, ENV_MXCSR) & FLAGS; }

void vpc_after_fxrstor(vpc_cpu *cpu)
{
    vpc_after_x87_status(cpu);
    vpc_after_mxcsr(cpu);
}

/* QEMU sees a division by zero wherever the divisor is 0; its arithmetic knows that 0 / 0 is an invalid operation. */
void vpc_after_division(vpc_cpu *cpu)
{
    ENV_U16(cpu->env, ENV_FPU_STATUS) &= (uint16_t)~(ZERO_DIVIDE | UNMASKED);
    vpc_before_x87_status(cpu);
}

#define INVALID 1u

/* A number that does not fit 16 bits is an invalid operation, and nothing else (SDM volume 2, FIST). */
static int32_t store_short(vpc_cpu *cpu, int32_t (*convert)(void *env))
{
    uint8_t *flags = &ENV_U8(cpu->env, ENV_X87_FLAGS), before = *flags;
    int32_t number = convert(cpu->env);
    if (number == (int16_t)number)
        return number;
    *flags = before | INVALID;
    return INT16_MIN;
}

int32_t vpc_fist(vpc_cpu *cpu) { return store_short(cpu, cpu->machine->emulator->uc.fist_32); }
int32_t vpc_fistt(vpc_cpu *cpu) { return store_short(cpu, cpu->machine->emulator->uc.fistt_32); }

/* A signaling NaN becomes a quiet one when its format changes (SDM volume 1, 8.4.2 and table 4-7); QEMU leaves it. */
static uint32_t quiet_32(uint32_t n) { return (n & 0x7fffffff) > 0x7f800000 ? n | 1u << 22 : n; }
static uint64_t quiet_64(uint64_t n) { return (n & INT64_MAX) > 0x7ff0000000000000 ? n | 1ull << 51 : n; }

void vpc_fld_32(vpc_cpu *cpu, uint32_t number)
{
    ENV_U8(cpu->env, ENV_X87_FLAGS) |= quiet_32(number) == number ? 0 : INVALID;
    cpu->machine->emulator->uc.fld_32(cpu->env, quiet_32(number));
}

void vpc_fld_64(vpc_cpu *cpu, uint64_t number)
{
    ENV_U8(cpu->env, ENV_X87_FLAGS) |= quiet_64(number) == number ? 0 : INVALID;
    cpu->machine->emulator->uc.fld_64(cpu->env, quiet_64(number));
}

uint32_t vpc_fst_32(vpc_cpu *cpu) { return quiet_32(cpu->machine->emulator->uc.fst_32(cpu->env)); }
uint64_t vpc_fst_64(vpc_cpu *cpu) { return quiet_64(cpu->machine->emulator->uc.fst_64(cpu->env)); }
