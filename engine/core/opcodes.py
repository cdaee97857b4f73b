# SPDX-License-Identifier: GPL-2.0-or-later
"""VP bytecode; src/opcodes.h holds the same list for C and documents each operation (a test compares them)."""

from __future__ import annotations

from enum import IntEnum


class Op(IntEnum):
    """An operation of the VP bytecode."""

    INT8 = 0
    INT32 = 1
    INT64 = 2
    LITERAL = 3
    GET_INTEGER = 4
    SET_INTEGER = 5
    GET_STRING = 6
    GET_LOCAL = 7
    SET_LOCAL = 8
    VARIABLE = 9
    PROBENAME = 10
    TEMPORARY = 11
    COPY_STRING = 12
    DROP = 13
    ADD = 14
    SUB = 15
    MUL = 16
    DIV = 17
    MOD = 18
    AND = 19
    OR = 20
    XOR = 21
    SHL = 22
    SHR = 23
    EQ = 24
    NE = 25
    LT = 26
    LE = 27
    GT = 28
    GE = 29
    NEG = 30
    INV = 31
    NOT = 32
    BOOL = 33
    JUMP = 34
    JUMP_ZERO = 35
    JUMP_NONZERO = 36
    CALL = 37
    RETURN = 38
    END = 39
    EXIT = 40
    AGGREGATE = 41
    LOG_AGGREGATE = 42
    CLEAR_AGGREGATE = 43
    BAG_INSERT = 44
    BAG_REMOVE = 45
    LOG_INTEGER = 46
    LOG_STRING = 47
    PRINTF = 48
    SPRINTF = 49
    STRCMP = 50
    GETGUEST = 51
    GETGUESTSTR = 52
    GETGUESTPHYS = 53
    GUESTSTACK = 54
    SYSTEMTIME = 55
    OFFATRET = 56
    OFFATSEG = 57
    OFFATSTRCPY = 58
    GETGUESTPHYSSTR = 59
    GETGPR = 60
    GETVMCS = 61
    READMSR = 62


OPERANDS: dict[Op, str] = {
    Op.INT8: "b",
    Op.INT32: "i",
    Op.INT64: "Q",
    Op.LITERAL: "H",
    Op.GET_INTEGER: "H",
    Op.SET_INTEGER: "H",
    Op.GET_STRING: "H",
    Op.GET_LOCAL: "B",
    Op.SET_LOCAL: "B",
    Op.VARIABLE: "H",
    Op.TEMPORARY: "B",
    Op.JUMP: "H",
    Op.JUMP_ZERO: "H",
    Op.JUMP_NONZERO: "H",
    Op.CALL: "H",
    Op.AGGREGATE: "H",
    Op.LOG_AGGREGATE: "H",
    Op.CLEAR_AGGREGATE: "H",
    Op.BAG_INSERT: "H",
    Op.BAG_REMOVE: "H",
    Op.PRINTF: "BI",
    Op.SPRINTF: "BI",
}
"""Operand layout as a little-endian struct format, for operations that have operands."""
