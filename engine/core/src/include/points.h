/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe points (manual, table 3-3). engine/core/points.py reads this table. */
#ifndef VPC_INCLUDE_POINTS_H
#define VPC_INCLUDE_POINTS_H
#define VPC_POINTS(X) \
    X(VMM1HZ) \
    X(VMM10HZ) \
    X(USEC)                     /* where: period in microseconds */ \
    X(VMX1HZ) \
    X(GUEST_IRQ)                /* ARG0: vector */ \
    X(GUEST_TRIPLE_FAULT) \
    X(GUEST_CR3_WRITE) \
    X(HV_EXIT) \
    X(HV_RESUME) \
    X(HV_NPF) \
    X(IN)                       /* ARG0: port, ARG1: operand size in bytes, ARG2: REP count */ \
    X(OUT)                      /* as IN */ \
    X(SMM_SMI_PRE) \
    X(SMM_SMI_POST) \
    X(SMM_RSM_PRE) \
    X(SMM_RSM_POST) \
    X(DISK_IO_START)            /* ARG0 to ARG7: manual p. 28 */ \
    X(DISK_IO_FINISH) \
    X(MAC_SEND_PACKET) \
    X(MAC_RECEIVE_PACKET) \
    X(VMM_LOAD) \
    X(VMM_UNLOAD) \
    X(VMX_LOAD) \
    X(VMX_UNLOAD) \
    X(GUEST_EXEC)               /* GUEST:address; where: linear address */ \
    X(GUEST_READ) \
    X(GUEST_WRITE) \
    X(GUEST_ENTER) \
    X(GUEST_EXIT) \
    X(GUEST_OFFSET)             /* where: address, extra: offset */ \
    X(VMX_USEC)                 /* like USEC, in VMX context */ \
    X(FAULT0)                   /* exception vector 0; the others follow in order; ARG0: error code, if any */

#define VPC_PT_NUMBER(name, ...) VPC_PT_##name,
enum { VPC_POINTS(VPC_PT_NUMBER) VPC_PT_AFTER_FAULT0 };
enum { VPC_PT_COUNT = VPC_PT_FAULT0 + 32 };
#endif
