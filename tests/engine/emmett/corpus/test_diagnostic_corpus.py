# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs with something wrong, and what a reader is told.

`err.CODE.NAME.emt` gives a diagnostic CODE, `err.CODE.NAME.txt` beside it is all of what is said about the program.
These texts are read before they are kept: each must let somebody who does not know the language mend the program.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.emmett import Options, compile_emmett
from engine.emmett.diagnostics.codes import CODES
from engine.vp import Compilation, Severity
from engine.vp.diagnostics.codes import CODES as VP_CODES
from engine.vp.diagnostics.render import render

HERE = Path(__file__).parent
PROGRAMS = sorted(HERE.glob("err.*.emt"))
SYMBOLS = {"sys_getpid": 0xFFFFFFFF80001000, "system_call": 0xFFFFFFFF80002000}


def compiled(source: str, name: str = "a.emt") -> Compilation:
    """A program compiled for a guest with two symbols, without any prelude."""
    return compile_emmett(source, name, options=Options(addresses=SYMBOLS))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_what_is_said(program: Path) -> None:
    compilation = compiled(program.read_text("utf-8"), program.name)
    text = "".join(f"{render(diagnostic)}\n" for diagnostic in compilation.diagnostics)
    assert text == program.with_suffix(".txt").read_text("utf-8")
    assert program.name.split(".")[1] in {diagnostic.code for diagnostic in compilation.diagnostics}
    refused = any(diagnostic.severity is Severity.ERROR for diagnostic in compilation.diagnostics)
    assert (compilation.program is None) == refused


def test_every_code_has_a_program() -> None:
    assert set(CODES) <= {path.name.split(".")[1] for path in PROGRAMS}


def test_every_program_has_its_text() -> None:
    assert {path.stem for path in HERE.glob("err.*.txt")} == {path.stem for path in PROGRAMS}


@pytest.mark.parametrize("code", CODES)
def test_examples_of_the_table_show_their_code(code: str) -> None:
    assert code in {diagnostic.code for diagnostic in compiled(CODES[code].example).diagnostics}
    assert CODES[code].code == code


def test_codes_are_told_apart_from_those_of_vp() -> None:
    assert not set(CODES) & set(VP_CODES)
