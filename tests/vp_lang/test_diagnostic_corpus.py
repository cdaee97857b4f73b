# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong scripts: tests/vp/err.CODE.name.vp must be told by that code, at a place inside the script."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.points import AVAILABLE
from engine.vp import Limits, compile_script
from engine.vp.codes import CODES

CORPUS = Path(__file__).parents[1] / "vp"
SCRIPTS = sorted(CORPUS.glob("err.*.vp"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_wrong_script_is_told_by_its_code(path: Path) -> None:
    source = path.read_text("utf-8")
    compilation = compile_script(source, path.name, limits=Limits(available=AVAILABLE))
    assert path.name.split(".")[1] in {found.code for found in compilation.diagnostics}
    assert (compilation.program is None) == any(found.code.startswith("E") for found in compilation.diagnostics)
    lines = source.split("\n")
    for found in compilation.diagnostics:
        assert found.file == path.name
        assert found.source_line == lines[found.span.line - 1]


def test_every_error_has_a_script() -> None:
    assert {path.name.split(".")[1] for path in SCRIPTS} >= {code for code in CODES if code.startswith("E")}
