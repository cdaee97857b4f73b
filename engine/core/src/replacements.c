/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every function of Unicorn that the core replaces, by the name of its symbol. */
#include "replacements.h"
#include "cpu/intercept.h"
#include "emulator/block_clock.h"
#include "emulator/code_pages.h"
#include "emulator/interpose.h"

static const vpc_replacement table[] = {
#define REPLACE(symbol, member, function) { symbol, offsetof(vpc_replaced_functions, member), (void *)function }
    REPLACE("cpu_svm_check_intercept_param_x86_64", check_intercept, vpc_check_intercept),
    REPLACE("cpu_abort_x86_64", abort, vpc_library_abort),
    REPLACE("tlb_protect_code_x86_64", protect_code, vpc_protect_code),
    REPLACE("tlb_unprotect_code_x86_64", unprotect_code, vpc_unprotect_code),
    REPLACE("tb_invalidate_phys_page_fast_x86_64", invalidate_store, vpc_invalidate_store),
    REPLACE("tlb_set_dirty_x86_64", set_dirty, vpc_set_dirty),
    REPLACE("tlb_reset_dirty_by_vaddr_x86_64", reset_dirty, vpc_reset_dirty),
#ifdef VPC_INLINE_CLOCK
    REPLACE("tcg_gen_code_x86_64", generate_code, vpc_generate_code),
    REPLACE("cpu_exit", cpu_exit, vpc_request_exit),
#endif
#undef REPLACE
};

int vpc_replace_functions(vpc *m, vpc_error *error)
{
    return vpc_interpose_open(m, table, sizeof table / sizeof table[0], error);
}
