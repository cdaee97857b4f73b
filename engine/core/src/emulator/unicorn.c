/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening Unicorn, and a self-test that its layout is the one in unicorn_layout.h. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include "emulator/block_lookup.h"
#include "emulator/code_pages.h"
#include "emulator/emulator.h"
#include "emulator/tlb.h"
#include "guest/error.h"
#include "guest/registers.h"

#define CONTEXT_HEADER_BYTES 40   /* struct uc_context before the copy of the CPU state */

static const struct { size_t slot; const char *name; } functions[] = {
#define FUNCTION(member, symbol) { offsetof(unicorn_functions, member), symbol }
    FUNCTION(version, "uc_version"),
    FUNCTION(open, "uc_open"),
    FUNCTION(close, "uc_close"),
    FUNCTION(strerror, "uc_strerror"),
    FUNCTION(mem_map_ptr, "uc_mem_map_ptr"),
    FUNCTION(mmio_map, "uc_mmio_map"),
    FUNCTION(hook_add, "uc_hook_add"),
    FUNCTION(hook_del, "uc_hook_del"),
    FUNCTION(emu_start, "uc_emu_start"),
    FUNCTION(emu_stop, "uc_emu_stop"),
    FUNCTION(ctl, "uc_ctl"),
    FUNCTION(reg_read, "uc_reg_read"),
    FUNCTION(reg_write, "uc_reg_write"),
    FUNCTION(context_size, "uc_context_size"),
    FUNCTION(get_cpu, "qemu_get_cpu_x86_64"),
    FUNCTION(do_interrupt, "x86_cpu_do_interrupt_x86_64"),
    FUNCTION(init_cpu, "do_cpu_init_x86_64"),
    FUNCTION(invalidate_physical, "tb_invalidate_phys_range_x86_64"),
    FUNCTION(read_rflags, "helper_read_eflags_x86_64"),
    FUNCTION(write_rflags, "helper_write_eflags_x86_64"),
    FUNCTION(update_hflags, "x86_update_hflags_x86_64"),
    FUNCTION(raise_exception, "raise_exception_err_x86_64"),
    FUNCTION(cpuid, "cpu_x86_cpuid_x86_64"),
    FUNCTION(restore_state, "cpu_restore_state_x86_64"),
    FUNCTION(loop_exit, "cpu_loop_exit_noexc_x86_64"),
    FUNCTION(loop_exit_exception, "cpu_loop_exit_x86_64"),
    FUNCTION(insert_op_before, "tcg_op_insert_before_x86_64"),
    FUNCTION(insert_op_after, "tcg_op_insert_after_x86_64"),
    FUNCTION(remove_op, "tcg_op_remove_x86_64"),
    FUNCTION(tlb_flush, "tlb_flush_x86_64"),
    FUNCTION(write_control, "helper_write_crN_x86_64"),
    FUNCTION(load_mxcsr, "helper_ldmxcsr_x86_64"),
    FUNCTION(fist_32, "helper_fistl_ST0_x86_64"),
    FUNCTION(fistt_32, "helper_fisttl_ST0_x86_64"),
    FUNCTION(fld_32, "helper_flds_ST0_x86_64"),
    FUNCTION(fld_64, "helper_fldl_ST0_x86_64"),
    FUNCTION(fst_32, "helper_fsts_ST0_x86_64"),
    FUNCTION(fst_64, "helper_fstl_ST0_x86_64"),
    FUNCTION(insert_breakpoint, "cpu_breakpoint_insert_x86_64"),
    FUNCTION(remove_breakpoints, "cpu_breakpoint_remove_all_x86_64"),
    FUNCTION(probe_access, "probe_access_x86_64"),
    FUNCTION(tlb_fill, "x86_cpu_tlb_fill_x86_64"),
    FUNCTION(tlb_set_page, "tlb_set_page_x86_64"),
#undef FUNCTION
};

static int load_functions(vpc_emulator *emulator, const char *path, vpc_error *error)
{
    emulator->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!emulator->library)
        return vpc_fail(error, "%s", dlerror());
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *address = dlsym(emulator->library, functions[i].name);
        if (!address) {
            return vpc_fail(error, "%s lacks %s; this needs Unicorn " UC_VERSION_SUPPORTED, path,
                     functions[i].name);
        }
        memcpy((char *)&emulator->uc + functions[i].slot, &address, sizeof address);
    }
    return 0;
}

