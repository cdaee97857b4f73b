/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text mode 3: 80 columns and 25 lines at 0xb8000, page 0. */
#include "bios.h"

#define SCREEN 0xb800
#define COLUMNS 80
#define LINES 25
#define BLANK 0x0720
#define CRTC 0x3d4

static u16 cursor(void) { return far_u16(0, BDA_CURSOR); }   /* line in the high byte, column in the low one */

static void set_cursor(u8 line, u8 column)
{
    u16 place = line * COLUMNS + column;
    far_set_u16(0, BDA_CURSOR, line << 8 | column);
    outb(CRTC, 0x0e);
    outb(CRTC + 1, place >> 8);
    outb(CRTC, 0x0f);
    outb(CRTC + 1, place & 0xff);
}

static u16 cell(u32 line, u32 column) { return far_u16(SCREEN, 2 * (line * COLUMNS + column)); }
static void set_cell(u32 line, u32 column, u16 value) { far_set_u16(SCREEN, 2 * (line * COLUMNS + column), value); }

/* Move a window up (or down) by lines, all of it when 0. Corners are line and column, as in CX and DX. */
static void scroll(bool up, u8 lines, u8 attribute, u16 first, u16 last)
{
    int top = first >> 8, left = first & 0xff, bottom = last >> 8, right = last & 0xff;
    bottom = bottom < LINES ? bottom : LINES - 1;
    right = right < COLUMNS ? right : COLUMNS - 1;
    int height = bottom - top + 1, step = lines && lines < height ? lines : height;
    for (int n = 0; n < height; n++) {
        int line = up ? top + n : bottom - n, from = up ? line + step : line - step;
        for (int column = left; column <= right; column++)
            set_cell(line, column, n < height - step ? cell(from, column) : (u16)(attribute << 8 | ' '));
    }
}

static void clear(void)
{
    scroll(true, 0, BLANK >> 8, 0, (LINES - 1) << 8 | (COLUMNS - 1));
    set_cursor(0, 0);
}

/* One character as on a terminal. attribute: -1 leaves what is there. */
static void teletype(u8 character, int attribute)
{
    u8 line = cursor() >> 8, column = cursor() & 0xff;
    switch (character) {
    case '\a': break;
    case '\b': column -= column > 0; break;
    case '\n': line++; break;
    case '\r': column = 0; break;
    default:
        set_cell(line, column, (attribute < 0 ? cell(line, column) & 0xff00 : attribute << 8) | character);
        if (++column == COLUMNS) {
            column = 0;
            line++;
        }
    }
    if (line >= LINES) {
        scroll(true, 1, BLANK >> 8, 0, (LINES - 1) << 8 | (COLUMNS - 1));
        line = LINES - 1;
    }
    set_cursor(line, column);
}

/* CX times the character AL at the cursor, which stays. */
static void repeat(registers *r, bool with_attribute)
{
    u32 at = (cursor() >> 8) * COLUMNS + (cursor() & 0xff);
    for (u32 n = 0; n < r->c.x && at + n < COLUMNS * LINES; n++) {
        u32 line = (at + n) / COLUMNS, column = (at + n) % COLUMNS;
        set_cell(line, column, (with_attribute ? r->b.l << 8 : cell(line, column) & 0xff00) | r->a.l);
    }
}

/* AL: bit 0 the cursor moves along, bit 1 attributes stand between the characters. */
static void write_string(registers *r)
{
    u16 before = cursor();
    u32 at = r->bp.x;
    set_cursor(r->d.h, r->d.l);
    for (u32 n = 0; n < r->c.x; n++) {
        u8 character = far_u8(r->es, at++);
        teletype(character, r->a.l & 2 ? far_u8(r->es, at++) : r->b.l);
    }
    if (!(r->a.l & 1))
        set_cursor(before >> 8, before & 0xff);
}

void video_service(registers *r)
{
    switch (r->a.h) {
    case 0x00:
        if (!(r->a.l & 0x80))
            clear();
        break;
    case 0x01: far_set_u16(0, BDA_CURSOR_SHAPE, r->c.x); break;
    case 0x02: set_cursor(r->d.h, r->d.l); break;
    case 0x03:
        r->d.x = cursor();
        r->c.x = far_u16(0, BDA_CURSOR_SHAPE);
        break;
    case 0x06:
    case 0x07: scroll(r->a.h == 0x06, r->a.l, r->b.h, r->c.x, r->d.x); break;
    case 0x08: r->a.x = cell(cursor() >> 8, cursor() & 0xff); break;
    case 0x09: repeat(r, true); break;
    case 0x0a: repeat(r, false); break;
    case 0x0e: teletype(r->a.l, -1); break;
    case 0x0f:
        r->a.x = COLUMNS << 8 | far_u8(0, BDA_MODE);
        r->b.h = 0;
        break;
    case 0x12:
        if (r->b.l == 0x10) {   /* which EGA: colour, 256 KiB, switches as for a colour monitor */
            r->b.x = 0x0003;
            r->c.x = 0x0009;
        }
        break;
    case 0x13: write_string(r); break;
    case 0x1a:
        if (!r->a.l) {          /* which display: VGA with a colour monitor */
            r->a.l = 0x1a;
            r->b.x = 0x0008;
        }
        break;
    default: break;
    }
}
