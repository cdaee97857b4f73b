/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: what printf, logint, logstr and logaggr write, until somebody takes it. */
#include <stdlib.h>
#include <string.h>
#include "vp/log.h"
#include "guest/error.h"

#define FIRST_BYTES 65536
#define DEFAULT_LIMIT (64u << 20)

struct vpc_log {
    char *text;
    uint64_t used, capacity, limit, dropped;
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
    if (m->log)
        free(m->log->text);
    free(m->log);
    m->log = NULL;
}

void vpc_log_write(vpc *m, const char *text, size_t bytes)
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
    memcpy(log->text + log->used, text, bytes);
    log->used += bytes;
}

uint64_t vpc_log_bytes(const vpc *m)
{
    return m->log->used;
}

uint64_t vpc_log_take(vpc *m, char *out, uint64_t max)
{
    struct vpc_log *log = m->log;
    uint64_t n = log->used < max ? log->used : max;
    if (n) {
        memcpy(out, log->text, n);
        memmove(log->text, log->text + n, log->used - n);
        log->used -= n;
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
