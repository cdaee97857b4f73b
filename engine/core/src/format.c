/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printf over VP values: every integer is 64 bits wide, so length modifiers are read and ignored. */
#include <stdio.h>
#include <string.h>
#include "vp.h"

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

/* Parse after the percent sign; returns what follows, or NULL for an unknown conversion. */
static const char *parse(const char *p, conversion *c)
{
    size_t n = 0;
    c->text[n++] = '%';
    p = span_of(c, &n, p, "-+ #0", 5);
    p = span_of(c, &n, p, "0123456789", 4);
    if (*p == '.') {
        c->text[n++] = *p++;
        p = span_of(c, &n, p, "0123456789", 4);
    }
    while (*p && strchr("hlqjztL", *p))
        p++;
    c->letter = *p;
    if (!*p || !strchr("diuxXocsp", *p))
        return NULL;
    if (strchr("diuxXo", *p)) {
        c->text[n++] = 'l';
        c->text[n++] = 'l';
    }
    c->text[n++] = *p;
    c->text[n] = 0;
    return p + 1;
}

/* C libraries write pointers, null ones above all, each in its own way; here 0x and hexadecimal digits. */
static int convert_pointer(char *out, size_t room, const conversion *c, uint64_t value)
{
    char text[sizeof c->text + 4];
    size_t flags = strspn(c->text + 1, "-+ #0"), width = strspn(c->text + 1 + flags, "0123456789");
    if (value) {
        snprintf(text, sizeof text, "%%#%.*sllx", (int)(flags + width), c->text + 1);
        return snprintf(out, room, text, (unsigned long long)value);
    }
    bool left = memchr(c->text + 1, '-', flags);
    snprintf(text, sizeof text, "%%%s%.*ss", left ? "-" : "", (int)width, c->text + 1 + flags);
    return snprintf(out, room, text, "0x0");
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
    uint32_t used = 0;
    for (const char *p = format; *p && n + 1 < capacity;) {
        if (*p != '%' || p[1] == '%') {
            p += *p == '%';
            out[n++] = *p++;
            continue;
        }
        conversion c;
        const char *after = parse(p + 1, &c);
        if (!after) {  /* not a conversion: printed as it stands, as the C library does */
            out[n++] = *p++;
            continue;
        }
        *bad = used + 1;
        if (used >= nargs || (c.letter == 's') != (strings >> used & 1))
            return -1;
        int made = convert(out + n, capacity - n, &c, args[used++]);
        if (made > 0)
            n = n + (size_t)made < capacity ? n + (size_t)made : capacity - 1;
        p = after;
    }
    out[n] = 0;
    return (int)n;
}
