# SPDX-License-Identifier: GPL-2.0-or-later
"""The entry point: which commands get a VM process before they are parsed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vptop.cli.main import opens_dashboard


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", True),
        ("linux", True),
        ("linux hot-user", True),
        ("--kernel vmlinuz --memory 512", True),
        ("my.vp", True),
        ("irq.emt --seed 3", True),
        ("machine.vmx my.vp", False),
        ("--help", False),
        ("linux --help", False),
        ("--batch my.vp", False),
        ("run my.vp", False),
        ("scripts", False),
    ],
)
def test_a_machine_is_expected_where_a_dashboard_opens_over_a_new_one(words: str, expected: bool) -> None:
    assert opens_dashboard(words.split()) is expected


def test_it_imports_no_parser_of_command_lines_first() -> None:
    slow = ("cyclopts", "textual", "engine.machine.machine")
    code = f"import sys, vptop.cli.main; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
