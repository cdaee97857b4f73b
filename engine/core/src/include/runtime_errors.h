/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run-time errors of scripts; each ends the firing in which it happens, unless a `try` catches it.
 * engine/core/runtime_errors.py reads this table: the name, which scripts read as EXCNAME, and the text of EXCDESC. */
#ifndef VPC_INCLUDE_RUNTIME_ERRORS_H
#define VPC_INCLUDE_RUNTIME_ERRORS_H
#define VPC_RUNTIME_ERRORS(X) \
    X(NONE, "") \
    X(UNMAPPED, "guest address is not mapped")                   /* detail: linear address */ \
    X(PHYSICAL, "guest physical address is not memory")          /* detail: address */ \
    X(STACK, "calls nest too deeply")                            /* detail: slots asked for; 0: VPC_CALL_DEPTH */ \
    X(DIVIDE, "division by zero") \
    X(NO_VCPU, "VCPU state read in VMX context")                 /* detail: variable */ \
    X(STEPS, "too many calls in one firing")                     /* more than VPC_MAX_CALLS */ \
    X(FORMAT, "invalid computed format")                         /* detail: number of the conversion without an \
                                                     argument of its type, or letter of an invalid one << 32 */ \
    X(NO_PATTERN, "code pattern not found")                      /* detail: address searched from */ \
    X(TOO_LONG, "text of printf is too long")                    /* more than VPC_PRINT_BYTES */ \
    X(RETURNS, "a return will be missed")                        /* GUEST:EXIT; detail: return address */ \
    X(ABSENT, "nothing has this number")                         /* getgpr, getvmcs, readmsr; detail: number */

#define VPC_RUNTIME_NUMBER(name, text) VPC_RUNTIME_##name,
enum { VPC_RUNTIME_ERRORS(VPC_RUNTIME_NUMBER) VPC_RUNTIME_COUNT };
#endif
