# SPDX-License-Identifier: GPL-2.0-or-later
"""What a test kernel reports: lines that begin with an outcome, and the value it writes to the exit port."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections import Counter
from typing import Literal

import msgspec

Verdict = Literal["pass", "fail", "skip"]
SKIPPED = frozenset({77, 77 >> 1})
"""Values at the exit port. 77 is Automake's for a skipped test; older suites halve it, as QEMU doubles it."""
MOST_OUTPUT = 1 << 20
"""Bytes of console output that are kept, the latest ones."""
MOST_FAILURES = 100
"""Lines of failed checks that are kept, the first ones."""
_OUTCOME = re.compile(r"(PASS|FAIL|SKIP|XPASS|XFAIL|ABORT): ")
_FAILED = ("FAIL", "XPASS", "ABORT")
"""Outcomes that fail a test; XFAIL is a failure that was expected, XPASS one that was expected and did not come."""


class Result(msgspec.Struct, frozen=True):
    """How the run of a test kernel ended."""

    verdict: Verdict
    reason: str
    """why it is not a pass; empty when it is one"""
    passed: int
    failed: int
    skipped: int
    expected_failures: int
    """checks that the kernel reported, by outcome"""
    exit_value: int | None
    """what it wrote to the exit port; None: nothing"""
    guest_seconds: float
    failures: tuple[str, ...]
    """lines of failed checks"""
    output: str
    """what it wrote to its consoles; untrusted text"""


class Report:
    """Collects the console output of one run and counts its outcomes."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._output = ""
        self._counts: Counter[str] = Counter()
        self._failures: list[str] = []
        self._skips: list[str] = []

    def add(self, data: bytes, final: bool = False) -> None:
        """More output, cut anywhere; `final`: the run has ended, and so has the last line."""
        text = self._decoder.decode(data, final)
        self._output = (self._output + text)[-MOST_OUTPUT:]
        *lines, self._line = (self._line + text).split("\n")
        self._line = self._line[-MOST_OUTPUT:]
        for line in [*lines, self._line] if final else lines:
            self._count(line.rstrip("\r"))

    def _count(self, line: str) -> None:
        found = _OUTCOME.match(line)
        if found is None:
            return
        outcome = found[1]
        self._counts[outcome] += 1
        if outcome in _FAILED and len(self._failures) < MOST_FAILURES:
            self._failures.append(line)
        elif outcome == "SKIP" and not self._skips:
            self._skips.append(line)

    @property
    def _failed(self) -> int:
        return sum(self._counts[outcome] for outcome in _FAILED)

    def result(self, exit_value: int | None, guest_seconds: float, stopped: str = "") -> Result:
        """Judge the run, whose output has been added to the end.

        A kernel that powers the machine off without an exit value passes when no check failed, as QEMU then ends with
        status 0.

        Args:
            exit_value: what was written to the exit port, or None.
            guest_seconds: how long it ran.
            stopped: why the run was broken off; empty: the kernel has ended it.
        """
        verdict, reason = self._judge(exit_value, stopped)
        return Result(
            verdict,
            reason,
            passed=self._counts["PASS"],
            failed=self._failed,
            skipped=self._counts["SKIP"],
            expected_failures=self._counts["XFAIL"],
            exit_value=exit_value,
            guest_seconds=guest_seconds,
            failures=tuple(self._failures),
            output=self._output,
        )

    def _judge(self, exit_value: int | None, stopped: str) -> tuple[Verdict, str]:
        if stopped:
            return "fail", stopped
        if exit_value in SKIPPED:
            return "skip", self._skips[0].removeprefix("SKIP: ") if self._skips else "no check applies"
        if self._failed:
            first = self._failures[0].removeprefix("FAIL: ")
            return "fail", first if self._failed == 1 else f"{first} (and {self._failed - 1} more)"
        if exit_value:
            return "fail", f"exit value {exit_value} (QEMU's status {(exit_value << 1 | 1) & 0xFF})"
        return "pass", ""
