/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aggregates as text, for logaggr (manual p. 13). */
#include <inttypes.h>
#include <stdio.h>
#include "vp/aggregate_text.h"
#include "vp/log.h"

/* Bytes of the UTF-8 sequence at a position (Unicode 15, table 3-7), or 0 if it is none. */
static int utf8_length(const uint8_t *p)
{
    static const struct {
        uint8_t first, last, second_low, second_high, length;
    } kinds[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (p[0] < kinds[i].first || p[0] > kinds[i].last)
            continue;
        if (kinds[i].length > 1 && (p[1] < kinds[i].second_low || p[1] > kinds[i].second_high))
            return 0;
        for (int n = 2; n < kinds[i].length; n++)
            if ((p[n] & 0xc0) != 0x80)
                return 0;
        return kinds[i].length;
    }
    return 0;
}

/* The letter of the escape sequence that a character has in C, or 0. */
static char escape_letter(uint8_t byte)
{
    switch (byte) {
    case '\n': return 'n';
    case '\t': return 't';
    case '\r': return 'r';
    case '\\':
    case '"': return (char)byte;
    default: return 0;
    }
}

/* A string key in quotes, by the rule of engine/text.py: a name that the guest chose must not look like another row,
   and different names must not look alike. */
static int quoted(char *out, const char *text)
{
    int n = 0;
    out[n++] = '"';
    for (const uint8_t *p = (const uint8_t *)text; *p;) {
        int length = utf8_length(p);
        if (escape_letter(*p))
            n += sprintf(out + n, "\\%c", escape_letter(*p));
        else if (!length || *p < ' ' || *p == 0x7f)
            n += sprintf(out + n, "\\x%02x", *p);
        else if (*p == 0xc2 && p[1] < 0xa0)
            n += sprintf(out + n, "\\u%04x", p[1]);
        else
            n += sprintf(out + n, "%.*s", length, (const char *)p);
        p += length ? length : 1;
    }
    out[n++] = '"';
    return n;
}

static uint64_t average(const vpc_values *v)
{
    return (uint64_t)(((unsigned __int128)v->sum_high << 64 | v->sum_low) / v->count);
}

static const char *plural(uint32_t n)
{
    return n == 1 ? "" : "s";
}

/* The manual's format (p. 13): a header, then a line for each row; nothing for an empty aggregate. */
void vpc_aggregate_log(vpc_aggregate *a, vpc *m, vpc_printer by)
{
    const vpc_table *t = &a->now;
    char line[VPC_PRINT_BYTES];
    a->has_logged = a->shared = true;
    a->logged_at = m->ticks;
    by.is_aggregate = true;
    if (!t->rows)
        return;
    int n = snprintf(line, sizeof line, "aggr: %s (%u integer key%s) (%u string key%s)\n", a->name, a->nint,
                     plural(a->nint), a->nstr, plural(a->nstr));
    vpc_log_write(m, by, line, (size_t)n);
    for (uint64_t row = 0; row < t->rows; row++) {
        const vpc_values *v = &t->values[row];
        n = snprintf(line, sizeof line, "  %s[", a->name);
        vpc_log_write(m, by, line, (size_t)n);
        for (uint32_t i = 0; i < a->nint; i++) {
            n = snprintf(line, sizeof line, "%s0x%" PRIx64, i ? "," : "", t->integers[row * a->nint + i]);
            vpc_log_write(m, by, line, (size_t)n);
        }
        for (uint32_t i = 0; i < a->nstr; i++) {
            if (i || a->nint)
                vpc_log_write(m, by, ",", 1);
            n = quoted(line, t->arena + t->strings[row * a->nstr + i]);
            vpc_log_write(m, by, line, (size_t)n);
        }
        n = snprintf(line, sizeof line, "] == avg %" PRIu64 " count %" PRIu64 " min %" PRIu64 " max %" PRIu64
                     " latest %" PRIu64 "\n", average(v), v->count, v->minimum, v->maximum, v->latest);
        vpc_log_write(m, by, line, (size_t)n);
    }
}
