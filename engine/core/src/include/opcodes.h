/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VP bytecode: one byte of opcode, then little-endian operands. Every value is one 64-bit slot: an integer, or a
 * reference to a string. engine/core/opcodes.py reads these tables. */
#ifndef VPC_INCLUDE_OPCODES_H
#define VPC_INCLUDE_OPCODES_H

/* Kinds of operands: name, bytes, layout as Python's struct writes it. */
#define VPC_OPERANDS(X) \
    X(NONE, 0, x) \
    X(I8, 1, b) \
    X(I32, 4, i) \
    X(U64, 8, Q) \
    X(LITERAL, 2, H)                /* number of a literal */ \
    X(INTEGER, 2, H)                /* number of an integer variable */ \
    X(STRING, 2, H)                 /* number of a string variable */ \
    X(VARIABLE, 2, H)               /* VPC_VAR_* */ \
    X(FUNCTION, 2, H)               /* takes the parameters of the function, too */ \
    X(AGGREGATE, 2, H)              /* number of an aggregate */ \
    X(AGGREGATE_KEYS, 2, H)         /* takes the keys of the aggregate, too */ \
    X(BAG, 2, H)                    /* number of a bag */ \
    X(JUMP, 2, H)                   /* bytes from the next instruction on */ \
    X(LOCAL, 1, B)                  /* slot of the frame */ \
    X(TEMPORARY, 1, B)              /* first slot of a temporary string */ \
    X(ARGUMENTS, 5, BI)             /* number of arguments, which it takes, too, and a mask of those that are strings */

/* Operations: name, operand, values taken from the stack (besides those that the operand counts), values left on it.
 * In comments: ( before -- after ), top on the right. */
