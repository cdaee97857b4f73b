/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a run ended. engine/core/stops.py reads this table. */
#ifndef VPC_INCLUDE_STOPS_H
#define VPC_INCLUDE_STOPS_H
#define VPC_STOPS(X) \
    X(UNTIL)        /* the tick asked for is reached */ \
    X(DEADLINE)     /* the device deadline is reached */ \
    X(STOPPED)      /* vpc_stop was called */ \
    X(SHUTDOWN)     /* triple fault: the machine must be reset */ \
    X(ERROR)        /* Unicorn gave up; see vpc_run_error */

#define VPC_STOP_NUMBER(name) VPC_STOP_##name,
enum { VPC_STOPS(VPC_STOP_NUMBER) VPC_STOP_COUNT };
#endif
