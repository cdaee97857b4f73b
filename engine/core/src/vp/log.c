/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: what printf, logint, logstr and logaggr write, until somebody takes it. */
#include <stdlib.h>
#include <string.h>
#include "vp/log.h"
#include "guest/error.h"

#define FIRST_BYTES 65536
#define FIRST_PARTS 64
#define DEFAULT_LIMIT (64u << 20)

struct vpc_log {
    char *text;
    uint64_t used, capacity, limit, dropped;
    vpc_log_part *parts;       /* they have as many bytes together as are used */
    uint64_t nparts, room;
};

int vpc_log_new(vpc *m, vpc_error *error)
{
    m->log = calloc(1, sizeof *m->log);
    if (!m->log)
        return vpc_out_of_memory(error);
    m->log->limit = DEFAULT_LIMIT;
    return 0;
}

void vpc_log_free(vpc *m)
{
    if (m->log) {
        free(m->log->text);
        free(m->log->parts);
    }
    free(m->log);
    m->log = NULL;
}

/* The part that the next bytes belong to: the last one, if the same firing goes on. NULL: memory is used up. */
static vpc_log_part *part_of(struct vpc_log *log, uint64_t ticks, vpc_printer by)
{
    if (log->nparts == VPC_LOG_PARTS)
        by = (vpc_printer){0};
    vpc_log_part *last = log->nparts ? &log->parts[log->nparts - 1] : NULL;
    if (last && last->program == by.program && last->probe == by.probe && last->cpu == by.cpu &&
        last->is_aggregate == by.is_aggregate && (last->ticks == ticks || !by.program))
        return last;
    if (log->nparts == log->room) {
        uint64_t room = log->room ? log->room * 2 : FIRST_PARTS;
        vpc_log_part *bigger = realloc(log->parts, room * sizeof *bigger);
        if (!bigger)
            return NULL;
        log->parts = bigger;
        log->room = room;
    }
    last = &log->parts[log->nparts++];
    *last = (vpc_log_part){0, ticks, by.program, by.probe, by.cpu, by.is_aggregate};
    return last;
}

void vpc_log_write(vpc *m, vpc_printer by, const char *text, size_t bytes)
{
    struct vpc_log *log = m->log;
    if (!bytes)
        return;
    if (log->used + bytes > log->limit) {
        log->dropped += bytes;
        return;
    }
    if (log->used + bytes > log->capacity) {
        uint64_t capacity = log->capacity ? log->capacity * 2 : FIRST_BYTES;
        while (capacity < log->used + bytes)
            capacity *= 2;
        char *bigger = realloc(log->text, capacity);
        if (!bigger) {
            log->dropped += bytes;
            return;
        }
        log->text = bigger;
        log->capacity = capacity;
    }
    vpc_log_part *part = part_of(log, m->ticks, by);
    if (!part) {
        log->dropped += bytes;
        return;
    }
    memcpy(log->text + log->used, text, bytes);
    log->used += bytes;
    part->bytes += bytes;
}

uint64_t vpc_log_bytes(const vpc *m)
{
    return m->log->used;
}

uint64_t vpc_log_parts(const vpc *m, vpc_log_part *out, uint64_t max)
{
    const struct vpc_log *log = m->log;
    uint64_t n = log->nparts < max ? log->nparts : max;
    if (n)
        memcpy(out, log->parts, n * sizeof *out);
    return log->nparts;
}

static void take_parts(struct vpc_log *log, uint64_t bytes)
{
    uint64_t gone = 0;
    while (gone < log->nparts && log->parts[gone].bytes <= bytes)
        bytes -= log->parts[gone++].bytes;
    if (gone < log->nparts)
        log->parts[gone].bytes -= bytes;
    log->nparts -= gone;
    memmove(log->parts, log->parts + gone, log->nparts * sizeof *log->parts);
}

uint64_t vpc_log_take(vpc *m, char *out, uint64_t max)
{
    struct vpc_log *log = m->log;
    uint64_t n = log->used < max ? log->used : max;
    if (n) {
        memcpy(out, log->text, n);
        memmove(log->text, log->text + n, log->used - n);
        log->used -= n;
        take_parts(log, n);
    }
    return n;
}

uint64_t vpc_log_dropped(const vpc *m)
{
    return m->log->dropped;
}

void vpc_log_limit(vpc *m, uint64_t bytes)
{
    m->log->limit = bytes;
}

void vpc_bag_limit(vpc *m, uint64_t bytes)
{
    m->bag_limit = bytes;
}
