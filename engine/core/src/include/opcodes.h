/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VP bytecode. Mirrored by engine/core/opcodes.py (a test compares the two). One byte of opcode, then little-endian
 * operands. Stack effect in comments: ( before -- after ), top on the right. Every value is one 64-bit slot: an
 * integer, or a reference to a string. */
enum {
    VPC_OP_INT8 = 0,     /* i8            ( -- n )       sign-extended */
    VPC_OP_INT32,        /* i32           ( -- n )       sign-extended */
    VPC_OP_INT64,        /* u64           ( -- n ) */
    VPC_OP_LITERAL,      /* u16           ( -- s )       string literal */
    VPC_OP_GET_INTEGER,  /* u16           ( -- n )       integer variable of this thread */
    VPC_OP_SET_INTEGER,  /* u16           ( n -- n ) */
    VPC_OP_GET_STRING,   /* u16           ( -- s )       reference to a string variable of this thread */
    VPC_OP_GET_LOCAL,    /* u8            ( -- v )       parameter or temporary */
    VPC_OP_SET_LOCAL,    /* u8            ( n -- n )     integers only */
    VPC_OP_VARIABLE,     /* u16           ( -- n )       built-in integer variable, variables.h */
    VPC_OP_PROBENAME,    /*               ( -- s ) */
    VPC_OP_TEMPORARY,    /* u8            ( s -- s )     copy into the 32 slots of the frame from here on, unless it is
                                                         a variable or a temporary of a frame that still is */
    VPC_OP_COPY_STRING,  /*               ( d s -- 1 )   setstr */
    VPC_OP_DROP,         /*               ( v -- ) */
    VPC_OP_ADD, VPC_OP_SUB, VPC_OP_MUL, VPC_OP_DIV, VPC_OP_MOD,      /* ( a b -- n ) */
    VPC_OP_AND, VPC_OP_OR, VPC_OP_XOR, VPC_OP_SHL, VPC_OP_SHR,       /* counts of 64 and more give 0 */
    VPC_OP_EQ, VPC_OP_NE, VPC_OP_LT, VPC_OP_LE, VPC_OP_GT, VPC_OP_GE,/* unsigned; 1 or 0 */
    VPC_OP_NEG, VPC_OP_INV, VPC_OP_NOT,                              /* ( a -- n )   -a  ~a  !a */
    VPC_OP_BOOL,         /*               ( a -- n )     a != 0 */
    VPC_OP_JUMP,         /* u16 on from the next instruction */
    VPC_OP_JUMP_ZERO,    /* u16           ( n -- ) */
    VPC_OP_JUMP_NONZERO, /* u16           ( n -- ) */
    VPC_OP_CALL,         /* u16 function  ( args -- v ) */
    VPC_OP_RETURN,       /*               ( v -- )       the value goes to the caller's stack */
    VPC_OP_END,          /* end of a probe body */
    VPC_OP_EXIT,         /* exit: end the firing */
    VPC_OP_AGGREGATE,    /* u16           ( ints strings value -- 1 ) */
    VPC_OP_LOG_AGGREGATE,/* u16           ( -- 1 ) */
    VPC_OP_CLEAR_AGGREGATE, /* u16        ( -- 1 ) */
    VPC_OP_BAG_INSERT,   /* u16           ( key value -- ok ) */
    VPC_OP_BAG_REMOVE,   /* u16           ( key -- value ) 0 when the key is not there */
    VPC_OP_LOG_INTEGER,  /*               ( n -- 1 ) */
    VPC_OP_LOG_STRING,   /*               ( s -- 1 ) */
    VPC_OP_PRINTF,       /* u8 n, u32 m   ( fmt a1..an -- 1 )    bit i of m: argument i is a string */
    VPC_OP_SPRINTF,      /* u8 n, u32 m   ( d fmt a1..an -- 1 )  d may also be an argument */
    VPC_OP_STRCMP,       /*               ( s t -- n )   1, 0, 2^64-1 by lexicographic order */
    VPC_OP_GETGUEST,     /*               ( address -- n ) */
    VPC_OP_GETGUESTSTR,  /*               ( d bytes address -- 1 ) */
    VPC_OP_GETGUESTPHYS, /*               ( address -- n ) */
    VPC_OP_GUESTSTACK,   /*               ( d -- 1 ) */
    VPC_OP_SYSTEMTIME,   /*               ( -- n )       host microseconds (virtual when the clock is deterministic) */
    VPC_OP_OFFATRET,     /*               ( address -- n ) */
    VPC_OP_OFFATSEG,     /*               ( address -- n ) */
    VPC_OP_OFFATSTRCPY,  /*               ( address strcpy -- n ) */
    VPC_OP_GETGUESTPHYSSTR, /*            ( d bytes address -- 1 ) */
    VPC_OP_GETGPR,       /*               ( number -- n )  as instructions number registers: RAX RCX RDX RBX RSP ... */
    VPC_OP_GETVMCS,      /*               ( field -- n )   by VMCS field encoding */
    VPC_OP_READMSR,      /*               ( number -- n ) */
    VPC_OP_COUNT
};
