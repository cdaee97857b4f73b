/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firing probes, and the statistics of each probe. */
#include <string.h>
#include <time.h>
#include "vp/fire.h"
#include "vp/interp.h"

static uint64_t host_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What reading the clock twice takes, in nanoseconds: the least of some readings, taken once. */
static uint64_t clock_ns(void)
{
    static uint64_t least;
    if (least)
        return least;
    least = UINT64_MAX;
    for (int i = 0; i < 32; i++) {
        uint64_t began = host_ns(), took = host_ns() - began;
        if (took < least)
            least = took;
    }
    return least;
}

/* Whether a firing has its cost measured. The first does not: it touches much memory for the first time. */
static bool is_timed(uint64_t firing)
{
    return firing % (firing < VPC_TIMED_MANY ? VPC_TIMED_OFTEN : VPC_TIMED_EVERY) == 1;
}

static void note_error(vpc_firing *f, uint32_t probe, int kind)
{
    vpc_program *p = f->program;
    f->probe->errors++;
    for (uint32_t i = 0; i < p->nerrors; i++) {
        vpc_runtime_error *e = &p->errors[i];
        if (e->probe == probe && e->pc == f->error_pc && e->kind == (uint32_t)kind) {
            e->count++;
            e->detail = f->detail;
            return;
        }
    }
    if (p->nerrors == VPC_ERROR_PLACES) {
        p->errors_lost++;
        return;
    }
    p->errors[p->nerrors++] = (vpc_runtime_error){
        .probe = probe, .pc = f->error_pc, .kind = (uint32_t)kind, .detail = f->detail, .count = 1};
}

void vpc_note_missed(vpc_attachment *attachment, uint64_t detail)
{
    vpc_probe *which = &attachment->program->probes[attachment->probe];
    vpc_firing f = {.machine = attachment->machine, .program = attachment->program, .probe = which, .detail = detail,
                    .error_pc = which->entry};
    note_error(&f, attachment->probe, VPC_RUNTIME_RETURNS);
}

/* `all` becomes the arguments; those that the point does not have are 0. */
static const uint64_t *pad(uint64_t all[VPC_MAX_ARGS], const uint64_t *args, uint32_t nargs)
{
    for (uint32_t i = 0; i < VPC_MAX_ARGS; i++)
        all[i] = i < nargs ? args[i] : 0;
    return all;
}

static int fire(vpc *m, vpc_program *p, uint32_t probe, vpc_cpu *cpu, const uint64_t *args, uint32_t nargs)
{
    static const uint64_t none[VPC_MAX_ARGS];
    uint64_t all[VPC_MAX_ARGS];
    vpc_probe *which = &p->probes[probe];
    vpc_firing f = {.machine = m, .program = p, .probe = which, .cpu = cpu,
                    .thread = cpu ? cpu->thread : m->vmx_thread, .args = nargs ? pad(all, args, nargs) : none};
    bool timed = is_timed(which->hits++);
    vpc_happens(m, VPC_EVENT_FIRING);
    uint64_t began = timed ? host_ns() : 0;
    int error = vpc_interpret(&f);
    if (timed) {
        uint64_t took = host_ns() - began, clock = clock_ns();
        took = took > clock ? took - clock : 0;
        which->timed_ns[which->timed_hits++ % VPC_TIMES] = took < UINT32_MAX ? (uint32_t)took : UINT32_MAX;
    }
    if (error)
        note_error(&f, probe, error);
    return error;
}

void vpc_fire_attached(vpc *m, vpc_attachment *attachment, vpc_cpu *cpu, const uint64_t *args, uint32_t nargs)
{
    fire(m, attachment->program, attachment->probe, cpu, args, nargs);
}

int vpc_fire_probe(vpc *m, vpc_program *p, uint32_t probe, int cpu, const uint64_t *args, uint32_t nargs)
{
    return fire(m, p, probe, cpu < 0 ? NULL : &m->cpu[cpu], args, nargs);
}

uint64_t vpc_fire_repeat(vpc *m, vpc_program *p, uint32_t probe, int cpu, const uint64_t *args, uint32_t nargs,
                         uint64_t times)
{
    uint64_t began = host_ns();
    for (uint64_t i = 0; i < times; i++)
        fire(m, p, probe, cpu < 0 ? NULL : &m->cpu[cpu], args, nargs);
    return host_ns() - began;
}

void vpc_fire_point(vpc *m, uint32_t point, int cpu, const uint64_t *args, uint32_t nargs)
{
    if (point < VPC_PT_COUNT)
        vpc_fire_at(m, point, cpu < 0 ? NULL : &m->cpu[cpu], args, nargs);
}

uint32_t vpc_point_attached(const vpc *m, uint32_t point)
{
    return point < VPC_PT_COUNT ? m->point[point].n : 0;
}
