# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop conformance`."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.conformance.building import build
from tests.vptop.cli.conftest import LIMIT, Command, started


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("outcomes", tmp_path_factory.mktemp("kernels"))


def test_a_line_for_each_kernel_and_a_sum(vptop: Command, outcomes: Path) -> None:
    result = vptop("conformance", f"{outcomes} pass", f"{outcomes} fail", "--append", "skip", str(outcomes))
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout == (
        "PASS  outcomes.elf pass        1/1      0.000 s\n"
        "FAIL  outcomes.elf fail        1/3      0.000 s  two is ·[31mtwo (and 1 more)\n"
        "SKIP  outcomes.elf skip                 0.000 s  no such feature\n"
        "1 passed, 1 failed, 1 skipped\n"
    )


def test_json_and_a_status_that_says_that_none_failed(vptop: Command, outcomes: Path) -> None:
    result = vptop("conformance", f"{outcomes} pass", "--json")
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert result.returncode == 0
    assert (found["verdict"], found["append"], found["passed"], found["exit_value"]) == ("pass", "pass", 1, 0)


def test_verbose_shows_the_console_harmlessly(vptop: Command, outcomes: Path) -> None:
    result = vptop("conformance", f"{outcomes} fail", "--verbose")
    assert result.stdout.startswith("PASS: one\nFAIL: two is ·[31mtwo\nFAIL: three\nFAIL  outcomes.elf fail")


def test_nothing_runs_when_a_file_cannot(vptop: Command, outcomes: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes"
    text.write_text("no kernel")
    result = vptop("conformance", f"{outcomes} pass", str(text), "nowhere")
    assert (result.returncode, result.stdout) == (2, "")
    assert "notes: neither a Multiboot kernel nor a disk image" in result.stderr
    assert "nowhere: No such file" in result.stderr


def test_an_interrupt_ends_it_quietly(outcomes: Path) -> None:
    with started("vptop", "conformance", f"{outcomes} pass", f"{outcomes} spin", "--seconds", "1000000") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"PASS")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=LIMIT)
    assert (process.returncode, output, errors) == (130, b"", b"")


def test_a_file_must_be_named(vptop: Command) -> None:
    result = vptop("conformance")
    assert (result.returncode, result.stderr) == (2, "vptop: run which test kernels? name at least one\n")


def test_the_model_of_the_cpu_must_exist(vptop: Command, outcomes: Path) -> None:
    result = vptop("conformance", "--cpu", "modem", f"{outcomes} pass")
    assert (result.returncode, result.stdout) == (2, "")
    assert "did you mean modern" in result.stderr
