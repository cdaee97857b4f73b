/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers as the instruction set numbers them (Intel SDM volume 2, table 3-1). engine/core/registers.py reads these
 * tables. */
#ifndef VPC_INCLUDE_REGISTERS_H
#define VPC_INCLUDE_REGISTERS_H
#define VPC_REGISTERS(X) \
    X(RAX) X(RCX) X(RDX) X(RBX) X(RSP) X(RBP) X(RSI) X(RDI) X(R8) X(R9) X(R10) X(R11) X(R12) X(R13) X(R14) X(R15)

#define VPC_SEGMENTS(X) \
    X(ES) X(CS) X(SS) X(DS) X(FS) X(GS)

#define VPC_REGISTER_NUMBER(name) VPC_##name,
#define VPC_SEGMENT_NUMBER(name) VPC_SEG_##name,
enum { VPC_REGISTERS(VPC_REGISTER_NUMBER) VPC_GENERAL_REGISTERS };
enum { VPC_SEGMENTS(VPC_SEGMENT_NUMBER) VPC_SEGMENT_COUNT };
#endif
