# SPDX-License-Identifier: GPL-2.0-or-later
"""Built-in functions and operators (manual, tables 2-6 to 2-9 and p. 21 to 26)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.core.opcodes import Op


class Type(Enum):
    """The two types of values."""

    INTEGER = "integer"
    STRING = "string"


class Parameter(Enum):
    """What an argument must be."""

    INTEGER = "INTEGER"
    STRING = "STRING"
    TARGET = "STRING VARIABLE"
    """a string that is written"""


INT, STR, TARGET = Parameter.INTEGER, Parameter.STRING, Parameter.TARGET


@dataclass(frozen=True, slots=True)
class Builtin:
    """One function. `most` is the largest number of arguments, None for any number."""

    name: str
    op: Op
    parameters: tuple[Parameter, ...]
    doc: str
    page: int
    example: str
    most: int | None = 0
    kind: str = "function"
    unary: Op | None = None
    """operation for one argument, for operators that have one"""

    @property
    def signature(self) -> str:
        """How it is called, for people."""
        words = [self.name, *(p.value for p in self.parameters)]
        return f"({' '.join(words)}{' …' if self.most is None else ''})"


def _operator(name: str, op: Op, doc: str, page: int, example: str, *, nary: bool, unary: Op | None = None) -> Builtin:
    return Builtin(name, op, (INT, INT), doc, page, example, None if nary else 2, "operator", unary)


_ROWS = (
    _operator("+", Op.ADD, "Sum, modulo 2^64.", 20, "(+ a 23)", nary=True),
    _operator("-", Op.SUB, "Difference, or negation of one argument.", 20, "(- 53 0xa)", nary=True, unary=Op.NEG),
    _operator("*", Op.MUL, "Product, modulo 2^64.", 20, "(* 6 7)", nary=True),
    _operator("/", Op.DIV, "Unsigned quotient; by zero it ends the firing.", 20, "(/ 10 3)", nary=True),
    _operator("%", Op.MOD, "Unsigned remainder; by zero it ends the firing.", 20, "(% RAX 2)", nary=False),
    _operator("<<", Op.SHL, "Left shift; counts of 64 and more give 0.", 20, "(<< 1 31)", nary=False),
    _operator(">>", Op.SHR, "Right shift; counts of 64 and more give 0.", 20, "(>> CR0 31)", nary=False),
    _operator("^", Op.XOR, "Exclusive or.", 20, "(^ var1 var2)", nary=True),
    _operator("|", Op.OR, "Bitwise or.", 20, "(| pte 0xc00)", nary=True),
    _operator("&", Op.AND, "Bitwise and.", 20, "(& CR0 0x80000000)", nary=True),
    _operator(">", Op.GT, "1 when greater, unsigned, else 0.", 20, "(> CR3 0x10000)", nary=True),
    _operator("<", Op.LT, "1 when less, unsigned, else 0.", 20, "(< addr 0xffffffff)", nary=True),
    _operator(">=", Op.GE, "1 when greater or equal, else 0.", 20, "(>= a b)", nary=True),
    _operator("<=", Op.LE, "1 when less or equal, else 0.", 20, "(<= ptr 0xb8000)", nary=True),
    _operator("==", Op.EQ, "1 when equal, else 0.", 20, "(== addr invalid-addr)", nary=True),
    _operator("!=", Op.NE, "1 when not equal, else 0.", 20, "(!= CR3 pt)", nary=True),
    _operator("&&", Op.BOOL, "Logical and; stops at the first 0.", 20, "(&& flag-a flag-b)", nary=True),
    _operator("||", Op.BOOL, "Logical or; stops at the first other than 0.", 20, "(|| flag-a flag-b)", nary=True),
    Builtin("~", Op.INV, (INT,), "Bitwise not.", 20, "(~ 0x5e5e)", 1, "operator"),
    Builtin("!", Op.NOT, (INT,), "Logical not: 1 for 0, else 0.", 20, "(! now)", 1, "operator"),
    Builtin("logstr", Op.LOG_STRING, (STR,), "Print a string to the log.", 21, '(logstr "Hello world!\\n")', 1),
    Builtin("logint", Op.LOG_INTEGER, (INT,), "Print an integer to the log, in decimal.", 21, "(logint CR3)", 1),
    Builtin(
        "sprintf", Op.SPRINTF, (TARGET, STR), "Store formatted text in a string; it may be an argument too.",
        21, '(sprintf my-rip "RIP is 0x%016x\\n" RIP)', None,
    ),
    Builtin(
        "printf", Op.PRINTF, (STR,), "Print formatted text to the log.",
        22, '(printf "RIP is 0x%016x\\n" RIP)', None,
    ),
    Builtin(
        "strcmp", Op.STRCMP, (STR, STR), "Zero when, and only when, the strings are equal.",
        22, '(strcmp PROBENAME "VMM1Hz")', 2,
    ),
    Builtin("getguest", Op.GETGUEST, (INT,), "8 bytes of guest memory at a linear address.", 23, "(getguest RSP)", 1),
    Builtin(
        "getgueststr", Op.GETGUESTSTR, (TARGET, INT, INT),
        "Copy a NUL-terminated string from guest memory: destination, most bytes, linear address.",
        23, "(getgueststr command-line 255 addr)", 3,
    ),
    Builtin(
        "getguestphys", Op.GETGUESTPHYS, (INT,), "8 bytes at a guest physical address.",
        24, "(getguestphys (+ APIC_BASEPA 48))", 1,
    ),
    Builtin(
        "gueststack", Op.GUESTSTACK, (TARGET,), "The guest's stack by frame pointers, as GUEST_0x…_0x….",
        24, "(gueststack stack)", 1,
    ),
    Builtin("getsystemtime", Op.SYSTEMTIME, (), "Time in microseconds.", 24, "(getsystemtime)", 0),
    Builtin("exit", Op.EXIT, (), "End this firing.", 25, "(exit)", 0),
    Builtin(
        "offatret", Op.OFFATRET, (INT,), "Offset that the first returning code from an address on returns.",
        25, "(offatret 0xffffffff80096ea9)", 1,
    ),
    Builtin(
        "offatseg", Op.OFFATSEG, (INT,), "Offset used by the first FS or GS instruction from an address on.",
        25, "(offatseg 0xffffffff80096ea9)", 1,
    ),
    Builtin(
        "offatstrcpy", Op.OFFATSTRCPY, (INT, INT),
        "Offset put into RSI before the first call of strcpy: address to search from, address of strcpy.",
        26, "(offatstrcpy 0xffffffff800537a8 0xffffffff80052aa1)", 2,
    ),
)  # fmt: skip

SYNONYMS = {
    "=": "==", "add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "lshift": "<<", "rshift": ">>",
    "xor": "^", "and": "&&", "or": "||", "not": "!", "–": "-", "offatstrncpy": "offatstrcpy",
}  # fmt: skip
"""Other spellings: `=` and the dash as printed in the manual, the words of the earlier manual."""

ELSEWHERE = {
    "if": "cond", "when": "cond", "unless": "cond", "case": "cond", "switch": "cond", "begin": "do", "progn": "do",
    "set": "setint", "set!": "setint", "setq": "setint", "setf": "setint", "print": "printf",
    "puts": "logstr", "return": "exit", "else": "1", "otherwise": "1", "true": "1", "false": "0", "nil": "0",
}  # fmt: skip
"""Words of other languages, and what VP has for them."""

BUILTINS: dict[str, Builtin] = {row.name: row for row in _ROWS}


@dataclass(frozen=True, slots=True)
class Special:
    """A form with a syntax of its own."""

    name: str
    signature: str
    doc: str
    page: int
    top_level: bool

    @property
    def most(self) -> int | None:
        """How many parts the form has at most, its first word among them; None for any number."""
        return None if "…" in self.signature else len(self.signature.split())


SPECIALS: dict[str, Special] = {
    row.name: row
    for row in (
        Special("version", '(version "1.0")', "The VP version a script is written for.", 27, top_level=True),
        Special("definteger", "(definteger NAME [INITIAL])", "Define an integer variable.", 12, top_level=True),
        Special("defstring", '(defstring NAME ["INITIAL"])', "Define a string variable.", 12, top_level=True),
        Special("defaggr", "(defaggr NAME INTEGER-KEYS STRING-KEYS)", "Define an aggregate.", 13, top_level=True),
        Special("defbag", "(defbag NAME SIZE)", "Define a bag of key-value pairs.", 14, top_level=True),
        Special("defun", "(defun NAME (PARAMETERS) EXPRESSION …)", "Define a function.", 19, top_level=True),
        Special("vprobe", "(vprobe PROBE EXPRESSION …)", "Run expressions when a probe fires.", 17, top_level=True),
        Special("setint", "(setint NAME INTEGER)", "Assign an integer variable.", 12, top_level=False),
        Special("setstr", "(setstr NAME STRING)", "Assign a string variable.", 12, top_level=False),
        Special(
            "cond",
            "(cond (CONDITION EXPRESSION) …)",
            "Evaluate the first expression whose condition is true.",
            18,
            top_level=False,
        ),
        Special("do", "(do EXPRESSION …)", "Evaluate in order; the value is the last one's.", 19, top_level=False),
        Special(
            "aggr",
            "(aggr NAME (INTEGERS) (STRINGS) VALUE)",
            "Add a value to a row of an aggregate.",
            13,
            top_level=False,
        ),
        Special("logaggr", "(logaggr NAME)", "Write all rows of an aggregate to the log.", 13, top_level=False),
        Special("clearaggr", "(clearaggr NAME)", "Delete all rows of an aggregate.", 13, top_level=False),
        Special(
            "baginsert",
            "(baginsert BAG KEY VALUE)",
            "Put a pair into a bag: 1, or 0 when it is full.",
            14,
            top_level=False,
        ),
        Special(
            "bagremove",
            "(bagremove BAG KEY)",
            "Take the newest pair of a key out of a bag; its value, or 0.",
            14,
            top_level=False,
        ),
    )
}
