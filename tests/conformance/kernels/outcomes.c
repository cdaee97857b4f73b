/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends as its command line says: each way in which a test kernel can end. */
#include "suite.h"

void trapped(uint32_t vector)
{
    (void)vector;
    leave(127);
}

void start(const struct information *information)
{
    const char *way = arguments(information);

    if (equal(way, "pass")) {
        report(1, "one");
        say("XFAIL", "known not to work");
        leave(0);
    } else if (equal(way, "fail")) {
        report(1, "one");
        report(0, "two is \033[31mtwo");
        report(0, "three");
        leave(1);
    } else if (equal(way, "fail quietly")) {
        leave(3);
    } else if (equal(way, "fail and say 0")) {
        report(0, "one");
        leave(0);
    } else if (equal(way, "skip")) {
        say("SKIP", "no such feature");
        leave(SKIPPED);
    } else if (equal(way, "halt")) {
        for (;;)
            __asm__ volatile("cli; hlt");
    } else if (equal(way, "spin")) {
        for (;;)
            ;
    } else if (equal(way, "triple fault")) {
        reload_idt_and_fault();
    } else if (equal(way, "power off")) {
        report(1, "one");
        outw(0x604, 0x2000); /* SLP_EN of PM1a_CNT */
        for (;;)
            __asm__ volatile("cli; hlt");
    }
    leave(2);
}
