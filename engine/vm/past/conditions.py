# SPDX-License-Identifier: GPL-2.0-or-later
"""When did a VP expression hold? A script that is made of it prints the moments."""

from __future__ import annotations

import re

from msgspec.structs import replace

from engine.vm.past.messages import MOST_MOMENTS, Moment
from engine.vp import VP, Diagnostic, Prelude, Span
from engine.vp.diagnostics.diagnostic import Fix
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.editing.names import Candidate
from engine.vp.editing.tokens import Token, TokenKind
from engine.vp.syntax.reader import read

NAME = "condition"
AT = "at"
"""What diagnostics call the probe point, as the option of `vptop when` is called."""
PERIOD = "USEC:1000"
"""Where a condition is evaluated when nothing else is asked for: each guest millisecond."""
_FIRST_LINE = 3
"""of the condition in the script"""
_AT_COLUMN = len("(vprobe ")
_WORD_OUTSIDE = "E104"
"""Code of a word that stands outside of parentheses, as a condition may."""
_PERIODIC = re.compile(r"(?:VMM:|VMX:)?(?:USEC:|TIMER:|VMM\d+Hz|VMX\d+Hz|PROFILE:)")
_EVENT = """(version "1.0")
(vprobe {at} (cond (
{condition}
 (printf "! %d %d\\n" TSC BRCNT))))
"""
_STATE = """(definteger ~held)
(vprobe {at} (cond (
{condition}
 (cond ((== ~held 0) (do (setint ~held 1) (printf "+ %d %d\\n" TSC BRCNT)))))
 (~held (do (setint ~held 0) (printf "- %d %d\\n" TSC BRCNT)))))
"""
"""Each VCPU has a variable `~held` of its own."""


def script_of(condition: str, at: str = "") -> str:
    """A script that prints when a condition holds.

    Args:
        condition: a VP expression; 0 is false.
        at: the probe point at which it is evaluated. At a periodic one, it is a state that begins when it holds on
            a VCPU and ends when it holds on none; at another, each firing at which it holds is a moment.
    """
    at = at or PERIOD
    return (_STATE if _PERIODIC.match(at) else _EVENT).format(condition=condition, at=at)


def candidates(condition: str, line: int, column: int, prelude: Prelude | None = None) -> list[Candidate]:
    """The words that may stand at a place of a condition and begin with what is typed there, best first."""
    return VP.candidates(_EVENT.format(condition=condition, at=PERIOD), line + _FIRST_LINE - 1, column, prelude)


def _moved(fix: Fix | None, lines: list[str]) -> Fix | None:
    """A fix within the condition; None where it changes what is around it."""
    if fix is None or not 0 <= fix.span.line - _FIRST_LINE <= fix.span.end_line - _FIRST_LINE < len(lines):
        return None
    span = replace(fix.span, line=fix.span.line - _FIRST_LINE + 1, end_line=fix.span.end_line - _FIRST_LINE + 1)
    return replace(fix, span=span)


def malformed(condition: str) -> tuple[Diagnostic, ...]:
    """What keeps a text from being one expression, whatever it means; empty: it is one."""
    findings, source = Findings(), SourceText(NAME, condition)
    read(source, findings)
    found = tuple(one for one in findings.sorted() if one.code != _WORD_OUTSIDE)
    if found:
        return found
    beginnings = _beginnings(condition)
    if len(beginnings) != 1:
        token = beginnings[1] if beginnings else None
        span = Span(token.line, token.column, token.end_line, token.end_column) if token else Span(1, 1, 1, 1)
        message = f"found {token.text!r} after the expression" if token else "found no expression"
        findings.add("E107", source, span, message, expected="one expression, such as (== ARG0 46)")
    return tuple(one for one in findings.sorted() if one.code != _WORD_OUTSIDE)


def _beginnings(condition: str) -> list[Token]:
    """The first token of each expression of a text whose parentheses are balanced."""
    found, depth = [], 0
    for token in VP.tokens(condition):
        if token.kind is TokenKind.COMMENT:
            continue
        if not depth and token.text != ")":
            found.append(token)
        depth += (token.text == "(") - (token.text == ")")
    return found


def placed_in_condition(diagnostics: tuple[Diagnostic, ...], condition: str, at: str = "") -> tuple[Diagnostic, ...]:
    """Diagnostics of the script, at their places in the condition or, in the file `at`, in the probe point."""
    lines = condition.splitlines() or [""]
    moved = []
    for found in diagnostics:
        if at and found.span.line < _FIRST_LINE:
            first, last = (max(1, column - _AT_COLUMN) for column in (found.span.column, found.span.end_column))
            span = replace(found.span, line=1, end_line=1, column=first, end_column=min(last, len(at) + 1))
            moved.append(replace(found, span=span, file=AT, source_line=at, fix=None))
            continue
        line, end = (
            min(max(number - _FIRST_LINE + 1, 1), len(lines)) for number in (found.span.line, found.span.end_line)
        )
        span = replace(found.span, line=line, end_line=end)
        moved.append(replace(found, span=span, file=NAME, source_line=lines[line - 1], fix=_moved(found.fix, lines)))
    return tuple(moved)


class Found:
    """Collects the moments that the script prints."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.more = 0
        self._holding = 0
        """VCPUs on which a state holds"""
        self._rest = b""
        self._told = 0

    def __call__(self, printed: bytes) -> None:
        """Take what was printed; lines may come in parts."""
        *lines, self._rest = (self._rest + printed).split(b"\n")
        for line in lines:
            sign, tick, block = line.split()
            before = self._holding
            self._holding += {b"+": 1, b"-": -1}.get(sign, 0)
            if sign == b"!" or self._holding > before == 0:
                self._begin(int(tick), int(block))
            elif self._holding == 0:
                self._end(int(tick))

    def fresh(self) -> tuple[Moment, ...]:
        """Those since this was asked the last time."""
        fresh = tuple(self.moments[self._told :])
        self._told = len(self.moments)
        return fresh

    def in_words(self, tsc_hz: int) -> str:
        """How many there are, with the first and the last."""
        if not self.moments:
            return "it never held"
        count = len(self.moments) + self.more
        first, last = self.moments[0].tick / tsc_hz, self.moments[-1].tick / tsc_hz
        return f"it held {count} time{'' if count == 1 else 's'}, first at {first:.6f} s" + (
            f" and last at {last:.6f} s" if len(self.moments) > 1 and not self.more else ""
        )

    def _begin(self, tick: int, block: int) -> None:
        last = self.moments[-1] if self.moments else None
        if last is not None and last.until == tick > 0:  # the state has passed from one VCPU to another
            self.moments[-1] = Moment(last.tick, last.block)
        elif len(self.moments) < MOST_MOMENTS:
            self.moments.append(Moment(tick, block))
        else:
            self.more += 1

    def _end(self, tick: int) -> None:
        if self.moments and not self.moments[-1].until and not self.more:
            self.moments[-1] = Moment(self.moments[-1].tick, self.moments[-1].block, tick)
