# SPDX-License-Identifier: GPL-2.0-or-later
"""Every diagnostic of VP: stable code, title, what it means, and a script that shows it (tests walk this table)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.vp.diagnostics.diagnostic import Severity


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
        Code("E101", "form is not closed", "A form has more ( than ).", "(vprobe VMM1Hz\n  (logint 1)\n" + _P),
        Code("E102", "extra parenthesis", "A ) closes nothing.", _P + ")\n"),
        Code("E103", "string is not closed", "A string has no closing quote.", '(vprobe VMM1Hz (logstr "oops))\n'),
        Code("E104", "not a form", "At top level only forms in parentheses may stand.", "logint\n" + _P),
        Code(
            "E105", "bad character", "The text holds a character VP has no use for.", "(vprobe VMM1Hz (logint \x01))\n"
        ),
        Code(
            "E106",
            "nested too deep",
            "Forms are nested deeper than the limit.",
            "(vprobe VMM1Hz " + "(do " * 200 + "1" + ")" * 201,
        ),
        Code("E107", "wrong shape of a form", "A form lacks a part or has one too many.", "(defaggr a 1)\n" + _P),
        Code("E108", "unknown form", "Only definitions and probes may stand at top level.", "(logint 1)\n" + _P),
        Code(
            "E109",
            "definition inside a body",
            "Definitions stand at top level only.",
            "(vprobe VMM1Hz (definteger x))\n",
        ),
        Code("E201", "unknown name", "No variable or parameter has this name.", "(vprobe VMM1Hz (logint windows))\n"),
        Code("E202", "unknown function", "No function or operator has this name.", "(vprobe VMM1Hz (logit 1))\n"),
        Code("E203", "defined twice", "A name may be defined once.", "(definteger a)\n(defstring a)\n" + _P),
        Code(
            "E204", "reserved name", "Names in capitals belong to VProbes (manual p. 12).", "(definteger COUNT)\n" + _P
        ),
        Code(
            "E205",
            "name too long",
            "Names are limited to 64 bytes with the NUL (manual p. 30).",
            f"(definteger {'x' * 64})\n" + _P,
        ),
        Code(
            "E206",
            "not assignable",
            "Built-in variables are read-only (manual p. 14).",
            "(vprobe VMM1Hz (setint RAX 1))\n",
        ),
        Code(
            "E207",
            "wrong kind of thing",
            "The name stands for something that cannot be used here.",
            "(defaggr a 0 0)\n(vprobe VMM1Hz (logint a))\n",
        ),
        Code("E208", "unknown probe", "There is no probe point of this name.", "(vprobe Guest_PQ (logint 1))\n"),
        Code(
            "E210",
            "variable of the other vendor",
            "VMCS_ variables belong to Intel, VMCB_ to AMD processors.",
            "(vprobe VMM1Hz (logint VMCB_EXITCODE))\n",
        ),
        Code(
            "E211",
            "bad probe address",
            "A dynamic probe needs a number after its colon.",
            "(vprobe GUEST:main (logint 1))\n",
        ),
        Code(
            "E301",
            "wrong type",
            "An integer stands where a string must, or the reverse.",
            '(vprobe VMM1Hz (logint "one"))\n',
        ),
        Code(
            "E302",
            "wrong number of arguments",
            "The function takes another number of arguments.",
            "(vprobe VMM1Hz (logint 1 2))\n",
        ),
        Code(
            "E303",
            "format lacks an argument",
            "The format has more conversions than arguments follow.",
            '(vprobe VMM1Hz (printf "%d %d" 1))\n',
        ),
        Code(
            "E304",
            "unknown conversion",
            "printf knows d i u x X o c s p, with flags, width and precision.",
            '(vprobe VMM1Hz (printf "%y" 1))\n',
        ),
        Code(
            "E305",
            "wrong number of keys",
            "The aggregate was defined with other key counts.",
            "(defaggr a 1 0)\n(vprobe VMM1Hz (aggr a () () 1))\n",
        ),
        Code(
            "E306",
            "branches of two types",
            "The value of a form is used whose branches differ in type.",
            '(vprobe VMM1Hz (logint (cond (RAX 1) (1 "x"))))\n',
        ),
        Code("E401", "too many probes", "A virtual machine has 32 probes at most (manual p. 29).", _P * 33),
        Code(
            "E402",
            "too much code",
            "The bytecode exceeds vprobe.maxCodeBytes (manual p. 29).",
            "(vprobe VMM1Hz\n" + "(logint RAX)\n" * 3000 + ")\n",
        ),
        Code(
            "E403",
            "string too long",
            "Strings are limited to 256 bytes with the NUL (manual p. 30).",
            f'(vprobe VMM1Hz (logstr "{"x" * 256}"))\n',
        ),
        Code(
            "E404",
            "too many arguments",
            "Functions and formats take 32 arguments at most.",
            '(vprobe VMM1Hz (printf "" ' + "1 " * 33 + "))\n",
        ),
        Code("E405", "no probe", "A script must hold at least one probe (manual p. 17).", "(definteger a)\n"),
        Code(
            "E406", "number out of bounds", "A size or count is outside what the engine allows.", "(defbag b 0)\n" + _P
        ),
        Code(
            "E407",
            "body too large",
            "A body needs more of the stack than there is.",
            '(defun f (s) (setstr s ""))\n(vprobe VMM1Hz (do ' + '(f "a")' * 8 + "))\n",
        ),
        Code(
            "E501",
            "version too high",
            "The script asks for a higher major version (manual p. 27).",
            '(version "2.0")\n' + _P,
        ),
        Code("W501", "version lower", "The script was written for a lower major version.", '(version "0.2")\n' + _P),
        Code(
            "W502",
            "minor version higher",
            "The script was written for a higher minor version.",
            '(version "1.9")\n' + _P,
        ),
        Code(
            "W303",
            "argument not used",
            "The format has fewer conversions than arguments follow.",
            '(vprobe VMM1Hz (printf "%d" 1 2))\n',
        ),
        Code(
            "W304",
            "probe name of a later engine",
            "The name is accepted as its later spelling.",
            "(vprobe VMM:VMM1Hz (logint 1))\n",
        ),
        Code(
            "W306",
            "number beyond 64 bits",
            "A literal that needs more than 64 bits is taken modulo 2^64.",
            "(vprobe VMM1Hz (logint 0x10000000000000005))\n",
        ),
        Code(
            "W305",
            "bag larger than its storage",
            "vprobe.bagBytes has no room for so many pairs (manual p. 14).",
            "(defbag b 100000)\n" + _P,
        ),
    )
}


def severity_of(code: str) -> Severity:
    """Codes that begin with W are warnings."""
    return Severity.WARNING if code.startswith("W") else Severity.ERROR
