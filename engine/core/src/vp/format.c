/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printf over VP values: every integer is 64 bits wide, so length modifiers are read and ignored. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vp/format.h"

#define MAX_LENGTH 9999   /* of a width or precision */

/* One conversion, rebuilt for the C library: % flags width precision ll letter. */
typedef struct {
    char text[32];
    char letter;
} conversion;

static const char *span_of(conversion *c, size_t *n, const char *p, const char *set, size_t most)
{
    for (size_t taken = 0; *p && strchr(set, *p) && taken < most; taken++)
        c->text[(*n)++] = *p++;
    return p;
}

/* C libraries differ in what the 0 flag does to text: here it does nothing. */
static size_t without_zero_flag(conversion *c, size_t n)
{
    size_t kept = 1, i = 1;
    for (; i < n && strchr("-+ #0", c->text[i]); i++)
        if (c->text[i] != '0')
            c->text[kept++] = c->text[i];
    memmove(c->text + kept, c->text + i, n - i);
    return kept + n - i;
}

/* The arguments of a format, as far as they are used. */
typedef struct {
    const uint64_t *value;
    uint32_t count, strings, used;
} arguments;

/* Take the next argument if it has the type that is asked for. */
static bool take(arguments *args, bool string, uint64_t *value)
{
    if (args->used >= args->count || (args->strings >> args->used & 1) != string)
        return false;
    *value = args->value[args->used++];
    return true;
}

/* A width or precision: digits, or `*` for an argument, which is limited as digits are. */
static const char *number(conversion *c, size_t *n, const char *p, arguments *args)
{
    uint64_t value;
    if (*p != '*')
        return span_of(c, n, p, "0123456789", 4);
    if (!take(args, false, &value))
        return NULL;
    int64_t size = (int64_t)value;
    bool precision = c->text[*n - 1] == '.';
    if (size < 0 && precision) {
        (*n)--;   /* as if there were none */
    } else {
        if (size < 0)
            c->text[(*n)++] = '-';
        uint64_t length = size < 0 ? 0 - value : value;
        *n += (size_t)sprintf(c->text + *n, "%d", length > MAX_LENGTH ? MAX_LENGTH : (int)length);
    }
    return p + 1;
}

/* Parse after the percent sign; returns what follows, or NULL for an unknown conversion (letter says which) or a
 * missing argument (letter is 0xff). */
static const char *parse(const char *p, conversion *c, arguments *args)
{
    size_t n = 0;
    c->letter = (char)0xff;
    c->text[n++] = '%';
    p = span_of(c, &n, p, "-+ #0", 5);
    if (!(p = number(c, &n, p, args)))
        return NULL;
    if (*p == '.') {
        c->text[n++] = *p++;
        if (!(p = number(c, &n, p, args)))
            return NULL;
    }
    while (*p && strchr("hlqjztL", *p))
        p++;
    c->letter = *p;
    if (!*p || !strchr("diuxXocsp", *p))
        return NULL;
    if (strchr("diuxXo", *p)) {
        c->text[n++] = 'l';
        c->text[n++] = 'l';
    } else if (*p != 'p')
        n = without_zero_flag(c, n);
    c->text[n++] = *p;
    c->text[n] = 0;
    return p + 1;
}

/* C libraries write pointers, null ones above all, each in its own way; here it is 0x and hexadecimal digits. */
static int convert_pointer(char *out, size_t room, const conversion *c, uint64_t value)
{
    char digits[20];
    size_t flags = strspn(c->text + 1, "-+ #0");
    int width = atoi(c->text + 1 + flags);
    bool left = memchr(c->text + 1, '-', flags), zeros = memchr(c->text + 1, '0', flags);
    if (zeros && !left)
        return snprintf(out, room, "0x%0*" PRIx64, width > 2 ? width - 2 : 1, value);
    snprintf(digits, sizeof digits, "0x%" PRIx64, value);
    return snprintf(out, room, left ? "%-*s" : "%*s", width, digits);
}

static int convert(char *out, size_t room, const conversion *c, uint64_t value)
{
    switch (c->letter) {
    case 's': return snprintf(out, room, c->text, (const char *)(uintptr_t)value);
    case 'p': return convert_pointer(out, room, c, value);
    case 'c': return snprintf(out, room, c->text, (int)(value & 0xff));
    default: return snprintf(out, room, c->text, (unsigned long long)value);
    }
}

int vpc_format(char *out, size_t capacity, const char *format, const uint64_t *args, uint32_t nargs, uint32_t strings,
               uint64_t *bad)
{
    size_t n = 0;
    uint64_t conversions = 0;
    arguments given = {.value = args, .count = nargs, .strings = strings};
    for (const char *p = format; *p && n + 1 < capacity;) {
        if (*p != '%' || p[1] == '%') {
            p += *p == '%';
            out[n++] = *p++;
            continue;
        }
        conversion c;
        uint64_t value;
        const char *after = parse(p + 1, &c, &given);
        bool invalid = !after && c.letter != (char)0xff;
        *bad = invalid ? (uint64_t)(uint8_t)c.letter << 32 : ++conversions;
        if (!after || !take(&given, c.letter == 's', &value))
            return -1;
        int made = convert(out + n, capacity - n, &c, value);
        if (made > 0)
            n = n + (size_t)made < capacity ? n + (size_t)made : capacity - 1;
        p = after;
    }
    out[n] = 0;
    return (int)n;
}