/* The first part whose layout differs from unicorn_layout.h, or NULL. */
static const char *layout_differs(unicorn_functions *uc, vpc_cpu *cpu)
{
    uint64_t rax = 0x1122334455667788, rip = 0x99aabbccddee, zero = 0;
    if (uc->context_size(cpu->uc) != CONTEXT_HEADER_BYTES + ENV_BYTES)
        return "size of the CPU state";
    uint8_t *class = *(uint8_t **)(cpu->state + CPU_CC);
    if (*(void **)(class + CC_DO_INTERRUPT) != (void *)uc->do_interrupt ||
        *(void **)(class + CC_TLB_FILL) != (void *)uc->tlb_fill)
        return "CPU class";
    const uint8_t *generator = *(uint8_t **)((uint8_t *)cpu->uc + UC_CODE_GENERATOR);
    if (*(void **)(generator + TCG_ENGINE) != cpu->uc)
        return "code generator";
    uint32_t a, b, c, d;
    uc->cpuid(cpu->env, 1, 0, &a, &b, &c, &d);
    if (a != ENV_U32(cpu->env, ENV_SIGNATURE) ||
        (c ^ ENV_U64(cpu->env, ENV_FEATURES + 8 * FEATURES_1_ECX)) & ~(uint64_t)FEATURE_OSXSAVE)
        return "list of CPU features";
    uc->cpuid(cpu->env, 0, 0, &a, &b, &c, &d);
    if (a != ENV_U32(cpu->env, ENV_HIGHEST_LEAF) || b != ENV_U32(cpu->env, ENV_VENDOR))
        return "leaves of CPUID";
    uc->reg_write(cpu->uc, UC_X86_REG_RAX, &rax);
    uc->reg_write(cpu->uc, UC_X86_REG_RIP, &rip);
    bool same = REG(cpu->env, VPC_RAX) == rax && ENV_U64(cpu->env, ENV_EIP) == rip;
    uc->reg_write(cpu->uc, UC_X86_REG_RAX, &zero);
    uc->reg_write(cpu->uc, UC_X86_REG_RIP, &zero);
    return same ? NULL : "register file";
}

static void set_model(vpc_cpu *cpu)
{
    const vpc_cpu_model *model = &cpu->machine->model;
    memcpy(cpu->env + ENV_VENDOR, model->vendor, sizeof model->vendor);
    ENV_U32(cpu->env, ENV_SIGNATURE) = model->signature;
    for (int i = 0; i < UC_FEATURE_WORDS; i++)
        ENV_U64(cpu->env, ENV_FEATURES + 8 * i) = model->features[i];
}

static int open_cpu(vpc *m, uint32_t number, vpc_error *error)
{
    unicorn_functions *uc = &m->emulator->uc;
    vpc_cpu *cpu = &m->cpu[number];
    int failure = uc->open(UC_ARCH_X86, UC_MODE_64, &cpu->uc);
    if (!failure)
        failure = uc->ctl(cpu->uc, UC_CTL_USE_EXITS, 1);
    if (!failure)
        failure = uc->mem_map_ptr(cpu->uc, 0, m->ram_bytes, UC_PROT_ALL, m->ram);
    if (failure)
        return vpc_fail(error, "Unicorn: %s", uc->strerror(failure));
    cpu->machine = m;
    cpu->id = number;
    cpu->state = uc->get_cpu(cpu->uc, -1);
    cpu->env = *(uint8_t **)(cpu->state + CPU_ENV_PTR);
    cpu->read_rflags = uc->read_rflags;
    const char *difference = layout_differs(uc, cpu);
    if (difference) {
        return vpc_fail(error, "the layout of Unicorn's %s is unknown; this needs Unicorn " UC_VERSION_SUPPORTED,
                 difference);
    }
    set_model(cpu);
    *(void **)(*(uint8_t **)(cpu->state + CPU_CC) + CC_ASIDX_FROM_ATTRS) = NULL;   /* one address space in every mode */
    *((bool *)cpu->uc + UC_NO_EXIT_REQUEST) = true;   /* the clock says when to leave */
    return vpc_code_pages_open(cpu, error) || vpc_tlb_open(cpu, error) || vpc_lookup_open(cpu, error) ? -1 : 0;
}

