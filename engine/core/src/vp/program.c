/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading, freeing and reading of programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vp/program.h"
#include "guest/error.h"
#include "vp/verify.h"

static void *copied(const void *p, size_t bytes)
{
    void *q = malloc(bytes ? bytes : 1);
    if (q && bytes)
        memcpy(q, p, bytes);
    return q;
}

static bool load_literals(vpc_program *p, const vpc_program_desc *d)
{
    p->nliterals = d->nliterals;
    p->literal_text = copied(d->literals, d->literal_bytes);
    p->literals = calloc(d->nliterals + 1u, sizeof *p->literals);
    if (!p->literal_text || !p->literals || (d->literal_bytes && p->literal_text[d->literal_bytes - 1]))
        return false;
    for (uint32_t i = 0; i < d->nliterals; i++) {
        if (d->literal_offset[i] >= d->literal_bytes)
            return false;
        p->literals[i] = p->literal_text + d->literal_offset[i];
    }
    return true;
}

static bool load_variables(vpc_program *p, const vpc_program_desc *d)
{
    p->nintegers = d->nintegers;
    p->nstrings = d->nstrings;
    p->integers = calloc((size_t)p->nthreads * d->nintegers + 1, sizeof *p->integers);
    p->strings = calloc((size_t)p->nthreads * d->nstrings + 1, VPC_STRING_BYTES);
    if (!p->integers || !p->strings)
        return false;
    for (uint32_t t = 0; t < p->nthreads; t++) {
        for (uint32_t i = 0; i < d->nintegers; i++)
            p->integers[(size_t)t * d->nintegers + i] = d->integer_init[i];
        for (uint32_t i = 0; i < d->nstrings; i++) {
            if (d->string_init[i] >= p->nliterals)
                return false;
            snprintf(p->strings[(size_t)t * d->nstrings + i], VPC_STRING_BYTES, "%s", p->literals[d->string_init[i]]);
        }
    }
    return true;
}

static bool load_bodies(vpc_program *p, const vpc_program_desc *d)
{
    p->functions = calloc(d->nfunctions + 1u, sizeof *p->functions);
    p->probes = calloc(d->nprobes + 1u, sizeof *p->probes);
    if (!p->functions || !p->probes || d->nprobes > VPC_MAX_PROBES)
        return false;
    p->nfunctions = d->nfunctions;
    p->nprobes = d->nprobes;
    for (uint32_t i = 0; i < d->nfunctions; i++)
        p->functions[i] = (vpc_function){.entry = d->function_entry[i], .slots = d->function_slots[i],
                                         .locals = d->function_locals[i], .params = d->function_params[i]};
    for (uint32_t i = 0; i < d->nprobes; i++) {
        if (d->probe_name[i] >= p->nliterals)
            return false;
        p->probes[i] = (vpc_probe){.entry = d->probe_entry[i], .slots = d->probe_slots[i],
                                   .locals = d->probe_locals[i], .name = p->literals[d->probe_name[i]]};
    }
    return true;
}

static bool load_stores(vpc_program *p, const vpc_program_desc *d)
{
    p->aggregates = calloc(d->naggregates + 1u, sizeof *p->aggregates);
    p->bags = calloc(d->nbags + 1u, sizeof *p->bags);
    if (!p->aggregates || !p->bags)
        return false;
    p->naggregates = d->naggregates;
    p->nbags = d->nbags;
    for (uint32_t i = 0; i < d->naggregates; i++) {
        if (d->aggregate_name[i] >= p->nliterals)
            return false;
        p->aggregates[i] = (vpc_aggregate){.nint = d->aggregate_integer_keys[i], .nstr = d->aggregate_string_keys[i],
                                           .name = p->literals[d->aggregate_name[i]], .limit = d->aggregate_bytes,
                                           .now.since = p->machine->ticks};
    }
    for (uint32_t i = 0; i < d->nbags; i++)
        p->bags[i].capacity = d->bag_capacity[i];
    return true;
}

vpc_program *vpc_program_new(vpc *m, const vpc_program_desc *d, vpc_error *error)
{
    vpc_program *p = calloc(1, sizeof *p);
    if (!p) {
        vpc_out_of_memory(error);
        return NULL;
    }
    p->machine = m;
    p->serial = ++m->programs;
    p->nthreads = m->ncpus + 1;
    p->code = copied(d->code, d->code_bytes);
    p->code_bytes = d->code_bytes;
    vpc_fail(error, "program tables are out of range or memory is used up");
    if (!p->code || !load_literals(p, d) || !load_variables(p, d) || !load_bodies(p, d) || !load_stores(p, d) ||
        vpc_verify(p, error)) {
        vpc_program_free(p);
        return NULL;
    }
    return p;
}

uint32_t vpc_program_serial(const vpc_program *p)
{
    return p->serial;
}

void vpc_program_trace(vpc_program *p, vpc_trace trace, void *context)
{
    p->trace = trace;
    p->trace_context = context;
}

