# SPDX-License-Identifier: GPL-2.0-or-later
"""What a test kernel reports, and how it is judged."""

from __future__ import annotations

import pytest

from engine.vm.conformance.report import MOST_FAILURES, MOST_OUTPUT, Report, Result


def judged(output: str, exit_value: int | None, stopped: str = "") -> Result:
    report = Report()
    report.add(output.encode(), final=True)
    return report.result(exit_value, 1.0, stopped)


@pytest.mark.parametrize(
    ("output", "exit_value", "verdict", "reason"),
    [
        ("PASS: one\nSUMMARY: 1 tests\n", 0, "pass", ""),
        ("", 0, "pass", ""),
        ("XFAIL: known\n", 0, "pass", ""),
        ("all is well\n", None, "pass", ""),
        ("PASS: one\nSKIP: two\n", 0, "pass", ""),
        ("FAIL: one\n", 0, "fail", "one"),
        ("FAIL: one\nFAIL: two\nFAIL: three\n", 1, "fail", "one (and 2 more)"),
        ("FAIL: one\n", None, "fail", "one"),
        ("XPASS: one\n", 0, "fail", "XPASS: one"),
        ("ABORT: one\n", 127, "fail", "ABORT: one"),
        ("PASS: one\n", 1, "fail", "exit value 1 (QEMU's status 3)"),
        ("SKIP: no PKU\n", 77, "skip", "no PKU"),
        ("", 77, "skip", "no check applies"),
        ("", 38, "skip", "no check applies"),
    ],
)
def test_exit_value_and_lines_decide(output: str, exit_value: int | None, verdict: str, reason: str) -> None:
    result = judged(output, exit_value)
    assert (result.verdict, result.reason) == (verdict, reason)


def test_a_run_that_was_broken_off_fails() -> None:
    result = judged("PASS: one\n", None, "triple fault")
    assert (result.verdict, result.reason, result.passed) == ("fail", "triple fault", 1)


def test_outcomes_are_counted_where_they_begin_a_line() -> None:
    result = judged("PASS: a\r\nPASS: b\nnot PASS: c\nFAIL: d\nXFAIL: e\nSKIP: f\nPASS\nPASS: last", 1)
    assert (result.passed, result.failed, result.skipped, result.expected_failures) == (3, 1, 1, 1)
    assert result.failures == ("FAIL: d",)


def test_output_may_be_cut_anywhere() -> None:
    report = Report()
    for byte in "PASS: ä\nFAIL: ß".encode():
        report.add(bytes([byte]))
    report.add(b"", final=True)
    result = report.result(0, 1.0)
    assert (result.passed, result.failures, result.output) == (1, ("FAIL: ß",), "PASS: ä\nFAIL: ß")


def test_endless_output_takes_no_endless_memory() -> None:
    report = Report()
    for _ in range(5):
        report.add(b"FAIL: x\n" * (MOST_OUTPUT // 16))
    report.add(b"y" * (2 * MOST_OUTPUT), final=True)
    result = report.result(0, 1.0)
    assert len(result.output) == MOST_OUTPUT
    assert (result.failed, len(result.failures)) == (5 * (MOST_OUTPUT // 16), MOST_FAILURES)
