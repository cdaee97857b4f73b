/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run-time errors of scripts; each ends the firing in which it happens. engine/core/runtime_errors.py reads this
 * table. */
#ifndef VPC_INCLUDE_RUNTIME_ERRORS_H
#define VPC_INCLUDE_RUNTIME_ERRORS_H
#define VPC_RUNTIME_ERRORS(X) \
    X(NONE) \
    X(UNMAPPED)         /* guest linear address not mapped; detail: address */ \
    X(PHYSICAL)         /* guest physical address is not memory; detail: address */ \
    X(STACK)            /* recursion deeper than the VP stack; detail: slots asked for; 0: than VPC_CALL_DEPTH */ \
    X(DIVIDE)           /* division or modulo by zero */ \
    X(NO_VCPU)          /* VCPU state read in VMX context; detail: variable */ \
    X(STEPS)            /* the firing made more than VPC_MAX_CALLS calls */ \
    X(FORMAT)           /* computed format; detail: number of the conversion without an argument of its type, or \
                           letter of an invalid one << 32 */ \
    X(NO_PATTERN)       /* offat*: the code pattern is not there; detail: address searched from */ \
    X(TOO_LONG)         /* printf: a text of more than VPC_PRINT_BYTES */ \
    X(RETURNS)          /* GUEST:EXIT: a return will not be seen; detail: return address */ \
    X(ABSENT)           /* getgpr, getvmcs, readmsr: nothing has this number; detail: number */

#define VPC_RUNTIME_NUMBER(name) VPC_RUNTIME_##name,
enum { VPC_RUNTIME_ERRORS(VPC_RUNTIME_NUMBER) VPC_RUNTIME_COUNT };
#endif
