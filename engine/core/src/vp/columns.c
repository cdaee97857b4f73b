/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of an aggregate as columns, each in the narrowest width that holds its numbers: most count small ones. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "include/vpcore.h"

#define BLOCK 256u          /* rows; their numbers stay in the cache of the CPU */
#define ALIGNED 8u

_Static_assert(sizeof(vpc_values) == VPC_VALUES * sizeof(uint64_t), "values are numbers side by side");

typedef struct {
    const vpc_rows *rows;
    vpc_column *columns;
    uint32_t ncolumns;
} job;

static uint32_t width_of(uint64_t bits)
{
    return bits >> 32 ? 8 : bits >> 16 ? 4 : bits >> 8 ? 2 : 1;
}

static uint64_t bytes_of(const vpc_rows *rows, uint32_t width)
{
    return (rows->nrows * width + ALIGNED - 1) & ~(uint64_t)(ALIGNED - 1);
}

/* Numbers of a column, from a row on. */
static void take(const vpc_rows *rows, uint32_t column, uint64_t begin, uint64_t n, uint64_t *out)
{
    uint32_t nint = rows->nint, nstr = rows->nstr;
    if (column < nint) {
        const uint64_t *from = rows->integers + begin * nint + column;
        for (uint64_t i = 0; i < n; i++)
            out[i] = from[i * nint];
    } else if (column < nint + nstr) {
        const uint32_t *from = rows->strings + begin * nstr + (column - nint);
        for (uint64_t i = 0; i < n; i++)
            out[i] = from[i * nstr];
    } else {
        const uint64_t *from = (const uint64_t *)(rows->values + begin) + (column - nint - nstr);
        for (uint64_t i = 0; i < n; i++)
            out[i] = from[i * VPC_VALUES];
    }
}

static void store(vpc_column *c, uint64_t begin, uint64_t n, const uint64_t *numbers)
{
    uint8_t *u8 = (uint8_t *)c->numbers + begin;
    uint16_t *u16 = (uint16_t *)c->numbers + begin;
    uint32_t *u32 = (uint32_t *)c->numbers + begin;
    switch (c->width) {
    case 1:
        for (uint64_t i = 0; i < n; i++)
            u8[i] = (uint8_t)numbers[i];
        return;
    case 2:
        for (uint64_t i = 0; i < n; i++)
            u16[i] = (uint16_t)numbers[i];
        return;
    case 4:
        for (uint64_t i = 0; i < n; i++)
            u32[i] = (uint32_t)numbers[i];
        return;
    default:
        memcpy((uint64_t *)c->numbers + begin, numbers, n * sizeof *numbers);
    }
}

/* Store the rows before this one anew: a number does not fit. Each column is widened four times at most. */
static bool widen(const job *j, uint32_t column, uint32_t width, uint64_t rows)
{
    vpc_column *c = &j->columns[column];
    uint64_t numbers[BLOCK], bytes = bytes_of(j->rows, width);
    void *wider = malloc(bytes);
    if (!wider)
        return false;
    memset((uint8_t *)wider + bytes - ALIGNED, 0, ALIGNED);
    free(c->numbers);
    c->numbers = wider;
    c->width = width;
    for (uint64_t begin = 0; begin < rows; begin += BLOCK) {
        take(j->rows, column, begin, BLOCK, numbers);
        store(c, begin, BLOCK, numbers);
    }
    return true;
}

/* One block of a column; the blocks before it are stored. */
static bool add(const job *j, uint32_t column, uint64_t begin, uint64_t n)
{
    vpc_column *c = &j->columns[column];
    uint64_t numbers[BLOCK], bits = 0, different = 0;
    take(j->rows, column, begin, n, numbers);
    if (!begin)
        c->number = numbers[0];
    for (uint64_t i = 0; i < n; i++) {
        bits |= numbers[i];
        different |= numbers[i] ^ c->number;
    }
    if (!c->width && !different)
        return true;
    uint32_t width = width_of(bits | c->number);
    if (width > c->width && !widen(j, column, width, begin))
        return false;
    store(c, begin, n, numbers);
    return true;
}

/* Let go of the numbers of a column that another one has too. */
static void compare(const job *j, uint32_t column)
{
    vpc_column *c = &j->columns[column];
    uint32_t most = column < VPC_LIKE_COLUMNS ? column : VPC_LIKE_COLUMNS;
    c->like = column;
    for (uint32_t i = 0; i < most; i++) {
        const vpc_column *other = &j->columns[i];
        if (other->like != i || other->width != c->width)
            continue;
        if (c->width ? memcmp(other->numbers, c->numbers, j->rows->nrows * c->width) : other->number != c->number)
            continue;
        free(c->numbers);
        c->numbers = NULL;
        c->like = i;
        return;
    }
}

int vpc_rows_columns(const vpc_rows *rows, vpc_column *out)
{
    job j = {rows, out, rows->nint + rows->nstr + VPC_VALUES};
    memset(out, 0, j.ncolumns * sizeof *out);
    for (uint64_t begin = 0; begin < rows->nrows; begin += BLOCK) {
        uint64_t n = rows->nrows - begin < BLOCK ? rows->nrows - begin : BLOCK;
        for (uint32_t column = 0; column < j.ncolumns; column++)
            if (!add(&j, column, begin, n)) {
                vpc_columns_free(out, j.ncolumns);
                return -1;
            }
    }
    for (uint32_t column = 0; column < j.ncolumns; column++) {
        compare(&j, column);
        out[column].bytes = out[column].numbers ? bytes_of(rows, out[column].width) : 0;
    }
    return 0;
}

void vpc_columns_free(vpc_column *columns, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        free(columns[i].numbers);
    memset(columns, 0, n * sizeof *columns);
}
