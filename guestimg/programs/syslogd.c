/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes to the disk, and now and then a line to the console. */
#include "user.h"

static char record[2048];
static u64 sink;

NOINLINE void format_record(u64 number)
{
    sink = churn(number, 18000);
    for (u64 i = 0; i < sizeof record; i++)
        record[i] = (char)('a' + (number + i) % 26);
}

NOINLINE void append(u64 number)
{
    format_record(number);
    disk_write(DATA_FIRST + DATA_SECTORS + number % 500 * 4, 4, record);
}

void _start(void)
{
    for (u64 number = 0;; number++) {
        append(number);
        if (number % 100 == 99)
            print("syslogd: another hundred records\n");
        msleep(60);
    }
}
