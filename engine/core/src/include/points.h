/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe points. Mirrored by engine/core/points.py (a test compares the two). */
enum {
    VPC_PT_VMM1HZ = 0,
    VPC_PT_VMM10HZ,
    VPC_PT_USEC,              /* where = period in microseconds */
    VPC_PT_VMX1HZ,
    VPC_PT_GUEST_IRQ,         /* ARG0 = vector */
    VPC_PT_GUEST_TRIPLE_FAULT,
    VPC_PT_GUEST_CR3_WRITE,
    VPC_PT_HV_EXIT,
    VPC_PT_HV_RESUME,
    VPC_PT_HV_NPF,
    VPC_PT_IN,                /* ARG0 = port, ARG1 = operand size in bytes, ARG2 = REP count */
    VPC_PT_OUT,
    VPC_PT_SMM_SMI_PRE,
    VPC_PT_SMM_SMI_POST,
    VPC_PT_SMM_RSM_PRE,
    VPC_PT_SMM_RSM_POST,
    VPC_PT_DISK_IO_START,     /* ARG0..ARG7, manual p. 28 */
    VPC_PT_DISK_IO_FINISH,
    VPC_PT_MAC_SEND_PACKET,
    VPC_PT_MAC_RECEIVE_PACKET,
    VPC_PT_VMM_LOAD,
    VPC_PT_VMM_UNLOAD,
    VPC_PT_VMX_LOAD,
    VPC_PT_VMX_UNLOAD,
    VPC_PT_GUEST_EXEC,        /* GUEST:address; where = linear address */
    VPC_PT_GUEST_READ,
    VPC_PT_GUEST_WRITE,
    VPC_PT_GUEST_ENTER,
    VPC_PT_GUEST_EXIT,
    VPC_PT_GUEST_OFFSET,      /* where = address, extra = offset */
    VPC_PT_VMX_USEC,          /* like USEC, in VMX context */
    VPC_PT_FAULT0,            /* + vector 0..31; ARG0 = error code where the fault has one */
    VPC_PT_COUNT = VPC_PT_FAULT0 + 32
};
