# SPDX-License-Identifier: GPL-2.0-or-later
"""Test kernels run until they end, or for some guest seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.conformance.runner import Case, check, run
from engine.vm.options import BootError


@pytest.mark.parametrize(
    ("words", "verdict", "reason"),
    [
        ("pass", "pass", ""),
        ("power off", "pass", ""),
        ("skip", "skip", "no such feature"),
        ("fail quietly", "fail", "exit value 3 (QEMU's status 7)"),
        ("fail and say 0", "fail", "one"),
        ("halt", "fail", "it did not end within 0.02 guest seconds"),
        ("spin", "fail", "it did not end within 0.02 guest seconds"),
    ],
)
def test_each_way_to_end(outcomes: Path, words: str, verdict: str, reason: str) -> None:
    result = run(Case(str(outcomes), words), 0.02)
    assert (result.verdict, result.reason) == (verdict, reason)


def test_a_triple_fault_is_a_failure_that_names_its_place(outcomes: Path) -> None:
    result = run(Case(str(outcomes), "triple fault"), 0.02)
    assert result.verdict == "fail"
    assert result.reason.startswith("triple fault at RIP 0x40")
    assert "\n" not in result.reason


def test_checks_and_output_are_kept(outcomes: Path) -> None:
    result = run(Case(str(outcomes), "fail"), 0.02)
    assert (result.passed, result.failed, result.exit_value) == (1, 2, 1)
    assert result.output == "PASS: one\nFAIL: two is \033[31mtwo\nFAIL: three\n"


def test_two_runs_are_equal(outcomes: Path) -> None:
    case = Case(str(outcomes), "fail")
    assert run(case, 0.02) == run(case, 0.02)


def test_what_is_no_multiboot_kernel_is_refused(tmp_path: Path) -> None:
    disk = tmp_path / "disk.img"
    disk.write_bytes(bytes(510) + b"\x55\xaa")
    with pytest.raises(BootError, match=r"disk\.img: a disk image; expected a Multiboot kernel"):
        check(Case(str(disk)))
    with pytest.raises(BootError, match="No such file"):
        run(Case(str(tmp_path / "nothing")), 1.0)


def test_memory_that_is_too_small_is_refused(outcomes: Path) -> None:
    with pytest.raises(BootError, match="MiB of memory, there are 2; use --memory"):
        check(Case(str(outcomes), memory_mib=2))
