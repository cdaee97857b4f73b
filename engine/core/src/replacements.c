/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every function of Unicorn that the core replaces, by the name of its symbol. */
#include "replacements.h"
#include "cpu/debug.h"
#include "cpu/exits.h"
#include "cpu/float_status.h"
#include "cpu/instructions.h"
#include "cpu/intercept.h"
#include "cpu/io.h"
#include "cpu/reserved.h"
#include "cpu/returns.h"
#include "cpu/user_stack.h"
#include "emulator/block_clock.h"
#include "emulator/block_lookup.h"
#include "emulator/code_pages.h"
#include "emulator/helpers.h"
#include "emulator/interpose.h"
#include "emulator/tlb.h"
#include "emulator/translated.h"

static const vpc_replacement table[] = {
#define REPLACE(symbol, member, function) { symbol, offsetof(vpc_replaced_functions, member), (void *)function }
    REPLACE("cpu_svm_check_intercept_param_x86_64", check_intercept, vpc_check_intercept),
    REPLACE("cpu_abort_x86_64", abort, vpc_library_abort),
    REPLACE("tlb_protect_code_x86_64", protect_code, vpc_protect_code),
    REPLACE("tlb_unprotect_code_x86_64", unprotect_code, vpc_unprotect_code),
    REPLACE("tb_invalidate_phys_page_fast_x86_64", invalidate_store, vpc_invalidate_store),
    REPLACE("tlb_set_dirty_x86_64", set_dirty, vpc_set_dirty),
    REPLACE("tlb_reset_dirty_by_vaddr_x86_64", reset_dirty, vpc_reset_dirty),
    REPLACE("tlb_flush_by_mmuidx_x86_64", tlb_flush, vpc_tlb_flush),
    REPLACE("tlb_flush_page_by_mmuidx_x86_64", tlb_flush_page, vpc_tlb_flush_page),
    REPLACE("cpu_x86_update_cr3_x86_64", write_cr3, vpc_write_cr3),
    REPLACE("tb_htable_lookup_x86_64", find_block, vpc_find_block),
    REPLACE("tb_gen_code_x86_64", translate_block, vpc_translate_block),
    REPLACE("gen_intermediate_code_x86_64", translate_code, vpc_translate_code),
    REPLACE("tb_flush_x86_64", flush_blocks, vpc_blocks_flushed),
#ifdef VPC_INLINE_CLOCK
    REPLACE("tcg_gen_code_x86_64", generate_code, vpc_generate_code),
    REPLACE("cpu_exit", cpu_exit, vpc_request_exit),
    REPLACE("cpu_x86_update_dr7_x86_64", update_dr7, vpc_update_dr7),
#endif
#undef REPLACE
};

