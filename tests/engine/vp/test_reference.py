# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/vp.md is what the tables say, and its examples are scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.core.runtime_errors import RuntimeErrorKind
from engine.vp import Severity, compile_script
from engine.vp.diagnostics.codes import CODES
from engine.vp.reference import GUIDE, page
from engine.vp.tables.builtins import BUILTINS
from engine.vp.tables.conversions import LETTERS
from engine.vp.tables.forms import SPECIALS
from engine.vp.tables.probes import POINTS
from engine.vp.tables.variables import VARIABLES

DOCUMENT = Path(__file__).parents[3] / "docs" / "vp.md"
EXAMPLES = re.findall(r"```vp\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


def test_the_page_is_current() -> None:
    assert DOCUMENT.read_text("utf-8") == page(), "make docs"


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_compile_without_a_diagnostic(example: str) -> None:
    compilation = compile_script(example, "example.vp")
    assert not [d.message for d in compilation.diagnostics if d.severity is Severity.ERROR or d.code != "W303"]
    assert compilation.program is not None


@pytest.mark.parametrize(
    "table", [BUILTINS, SPECIALS, LETTERS, POINTS, VARIABLES, CODES], ids=lambda table: next(iter(table))
)
def test_every_row_is_listed(table: dict[str, object]) -> None:
    text = page().replace("\\|", "|")
    assert [name for name in table if name not in text] == []


def test_every_run_time_error_is_explained() -> None:
    named = re.findall(r"^\| `([A-Z_]+)` \|", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert named == [fault.name for fault in RuntimeErrorKind if fault is not RuntimeErrorKind.NONE]