#define VPC_OPCODES(X) \
    X(INT8, I8, 0, 1)                       /* sign-extended */ \
    X(INT32, I32, 0, 1)                     /* sign-extended */ \
    X(INT64, U64, 0, 1) \
    X(LITERAL, LITERAL, 0, 1)               /* reference to a string literal */ \
    X(GET_INTEGER, INTEGER, 0, 1)           /* integer variable of this thread */ \
    X(SET_INTEGER, INTEGER, 1, 1)           /* ( n -- n ) */ \
    X(GET_STRING, STRING, 0, 1)             /* reference to a string variable of this thread */ \
    X(GET_LOCAL, LOCAL, 0, 1)               /* parameter or temporary */ \
    X(SET_LOCAL, LOCAL, 1, 1)               /* ( n -- n ) integers only */ \
    X(VARIABLE, VARIABLE, 0, 1)             /* built-in integer variable */ \
    X(PROBENAME, NONE, 0, 1)                /* reference to the name of the probe */ \
    X(TEMPORARY, TEMPORARY, 1, 1)           /* ( s -- s ) copy into 32 slots of the frame, unless s can be written */ \
    X(COPY_STRING, NONE, 2, 1)              /* ( d s -- 1 ) setstr */ \
    X(DROP, NONE, 1, 0) \
    X(ADD, NONE, 2, 1) \
    X(SUB, NONE, 2, 1) \
    X(MUL, NONE, 2, 1) \
    X(DIV, NONE, 2, 1)                      /* unsigned; by 0: VPC_RUNTIME_DIVIDE */ \
    X(MOD, NONE, 2, 1) \
    X(AND, NONE, 2, 1) \
    X(OR, NONE, 2, 1) \
    X(XOR, NONE, 2, 1) \
    X(SHL, NONE, 2, 1)                      /* counts of 64 and more give 0 */ \
    X(SHR, NONE, 2, 1) \
    X(EQ, NONE, 2, 1)                       /* comparisons are unsigned and give 1 or 0 */ \
    X(NE, NONE, 2, 1) \
    X(LT, NONE, 2, 1) \
    X(LE, NONE, 2, 1) \
    X(GT, NONE, 2, 1) \
    X(GE, NONE, 2, 1) \
    X(NEG, NONE, 1, 1)                      /* -a */ \
    X(INV, NONE, 1, 1)                      /* ~a */ \
    X(NOT, NONE, 1, 1)                      /* !a */ \
    X(BOOL, NONE, 1, 1)                     /* a != 0 */ \
    X(EXCNAME, NONE, 0, 1)                  /* reference to the name of the error caught last; empty: none */ \
    X(EXCDESC, NONE, 0, 1)                  /* reference to its description */ \
    X(TRY, JUMP, 0, 0)                      /* a run-time error before the target continues there, at this depth */ \
    X(JUMP, JUMP, 0, 0)                     /* forward from the next instruction */ \
    X(JUMP_ZERO, JUMP, 1, 0) \
    X(JUMP_NONZERO, JUMP, 1, 0) \
    X(CALL, FUNCTION, 0, 1)                 /* ( parameters -- v ) */ \
    X(RETURN, NONE, 1, 0)                   /* the value goes to the caller's stack */ \
    X(END, NONE, 0, 0)                      /* end of a probe body */ \
    X(EXIT, NONE, 0, 0)                     /* end of the firing */ \
    X(AGGREGATE, AGGREGATE_KEYS, 1, 1)      /* ( integers strings value -- 1 ) */ \
    X(LOG_AGGREGATE, AGGREGATE, 0, 1) \
    X(CLEAR_AGGREGATE, AGGREGATE, 0, 1) \
    X(BAG_INSERT, BAG, 2, 1)                /* ( key value -- stored ) */ \
    X(BAG_REMOVE, BAG, 1, 1)                /* ( key -- value ) 0 when there is no such key */ \
    X(LOG_INTEGER, NONE, 1, 1)              /* ( n -- 1 ) */ \
    X(LOG_STRING, NONE, 1, 1)               /* ( s -- 1 ) */ \
    X(PRINTF, ARGUMENTS, 1, 1)              /* ( format a1..an -- 1 ) bit i of the mask: argument i is a string */ \
    X(SPRINTF, ARGUMENTS, 2, 1)             /* ( d format a1..an -- 1 ) d may also be an argument */ \
    X(STRCMP, NONE, 2, 1)                   /* 1, 0 or 2^64-1 by lexicographic order */ \
    X(GETGUEST, NONE, 1, 1)                 /* ( address -- n ) */ \
    X(GETGUESTSTR, NONE, 3, 1)              /* ( d bytes address -- 1 ) */ \
    X(GETGUESTPHYS, NONE, 1, 1)             /* ( address -- n ) */ \
    X(GUESTSTACK, NONE, 1, 1)               /* ( d -- 1 ) */ \
    X(GUESTMAPPING, NONE, 2, 1)             /* ( d address -- 1 ) */ \
    X(SYSTEMTIME, NONE, 0, 1)               /* microseconds since 1970 */ \
    X(OFFATRET, NONE, 1, 1)                 /* ( address -- n ) */ \
    X(OFFATSEG, NONE, 1, 1)                 /* ( address -- n ) */ \
    X(OFFATSTRCPY, NONE, 2, 1)              /* ( address strcpy -- n ) */ \
    X(GETGUESTPHYSSTR, NONE, 3, 1)          /* ( d bytes address -- 1 ) */ \
    X(GETGPR, NONE, 1, 1)                   /* ( number -- n ) as instructions number registers */ \
    X(GETVMCS, NONE, 1, 1)                  /* ( field -- n ) by VMCS field encoding */ \
    X(READMSR, NONE, 1, 1)                  /* ( number -- n ) */

#define VPC_OPERAND_NUMBER(name, ...) VPC_OPERAND_##name,
#define VPC_OP_NUMBER(name, ...) VPC_OP_##name,
enum { VPC_OPERANDS(VPC_OPERAND_NUMBER) VPC_OPERAND_COUNT };
enum { VPC_OPCODES(VPC_OP_NUMBER) VPC_OP_COUNT };
#endif
