/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vp/thread.h"
#include <stdlib.h>
#include "guest/error.h"
#include "vp/log.h"

#define DEFAULT_BAG_BYTES 8192   /* vprobe.bagBytes */

int vpc_threads_new(vpc *m, vpc_error *error)
{
    m->bag_limit = DEFAULT_BAG_BYTES;
    m->vmx_thread = calloc(1, sizeof(vpc_thread));
    if (!m->vmx_thread || vpc_log_new(m, error))
        return vpc_out_of_memory(error);
    m->vmx_thread->id = m->ncpus;
    for (uint32_t i = 0; i < m->ncpus; i++) {
        m->cpu[i].thread = calloc(1, sizeof(vpc_thread));
        if (!m->cpu[i].thread)
            return vpc_out_of_memory(error);
        m->cpu[i].thread->id = i;
    }
    return 0;
}

void vpc_threads_free(vpc *m)
{
    vpc_orc_clear(m);
    vpc_log_free(m);
    free(m->vmx_thread);
    for (uint32_t i = 0; i < m->ncpus; i++)
        free(m->cpu[i].thread);
}