/* Helpers of translated code, likewise; those that are registered as hooks too serve where code is not generated. */
static const vpc_helper helpers[] = {
    {.symbol = "helper_lookup_tb_ptr_x86_64", .replacement = (void *)vpc_next_block},
    {.symbol = "helper_syscall_x86_64", .replacement = (void *)vpc_syscall},
    {.symbol = "helper_rdtsc_x86_64", .replacement = (void *)vpc_rdtsc},
    {.symbol = "helper_cpuid_x86_64", .replacement = (void *)vpc_cpuid},
    {.symbol = "helper_inb_x86_64", .replacement = (void *)vpc_helper_inb, .store = (void *)vpc_before_insb},
    {.symbol = "helper_inw_x86_64", .replacement = (void *)vpc_helper_inw, .store = (void *)vpc_before_insw},
    {.symbol = "helper_inl_x86_64", .replacement = (void *)vpc_helper_inl, .store = (void *)vpc_before_insl},
    {.symbol = "helper_set_dr_x86_64", .replacement = (void *)vpc_set_debug_register},
    {.symbol = "helper_get_dr_x86_64", .replacement = (void *)vpc_get_debug_register},
    {.symbol = "helper_debug_x86_64", .replacement = (void *)vpc_instruction_breakpoint},
    {.symbol = "helper_single_step_x86_64", .replacement = (void *)vpc_single_step},
    {.symbol = "helper_rechecking_single_step_x86_64", .replacement = (void *)vpc_recheck_single_step},
    {.symbol = "helper_iret_protected_x86_64", .before = (void *)vpc_before_iret, .after = (void *)vpc_after_return},
    {.symbol = "helper_lret_protected_x86_64", .before = (void *)vpc_before_far_return, .after = (void *)vpc_after_return},
    {.symbol = "helper_iret_real_x86_64", .before = (void *)vpc_before_short_iret, .after = (void *)vpc_take_stack_back},
    {.symbol = "helper_lcall_protected_x86_64", .before = (void *)vpc_before_far_call, .after = (void *)vpc_take_stack_back},
    {.symbol = "helper_lcall_real_x86_64", .before = (void *)vpc_before_short_call, .after = (void *)vpc_take_stack_back},
    {.symbol = "helper_sysret_x86_64", .before = (void *)vpc_before_sysret},
    {.symbol = "helper_load_seg_x86_64", .before = (void *)vpc_before_segment},
    {.symbol = "helper_ltr_x86_64", .before = (void *)vpc_before_ltr},
    {.symbol = "helper_cr4_testbit_x86_64", .base = (void *)vpc_check_base},
    {.symbol = "helper_fnstsw_x86_64", .before = (void *)vpc_before_x87_status},
    {.symbol = "helper_fwait_x86_64", .before = (void *)vpc_before_x87_status},
    {.symbol = "helper_fclex_x86_64", .after = (void *)vpc_after_x87_status},
    {.symbol = "helper_fninit_x86_64", .after = (void *)vpc_after_x87_status},
    {.symbol = "helper_fstenv_x86_64", .before = (void *)vpc_before_x87_status},
    {.symbol = "helper_fldenv_x86_64", .after = (void *)vpc_after_x87_status},
    {.symbol = "helper_fsave_x86_64", .before = (void *)vpc_before_x87_status, .after = (void *)vpc_after_x87_status},
    {.symbol = "helper_frstor_x86_64", .after = (void *)vpc_after_x87_status},
    {.symbol = "helper_fxsave_x86_64", .before = (void *)vpc_before_fxsave},
    {.symbol = "helper_fxrstor_x86_64", .before = (void *)vpc_before_fxrstor, .after = (void *)vpc_after_fxrstor},
    {.symbol = "helper_ldmxcsr_x86_64", .before = (void *)vpc_before_ldmxcsr, .after = (void *)vpc_after_mxcsr},
    {.symbol = "helper_fist_ST0_x86_64", .replacement = (void *)vpc_fist},
    {.symbol = "helper_fistt_ST0_x86_64", .replacement = (void *)vpc_fistt},
    {.symbol = "helper_fdiv_ST0_FT0_x86_64", .after = (void *)vpc_after_division},
    {.symbol = "helper_fdivr_ST0_FT0_x86_64", .after = (void *)vpc_after_division},
    {.symbol = "helper_fdiv_STN_ST0_x86_64", .after = (void *)vpc_after_division},
    {.symbol = "helper_fdivr_STN_ST0_x86_64", .after = (void *)vpc_after_division},
    {.symbol = "helper_flds_ST0_x86_64", .replacement = (void *)vpc_fld_32},
    {.symbol = "helper_fldl_ST0_x86_64", .replacement = (void *)vpc_fld_64},
    {.symbol = "helper_fsts_ST0_x86_64", .replacement = (void *)vpc_fst_32},
    {.symbol = "helper_fstl_ST0_x86_64", .replacement = (void *)vpc_fst_64},
    {.symbol = "helper_write_crN_x86_64", .replacement = (void *)vpc_write_control},
};

int vpc_replace_functions(vpc *m, vpc_error *error)
{
#ifdef VPC_INLINE_CLOCK
    static const vpc_other_code other = {(void *)vpc_next_or_leave, (void *)vpc_before_mxcsr, (void *)vpc_check_base};
    if (vpc_helpers_open(m, helpers, sizeof helpers / sizeof helpers[0], &other, error))
        return -1;
#endif
    return vpc_interpose_open(m, table, sizeof table / sizeof table[0], error);
}
