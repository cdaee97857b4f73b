/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INVPCID (Intel SDM volume 2): the whole TLB is emptied, whatever part of it is named. */
#include "cpu/invpcid.h"
#include "cpu/debug.h"
#include "cpu/exceptions.h"
#include "emulator/emulator.h"
#include "emulator/page_walk.h"
#include "emulator/tlb.h"
#include "guest/instruction.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define OPCODE 0x82
#define MAP_0F38 2
#define IN_REGISTER 3
#define PCID_BITS 0xfffull

enum { ONE_ADDRESS, ONE_CONTEXT, ALL_WITH_GLOBAL, ALL };

typedef struct { uint64_t pcid, address; } descriptor;

static bool is_valid(const vpc_cpu *cpu, uint64_t type, const descriptor *d)
{
    bool names_context = type == ONE_ADDRESS || type == ONE_CONTEXT;
    return type <= ALL && !(d->pcid & ~PCID_BITS) && !(type == ONE_ADDRESS && !vpc_is_canonical(d->address)) &&
           !(names_context && d->pcid && !(ENV_U64(cpu->env, ENV_CR4) & CR4_PCIDE));
}

void vpc_execute_invpcid(vpc_cpu *cpu)
{
    const unicorn_functions *uc = &cpu->machine->emulator->uc;
    vpc_insn insn;
    descriptor named = {0};
    if (!(cpu->machine->model.features[FEATURES_7_EBX] & FEATURE_INVPCID) || !vpc_decode_next(cpu, &insn) ||
        insn.map != MAP_0F38 || insn.opcode != OPCODE || !insn.operand_prefix || insn.mod == IN_REGISTER)
        return;
    if (ENV_U32(cpu->env, ENV_HFLAGS) & HF_CPL)
        uc->raise_exception(cpu->env, VPC_VECTOR_GP, 0);
    uint64_t address = vpc_operand_address(cpu, &insn), type = REG(cpu->env, insn.reg);
    if (insn.bits != 64)
        type = (uint32_t)type;
    vpc_tlb_ask(cpu, address, sizeof named, ACCESS_LOAD, 0);
    vpc_linear_copy(cpu->machine, cpu, address, (uint8_t *)&named, sizeof named);
    if (!is_valid(cpu, type, &named))
        uc->raise_exception(cpu->env, VPC_VECTOR_GP, 0);
    uc->tlb_flush(cpu->state);
    vpc_finish_instruction(cpu);   /* does not return */
}
