/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the machine's management awake: requests to the firmware by SMI in one phase, NMIs in another, then neither. */
#include "user.h"

#define APM_IDLE 0x52
#define APM_BUSY 0x53

static u64 sink;

NOINLINE void ask_firmware(void)
{
    raise_smi(APM_IDLE);
    sink = churn(sink, 500);
    raise_smi(APM_BUSY);
}

NOINLINE void rattle(void)
{
    raise_nmi();
    sink = churn(sink, 500);
}

void _start(void)
{
    for (;;) {
        switch (phase(2000, 3)) {
        case 0: ask_firmware(); break;
        case 1: rattle(); break;
        default: break;
        }
        msleep(120);
    }
}
