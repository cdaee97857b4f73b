# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripts that load and what they print: in the oracle, and in the compiler and the core.

`ok.NAME.vp` runs without a run-time error, in `run.KIND.NAME.vp` at least one firing is ended by a run-time error of
that kind and none by another. `NAME.out` beside it is what it prints, written by hand from the manual. How a file is
driven is said in its first comments; tests/oracle/scene.py describes them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.vp.oracle.players import play_in_core, play_in_oracle
from tests.engine.vp.oracle.scene import parse_scene

HERE = Path(__file__).parent
SCRIPTS = sorted([*HERE.glob("ok.*.vp"), *HERE.glob("run.*.vp")])
PLAYERS = {"oracle": play_in_oracle, "core": play_in_core}


@pytest.mark.parametrize("player", PLAYERS)
@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_script(script: Path, player: str) -> None:
    """The output is the expected one to the byte, and so are the kinds of run-time errors."""
    source = script.read_text("utf-8")
    outcome = PLAYERS[player](source, parse_scene(source))
    verdict = script.name.split(".")
    assert outcome.log.decode() == script.with_suffix(".out").read_text("utf-8")
    expected = {verdict[1]} if verdict[0] == "run" else set()
    assert {error for error in outcome.errors if error} == expected


def test_every_script_has_its_output() -> None:
    """No script without expectation, no expectation without a script."""
    assert {path.stem for path in HERE.glob("*.out")} == {path.stem for path in SCRIPTS}
