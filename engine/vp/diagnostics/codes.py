# SPDX-License-Identifier: GPL-2.0-or-later
"""Every diagnostic of VP: its stable code, title and explanation, and a script that causes it, which tests compile."""

from __future__ import annotations

from dataclasses import dataclass

from engine.vp.diagnostics.diagnostic import Severity
from engine.vp.tables.conversions import SHAPE


@dataclass(frozen=True, slots=True)
class Code:
    """One row: `example` is a script for which the diagnostic appears."""

    code: str
    title: str
    explanation: str
    example: str


_P = "(vprobe VMM1Hz (logint 1))\n"

CODES: dict[str, Code] = {
    row.code: row
    for row in (
        Code("E101", "unclosed form", "A form has more `(` than `)`.", "(vprobe VMM1Hz\n  (logint 1)\n" + _P),
        Code("E102", "unmatched parenthesis", "A `)` closes nothing, or closes a form too early.", _P + ")\n"),
        Code("E103", "unclosed string", "A string has no closing quote.", '(vprobe VMM1Hz (logstr "oops))\n'),
        Code("E104", "text outside of forms", "At top level, only forms in parentheses are allowed.", "logint\n" + _P),
        Code(
            "E105",
            "unexpected character",
            "The text contains a character that is not part of VP.",
            "(vprobe VMM1Hz (logint \x01))\n",
        ),
        Code(
            "E106",
            "nested too deeply",
            "Forms are nested deeper than the limit.",
            "(vprobe VMM1Hz " + "(do " * 200 + "1" + ")" * 201,
        ),
        Code(
            "E107",
            "wrong form",
            "A form lacks a part, has one too many, or has one of the wrong kind.",
            "(defaggr a 1)\n" + _P,
        ),
        Code("E108", "unknown form", "At top level, only definitions and probes are allowed.", "(logint 1)\n" + _P),
        Code(
            "E109",
            "definition inside a body",
            "Definitions are only allowed at top level.",
            "(vprobe VMM1Hz (definteger x))\n",
        ),
        Code("E201", "unknown name", "No variable or parameter has this name.", "(vprobe VMM1Hz (logint windows))\n"),
        Code("E202", "unknown function", "No function or operator has this name.", "(vprobe VMM1Hz (logit 1))\n"),
        Code(
            "E203", "duplicate definition", "A name may be defined only once.", "(definteger a)\n(defstring a)\n" + _P
        ),
        Code(
            "E204", "reserved name", "Names in capitals belong to VProbes (manual p. 12).", "(definteger COUNT)\n" + _P
        ),
        Code(
            "E205",
            "name too long",
            "A name has at most 63 bytes, 64 with the terminating NUL (manual p. 30).",
            f"(definteger {'x' * 64})\n" + _P,
        ),
        Code(
            "E206",
            "assignment to a built-in variable",
            "Built-in variables are read-only (manual p. 14).",
            "(vprobe VMM1Hz (setint RAX 1))\n",
        ),
        Code(
            "E207",
            "wrong kind of name",
            "The name is defined, but as something else than is required here.",
            "(defaggr a 0 0)\n(vprobe VMM1Hz (logint a))\n",
        ),
        Code("E208", "unknown probe", "No probe point has this name.", "(vprobe Guest_PQ (logint 1))\n"),
        Code(
            "E209",
            "not in this machine",
            "The name belongs to another VProbes generation or product, and has no meaning in this machine.",
            "(vprobe VMK:VMK1Hz (logint 1))\n",
        ),
        Code(
            "E210",
            "variable of the other vendor",
            "`VMCS_` variables exist on Intel processors only, `VMCB_` variables on AMD processors only.",
            "(vprobe VMM1Hz (logint VMCB_EXITCODE))\n",
        ),
        Code(
            "E211",
            "invalid probe name",
            "The name of a dynamic probe requires a number after each colon, or a symbol of the guest for an address.",
            "(vprobe GUEST:main (logint 1))\n",
        ),
        Code(
            "E301",
            "wrong type",
            "A value is an integer where a string is required, or the reverse.",
            '(vprobe VMM1Hz (logint "one"))\n',
        ),
        Code(
            "E302",
            "wrong number of arguments",
            "A call has more or fewer arguments than the function takes.",
            "(vprobe VMM1Hz (logint 1 2))\n",
        ),
        Code(
            "E303",
            "missing printf argument",
            "The format has more conversions than there are arguments.",
            '(vprobe VMM1Hz (printf "%d %d" 1))\n',
        ),
        Code(
            "E304",
            "invalid conversion",
            f"A conversion is {SHAPE}.",
            '(vprobe VMM1Hz (printf "%y" 1))\n',
        ),
        Code(
            "E305",
            "wrong number of keys",
            "The numbers of keys differ from those in the definition of the aggregate.",
            "(defaggr a 1 0)\n(vprobe VMM1Hz (aggr a () () 1))\n",
        ),
        Code(
            "E306",
            "branches of different types",
            "The branches of a form differ in type, and its value is used.",
            '(vprobe VMM1Hz (logint (cond (RAX 1) (1 "x"))))\n',
        ),
        Code("E401", "too many probes", "A virtual machine has at most 32 probes (manual p. 29).", _P * 33),
        Code(
            "E402",
            "too much code",
            "The bytecode exceeds vprobe.maxCodeBytes (manual p. 29).",
            "(vprobe VMM1Hz\n" + "(logint RAX)\n" * 3000 + ")\n",
        ),
        Code(
            "E403",
            "string too long",
            "A string has at most 255 bytes, 256 with the terminating NUL (manual p. 30).",
            f'(vprobe VMM1Hz (logstr "{"x" * 256}"))\n',
        ),
        Code(
            "E404",
            "too many arguments",
            "Functions have at most 32 parameters, and calls at most 32 arguments.",
            '(vprobe VMM1Hz (printf "" ' + "1 " * 33 + "))\n",
        ),
        Code("E405", "no probe", "A script must have at least one probe (manual p. 17).", "(definteger a)\n"),
        Code(
            "E406", "number out of range", "A size or count is outside the limits of the engine.", "(defbag b 0)\n" + _P
        ),
        Code(
            "E407",
            "body too large",
            "A body needs more stack than there is.",
            '(defun f (s) (setstr s ""))\n(vprobe VMM1Hz (do ' + '(f "a")' * 8 + "))\n",
        ),
        Code(
            "E501",
            "version too high",
            "The script requires a higher major version (manual p. 27).",
            '(version "2.0")\n' + _P,
        ),
        Code("W501", "lower version", "The script was written for a lower major version.", '(version "0.2")\n' + _P),
        Code(
            "W502",
            "higher minor version",
            "The script was written for a higher minor version.",
            '(version "1.9")\n' + _P,
        ),
        Code(
            "W303",
            "unused argument",
            "The format has fewer conversions than there are arguments.",
            '(vprobe VMM1Hz (printf "%d" 1 2))\n',
        ),
        Code(
            "W306",
            "number too large",
            "An integer literal does not fit in 64 bits; it is reduced modulo 2^64.",
            "(vprobe VMM1Hz (logint 0x10000000000000005))\n",
        ),
        Code(
            "W305",
            "bag larger than its storage",
            "vprobe.bagBytes is too small for so many pairs (manual p. 14).",
            "(defbag b 100000)\n" + _P,
        ),
    )
}


def severity_of(code: str) -> Severity:
    """Codes that begin with W are warnings."""
    return Severity.WARNING if code.startswith("W") else Severity.ERROR