void vpc_program_free(vpc_program *p)
{
    for (uint32_t i = 0; i < p->naggregates; i++)
        vpc_aggregate_free(&p->aggregates[i]);
    for (uint32_t i = 0; i < p->nbags; i++)
        vpc_bag_free(&p->bags[i], p->machine);
    free(p->code);
    free(p->literal_text);
    free((void *)p->literals);
    free(p->integers);
    free(p->strings);
    free(p->functions);
    free(p->probes);
    free(p->aggregates);
    free(p->tries);
    free(p->bags);
    free(p);
}

void vpc_program_move_aggregate(vpc_program *to, uint32_t to_index, vpc_program *from, uint32_t from_index)
{
    vpc_aggregate *a = &to->aggregates[to_index], *b = &from->aggregates[from_index];
    if (a->nint != b->nint || a->nstr != b->nstr)
        return;
    const char *name = a->name, *other = b->name;
    uint64_t limit = a->limit;
    vpc_aggregate_free(a);
    *a = *b;
    *b = (vpc_aggregate){.nint = a->nint, .nstr = a->nstr, .name = other, .limit = a->limit};
    a->name = name;
    a->limit = limit;
}

void vpc_program_copy_integer(vpc_program *to, uint32_t to_index, vpc_program *from, uint32_t from_index)
{
    for (uint32_t t = 0; t < to->nthreads; t++)
        to->integers[(size_t)t * to->nintegers + to_index] = from->integers[(size_t)t * from->nintegers + from_index];
}

void vpc_program_copy_string(vpc_program *to, uint32_t to_index, vpc_program *from, uint32_t from_index)
{
    for (uint32_t t = 0; t < to->nthreads; t++)
        memcpy(to->strings[(size_t)t * to->nstrings + to_index], from->strings[(size_t)t * from->nstrings + from_index],
               VPC_STRING_BYTES);
}

void vpc_program_copy_bag(vpc_program *to, uint32_t to_index, vpc_program *from, uint32_t from_index)
{
    uint64_t limit = to->machine->bag_limit;
    to->machine->bag_limit = UINT64_MAX;  /* for a moment both copies exist */
    vpc_bag_copy(&to->bags[to_index], &from->bags[from_index], to->machine);
    to->machine->bag_limit = limit;
}

void vpc_program_copy_counters(vpc_program *to, const vpc_program *from)
{
    for (uint32_t i = 0; i < to->nprobes && i < from->nprobes; i++) {
        vpc_probe *a = &to->probes[i];
        const vpc_probe *b = &from->probes[i];
        a->hits = b->hits;
        a->errors = b->errors;
        a->timed_hits = b->timed_hits;
        memcpy(a->timed_ns, b->timed_ns, sizeof a->timed_ns);
    }
    to->errors_lost = from->errors_lost;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The mean of the timed firings. Where the host did something else meanwhile, a firing took far longer than most: those
 * beyond a multiple of the median are left out. */
static uint64_t ns_per_hit(const vpc_probe *probe)
{
    uint32_t sorted[VPC_TIMES], n = probe->timed_hits < VPC_TIMES ? (uint32_t)probe->timed_hits : VPC_TIMES, used = 0;
    uint64_t sum = 0;
    memcpy(sorted, probe->timed_ns, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_size);
    while (used < n && sorted[used] <= (uint64_t)sorted[n / 2] * VPC_TIME_OUTLIER)
        sum += sorted[used++];
    return used ? sum / used : 0;
}

void vpc_program_probe_stats(const vpc_program *p, uint32_t probe, vpc_probe_stats *out)
{
    const vpc_probe *q = &p->probes[probe];
    *out = (vpc_probe_stats){q->hits, q->errors, q->timed_hits, ns_per_hit(q)};
}

uint32_t vpc_program_errors(const vpc_program *p, vpc_runtime_error *out, uint32_t max)
{
    uint32_t n = p->nerrors < max ? p->nerrors : max;
    memcpy(out, p->errors, n * sizeof *out);
    return n;
}

uint64_t vpc_program_errors_lost(const vpc_program *p)
{
    return p->errors_lost;
}

int vpc_program_rows(const vpc_program *p, uint32_t aggregate, int logged, vpc_rows *out)
{
    return vpc_aggregate_rows(&p->aggregates[aggregate], logged, out);
}

void vpc_program_forget_logged(vpc_program *p)
{
    for (uint32_t i = 0; i < p->naggregates; i++)
        vpc_aggregate_forget(&p->aggregates[i]);
}

void vpc_program_clear_aggregate(vpc_program *p, uint32_t aggregate)
{
    vpc_aggregate_clear(&p->aggregates[aggregate], p->machine->ticks);
}

uint64_t vpc_program_integer(const vpc_program *p, uint32_t thread, uint32_t index)
{
    return p->integers[(size_t)thread * p->nintegers + index];
}

const char *vpc_program_string(const vpc_program *p, uint32_t thread, uint32_t index)
{
    return p->strings[(size_t)thread * p->nstrings + index];
}
