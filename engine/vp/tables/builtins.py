# SPDX-License-Identifier: GPL-2.0-or-later
"""Built-in functions and operators (manual, tables 2-6 to 2-9 and p. 21 to 26).

A row holds all that the language knows of a builtin: its name and arguments, what the checker asks of a call, what the
compiler emits for it, and its documentation. To add one, add a row here, its operation to the core's opcodes, and what
the operation does to the core's interpreter.
"""

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
    TARGET = "STRING-VARIABLE"
    """a string variable or parameter, which is written"""
    FORMAT = "FORMAT"
    """a format; it must be the last parameter, and the arguments of its conversions follow"""


INT, STR, TARGET, FORMAT = Parameter.INTEGER, Parameter.STRING, Parameter.TARGET, Parameter.FORMAT


@dataclass(frozen=True, slots=True)
class Builtin:
    """One function or operator."""

    name: str
    op: Op
    """Operation that takes the arguments from the stack and leaves the value, which is always an integer. For operators
    with more than two arguments it is repeated from left to right.
    """
    parameters: tuple[Parameter, ...]
    doc: str
    page: int
    """Page of the manual of 2010; 0 for what only later engines have."""
    example: str
    kind: str = "function"
    repeats: bool = False
    """The last parameter may be given any number of times."""
    unary: Op | None = None
    """Operation of a call with one argument, for operators that allow one."""
    shortcut: Op | None = None
    """Jump that leaves the evaluation at the first argument that decides the value."""
    omitted: tuple[int, int] | None = None
    """The position of the one argument that may be left out, and its value then."""
    never_returns: bool = False
    """The operation ends the firing."""
    asserts: bool = False
    """Only if the first argument is 0 does the call act: it does the operation with the other arguments, which may be
    left out, and ends the firing.
    """

    @property
    def signature(self) -> str:
        """How it is called, for people."""
        words = [parameter.value for parameter in self.parameters]
        if self.omitted is not None:
            words[self.omitted[0]] = f"[{words[self.omitted[0]]}]"
        if self.repeats or FORMAT in self.parameters:
            words.append("…")
        if self.asserts:
            words[1:] = [f"[{' '.join(words[1:])}]"]
        return f"({' '.join([self.name, *words])})"

    @property
    def least(self) -> int:
        """The smallest number of arguments."""
        if self.unary is not None or self.asserts:
            return 1
        return len(self.parameters) - (self.omitted is not None)

    @property
    def most(self) -> int | None:
        """The largest number of arguments; None for any number."""
        return None if self.repeats or FORMAT in self.parameters else len(self.parameters)

    def parameters_of(self, arguments: int) -> tuple[Parameter | None, ...]:
        """What each argument of a call with this many must be; None for those that are too many or follow a format."""
        known: list[Parameter | None] = list(self.parameters)
        if self.omitted is not None and arguments < len(known):
            del known[self.omitted[0]]
        known += [known[-1] if self.repeats else None] * (arguments - len(known))
        return tuple(known[:arguments])


def _operator(name: str, op: Op, doc: str, example: str, *, repeats: bool = True, unary: Op | None = None) -> Builtin:
    return Builtin(name, op, (INT, INT), doc, 20, example, "operator", repeats, unary)


def _logical(name: str, shortcut: Op, doc: str, example: str) -> Builtin:
    return Builtin(name, Op.BOOL, (INT, INT), doc, 20, example, "operator", repeats=True, shortcut=shortcut)


