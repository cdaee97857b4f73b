# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scripts of the library say of themselves."""

from __future__ import annotations

from pathlib import Path

from vptop.model.library import ANY, LINUX, library


def test_every_script_asks_a_question_of_some_guest() -> None:
    scripts = {script.name: script for script in library()}
    assert scripts.keys() == {path.stem for path in Path("vptop/scripts").glob("*.vp")}
    assert all(script.question for script in scripts.values())
    assert (scripts["vptop"].guest, scripts["syscalls"].guest) == (ANY, LINUX)