int vpc_unicorn_open(vpc *m, const char *path, vpc_error *error)
{
    if (load_functions(m->emulator, path, error))
        return -1;
    unsigned version = m->emulator->uc.version(NULL, NULL);   /* major << 24 | minor << 16 | patch << 8 | extra */
    char text[40];
    snprintf(text, sizeof text, "%u.%u.%u", version >> 24, version >> 16 & 255, version >> 8 & 255);
    if (strcmp(text, UC_VERSION_SUPPORTED) != 0) {
        return vpc_fail(error, "%s is Unicorn %s; this needs Unicorn " UC_VERSION_SUPPORTED, path, text);
    }
    for (uint32_t i = 0; i < m->ncpus; i++)
        if (open_cpu(m, i, error))
            return -1;
    return 0;
}

void vpc_unicorn_close(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++) {
        if (m->cpu[i].uc)
            m->emulator->uc.close(m->cpu[i].uc);
        m->cpu[i].uc = NULL;
        m->cpu[i].state = m->cpu[i].env = NULL;
    }
    if (m->emulator->library)
        dlclose(m->emulator->library);
}

/* Hooks of these kinds fail only when memory is exhausted. */
void vpc_hook(vpc_cpu *cpu, size_t *hook, int type, void *callback, void *data, uint64_t begin, uint64_t end, int insn)
{
    size_t ignored;
    cpu->machine->emulator->uc.hook_add(cpu->uc, hook ? hook : &ignored, type, callback, data, begin, end, insn);
}

/* Delete a code hook without any effect on the guest.
 *
 * uc_hook_del looks up each hooked place by linear address. A TLB miss then walks the guest's page tables, which would
 * set accessed bits, and a missing page would overwrite CR2 and leave a half-raised fault. So for that moment CR3
 * points to a page of zeros: a TLB miss faults at the first level without reading the guest's tables, and what the
 * fault writes into the CPU state is restored. The caller flushes all translations. */
void vpc_unhook_code(vpc_cpu *cpu, size_t hook)
{
    uint8_t *env = cpu->env;
    uint64_t cr2 = ENV_U64(env, ENV_CR2), cr3 = ENV_U64(env, ENV_CR3);
    int32_t index = ENV_I32(cpu->state, CPU_EXCEPTION_INDEX), old = ENV_I32(env, ENV_OLD_EXCEPTION);
    int32_t code = ENV_I32(env, ENV_ERROR_CODE), is_int = ENV_I32(env, ENV_EXCEPTION_IS_INT);
    uint64_t next = ENV_U64(env, ENV_EXCEPTION_NEXT_EIP);
    ENV_U64(env, ENV_CR3) = VOID_PAGE;
    ENV_I32(env, ENV_OLD_EXCEPTION) = -1;
    cpu->machine->emulator->uc.hook_del(cpu->uc, hook);
    ENV_U64(env, ENV_CR2) = cr2;
    ENV_U64(env, ENV_CR3) = cr3;
    ENV_I32(cpu->state, CPU_EXCEPTION_INDEX) = index;
    ENV_I32(env, ENV_OLD_EXCEPTION) = old;
    ENV_I32(env, ENV_ERROR_CODE) = code;
    ENV_I32(env, ENV_EXCEPTION_IS_INT) = is_int;
    ENV_U64(env, ENV_EXCEPTION_NEXT_EIP) = next;
}

/* Translate everything afresh: hooks are looked at only when code is translated. */
void vpc_flush_translations(vpc *m)
{
    for (uint32_t i = 0; i < m->ncpus; i++)
        m->emulator->uc.ctl(m->cpu[i].uc, UC_CTL_TB_FLUSH);
}

void vpc_memory_changed(vpc *m, uint64_t address, uint64_t bytes)
{
    for (uint32_t i = 0; i < m->ncpus && bytes; i++)
        m->emulator->uc.invalidate_physical(m->cpu[i].uc, address, address + bytes);
}
