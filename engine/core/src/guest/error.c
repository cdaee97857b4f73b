/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/error.h"
#include <stdarg.h>
#include <stdio.h>

int vpc_fail(vpc_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return -1;
}

int vpc_out_of_memory(vpc_error *error) { return vpc_fail(error, "out of memory"); }
