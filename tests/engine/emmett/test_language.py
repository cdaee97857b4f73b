# SPDX-License-Identifier: GPL-2.0-or-later
"""Emmett as one of the languages of scripts."""

from __future__ import annotations

from pathlib import Path

from engine import VirtualMachine
from engine.emmett import Emmett
from engine.probes.languages import language_of
from engine.vp import Language

FAILING = "int zero;\n\nVMMLoad {\n   x = 1;\n   x = x /\n      zero;\n}\n"


def test_files_choose_it_by_their_suffix() -> None:
    language: Language = language_of("folder/A.EMT")
    assert language.name == "Emmett"
    assert ".emt" in language.suffixes


def test_it_includes_from_the_folder_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "lib.emt").write_text("int one() { return 1; }\n")
    source = '#include "lib.emt"\nVMM1Hz x = one();\n'
    assert Emmett().compile(source, str(tmp_path / "main.emt"), None, None).program is not None
    assert Emmett().compile(source, "nowhere/main.emt", None, None).program is None


def test_run_time_errors_are_shown_at_their_place() -> None:
    with VirtualMachine.bundled() as vm:
        vm.load(FAILING, "failing.emt")
        vm.run(0.001)
        (error,) = vm.frame().errors
    assert (error.script, error.probe, error.line, error.column) == ("failing.emt", "VMMLoad", 5, 8)


def test_a_program_is_replaced_while_it_runs() -> None:
    """Variables and aggregates of the same name and kind keep what they hold, as with VP."""
    with VirtualMachine.bundled() as vm:
        first = "int COUNT = 5;\naggr seen[1];\nVMMLoad { COUNT = 7; seen[1]++; }\nVMM1Hz x = COUNT;\n"
        vm.load(first, "a.emt")
        again = vm.load(first.replace("VMM1Hz x = COUNT;", "VMM1Hz seen[COUNT]++;"), "a.emt", replace="a.emt")
        vm.run(1.05)
        rows = {row.integers: row.count for row in again.aggregates["seen"]}
    assert rows == {(1,): 2, (7,): 1}
