# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripts with something wrong, and what a reader is told.

`err.CODE.NAME.vp` gives a diagnostic CODE, `err.CODE.NAME.txt` beside it is all of what is said about the script. These
texts are read before they are kept: each must let somebody who does not know the language mend the script.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vp import Compilation, Severity, compile_script
from engine.vp.diagnostics.codes import CODES
from engine.vp.diagnostics.diagnostic import Diagnostic
from engine.vp.diagnostics.render import render
from engine.vp.diagnostics.source import SourceText

HERE = Path(__file__).parent
SCRIPTS = sorted(HERE.glob("err.*.vp"))
MENDED_BY_FIXES = sorted(
    path
    for name in (
        "E101.*",
        "E102.*",
        "E103.line",
        "E105.*",
        "E107.[ct]*",
        "E108.expression",
        "E202.manual-*",
        "E302.lay*",
    )
    for path in HERE.glob(f"err.{name}.vp")
    if "logmarker" not in path.name and "pairs" not in path.name
)
"""Scripts that load when every proposed fix is made, or have only other errors then."""


def compiled(source: str, name: str = "a.vp") -> Compilation:
    """A script compiled for the machine as it is, without any prelude."""
    return compile_script(source, name)


def codes_of(source: str) -> set[str]:
    return {diagnostic.code for diagnostic in compiled(source).diagnostics}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_what_is_said(script: Path) -> None:
    compilation = compiled(script.read_text("utf-8"), script.name)
    text = "".join(f"{render(diagnostic)}\n" for diagnostic in compilation.diagnostics)
    assert text == script.with_suffix(".txt").read_text("utf-8")
    assert script.name.split(".")[1] in {diagnostic.code for diagnostic in compilation.diagnostics}
    refused = any(diagnostic.severity is Severity.ERROR for diagnostic in compilation.diagnostics)
    assert (compilation.program is None) == refused


def test_every_code_has_a_script() -> None:
    assert {path.name.split(".")[1] for path in SCRIPTS} == set(CODES)


def test_every_script_has_its_text() -> None:
    assert {path.stem for path in HERE.glob("err.*.txt")} == {path.stem for path in SCRIPTS}


@pytest.mark.parametrize("code", CODES)
def test_examples_of_the_table_show_their_code(code: str) -> None:
    assert code in codes_of(CODES[code].example)
    assert CODES[code].code == code


def with_fixes(source: str, diagnostics: tuple[Diagnostic, ...]) -> str:
    """The text with every fix made, from the last to the first."""
    text = SourceText("", source)
    fixes = [diagnostic.fix for diagnostic in diagnostics if diagnostic.fix is not None]
    for fix in sorted(fixes, key=lambda one: (one.span.line, one.span.column), reverse=True):
        start = text.offset(fix.span.line, fix.span.column)
        end = text.offset(fix.span.end_line, fix.span.end_column)
        source = source[:start] + fix.text + source[end:]
    return source


@pytest.mark.parametrize("script", MENDED_BY_FIXES, ids=lambda path: path.stem)
def test_fixes_mend(script: Path) -> None:
    """Making the fixes leaves none of the errors they are for."""
    source = script.read_text("utf-8")
    before = compiled(source).diagnostics
    after = compiled(with_fixes(source, before)).diagnostics
    fixed = {(diagnostic.code, diagnostic.message) for diagnostic in before if diagnostic.fix is not None}
    assert fixed
    assert not fixed & {(diagnostic.code, diagnostic.message) for diagnostic in after}
    assert {diagnostic.code for diagnostic in after} <= {d.code for d in before if d.fix is None}