_ROWS = (
    _operator("+", Op.ADD, "Sum, modulo 2^64.", "(+ a 23)"),
    _operator("-", Op.SUB, "Difference, or negation of one argument.", "(- 53 0xa)", unary=Op.NEG),
    _operator("*", Op.MUL, "Product, modulo 2^64.", "(* 6 7)"),
    _operator("/", Op.DIV, "Unsigned quotient; division by zero is a run-time error.", "(/ 10 3)"),
    _operator("%", Op.MOD, "Unsigned remainder; division by zero is a run-time error.", "(% RAX 2)", repeats=False),
    _operator("<<", Op.SHL, "Left shift; shifting by 64 or more gives 0.", "(<< 1 31)", repeats=False),
    _operator(">>", Op.SHR, "Right shift; shifting by 64 or more gives 0.", "(>> CR0 31)", repeats=False),
    _operator("^", Op.XOR, "Bitwise exclusive or.", "(^ var1 var2)"),
    _operator("|", Op.OR, "Bitwise or.", "(| pte 0xc00)"),
    _operator("&", Op.AND, "Bitwise and.", "(& CR0 0x80000000)"),
    _operator(">", Op.GT, "1 if greater (unsigned), else 0.", "(> CR3 0x10000)"),
    _operator("<", Op.LT, "1 if less (unsigned), else 0.", "(< addr 0xffffffff)"),
    _operator(">=", Op.GE, "1 if greater or equal (unsigned), else 0.", "(>= a b)"),
    _operator("<=", Op.LE, "1 if less or equal (unsigned), else 0.", "(<= ptr 0xb8000)"),
    _operator("==", Op.EQ, "1 if equal, else 0.", "(== addr invalid-addr)"),
    _operator("!=", Op.NE, "1 if not equal, else 0.", "(!= CR3 pt)"),
    _logical("&&", Op.JUMP_ZERO, "Logical and; evaluation stops at the first 0.", "(&& flag-a flag-b)"),
    _logical("||", Op.JUMP_NONZERO, "Logical or; evaluation stops at the first nonzero value.", "(|| flag-a flag-b)"),
    Builtin("~", Op.INV, (INT,), "Bitwise not.", 20, "(~ 0x5e5e)", "operator"),
    Builtin("!", Op.NOT, (INT,), "Logical not: 1 for 0, else 0.", 20, "(! now)", "operator"),
    Builtin("logstr", Op.LOG_STRING, (STR,), "Print a string to the log.", 21, '(logstr "Hello world!\\n")'),
    Builtin("logint", Op.LOG_INTEGER, (INT,), "Print an integer to the log, in decimal.", 21, "(logint CR3)"),
    Builtin(
        "sprintf", Op.SPRINTF, (TARGET, FORMAT),
        "Store formatted text in a string, which may be one of the arguments too.",
        21, '(sprintf my-rip "RIP is 0x%016x\\n" RIP)',
    ),
    Builtin(
        "printf", Op.PRINTF, (FORMAT,), "Print formatted text to the log.", 22, '(printf "RIP is 0x%016x\\n" RIP)',
    ),
    Builtin(
        "strcmp", Op.STRCMP, (STR, STR), "Zero if and only if the strings are equal.",
        22, '(strcmp PROBENAME "VMM1Hz")',
    ),
    Builtin("getguest", Op.GETGUEST, (INT,), "8 bytes of guest memory at a linear address.", 23, "(getguest RSP)"),
    Builtin(
        "getgueststr", Op.GETGUESTSTR, (TARGET, INT, INT),
        "Copy a NUL-terminated string from guest memory: destination, maximum length in bytes (255 if left out),"
        " linear address.",
        23, "(getgueststr command-line 255 addr)", omitted=(1, 255),
    ),
    Builtin(
        "getguestphys", Op.GETGUESTPHYS, (INT,), "8 bytes of guest memory at a physical address.",
        24, "(getguestphys (+ APIC_BASEPA 48))",
    ),
    Builtin(
        "getguestphysstr", Op.GETGUESTPHYSSTR, (TARGET, INT, INT),
        "Copy a NUL-terminated string from guest memory: destination, maximum length in bytes, physical address.",
        0, "(getguestphysstr command-line 16 0x400)",
    ),
    Builtin(
        "getgpr", Op.GETGPR, (INT,),
        "General purpose register by its number in instructions: 0 RAX, 1 RCX, 2 RDX, 3 RBX, 4 RSP, 5 RBP, 6 RSI,"
        " 7 RDI, 8 to 15 R8 to R15.",
        0, "(getgpr 4)",
    ),
    Builtin(
        "getvmcs", Op.GETVMCS, (INT,),
        "Field of the VMCS by its encoding (Intel SDM volume 3, appendix B): guest state, and what describes exits.",
        0, "(getvmcs 0x4402)",
    ),
    Builtin(
        "readmsr", Op.READMSR, (INT,), "Model-specific register by its number, as RDMSR takes it from ECX.",
        0, "(readmsr 0xc0000082)",
    ),
    Builtin(
        "gueststack", Op.GUESTSTACK, (TARGET,),
        "The guest's stack as GUEST_0x…_0x…, by frame pointers or unwind tables. Where the mappings of the running"
        " process are known, its frames are as of guestmapping.",
        24, "(gueststack stack)",
    ),
    Builtin(
        "guestmapping", Op.GUESTMAPPING, (TARGET, INT),
        "The file or memory that the running process has mapped at an address and the offset in it, as"
        " busybox+0x1a2b or [vdso]+0x5c0; the address where no mapping is known.",
        0, "(guestmapping stack RIP)",
    ),
    Builtin("getsystemtime", Op.SYSTEMTIME, (), "Time in microseconds.", 24, "(getsystemtime)"),
    Builtin("exit", Op.EXIT, (), "End this firing.", 25, "(exit)", never_returns=True),
    Builtin(
        "assert", Op.PRINTF, (INT, FORMAT),
        "If the integer is 0, print the place of the call and the formatted text to the log, and end this firing."
        " The format may be left out.",
        0, '(assert (> NUMVCPUS VCPUID) "there is no VCPU %d" VCPUID)', asserts=True,
    ),
    Builtin(
        "offatret", Op.OFFATRET, (INT,),
        "Offset that the first returning instruction sequence at or behind an address returns.",
        25, "(offatret 0xffffffff80096ea9)",
    ),
    Builtin(
        "offatseg", Op.OFFATSEG, (INT,),
        "Offset that the first FS- or GS-relative instruction at or behind an address uses.",
        25, "(offatseg 0xffffffff80096ea9)",
    ),
    Builtin(
        "offatstrcpy", Op.OFFATSTRCPY, (INT, INT),
        "Offset loaded into RSI, in 32-bit code EDX, before the first call of strcpy: address to search from, address"
        " of strcpy.",
        26, "(offatstrcpy 0xffffffff800537a8 0xffffffff80052aa1)",
    ),
)  # fmt: skip

BUILTINS: dict[str, Builtin] = {row.name: row for row in _ROWS}

SYNONYMS = {
    "=": "==", "add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "lshift": "<<", "rshift": ">>",
    "xor": "^", "and": "&&", "or": "||", "not": "!", "–": "-", "offatstrncpy": "offatstrcpy",
}  # fmt: skip
"""Other spellings: `=` and the dash as printed in the manual, the words of the manual of 2008."""


def builtin_named(name: str) -> Builtin | None:
    """The builtin of a name or of another spelling of it."""
    return BUILTINS.get(SYNONYMS.get(name, name))
