# SPDX-License-Identifier: GPL-2.0-or-later
"""The user's settings and what is said of mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vptop.model.settings import TABLE, Keys, Settings, read


def settings(tmp_path: Path, text: str) -> tuple[Settings, list[str]]:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    known, problems = read(path)
    return known, [problem.removeprefix(f"{path}:") for problem in problems]


def test_no_file_sets_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "none.toml") == (Settings(), [])


def test_settings_are_read(tmp_path: Path) -> None:
    text = 'theme = "vptop-light"\nascii = true\nframes = 60\n[keys]\n"panel.zoom" = "f7"\ntime.freeze = ["f", "f8"]\n'
    known, problems = settings(tmp_path, text)
    assert (known.theme, known.ascii, known.frames, problems) == ("vptop-light", True, 60, [])
    place = str(tmp_path / "settings.toml")
    assert known.keys == {
        "panel.zoom": Keys(f"{place}:5", ("f7",)),
        "time.freeze": Keys(f"{place}:6", ("f", "f8")),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("\nthem = 1", "2: unknown setting `them`; did you mean `theme`?"),
        (
            "qqqq = 1",
            "1: unknown setting `qqqq`; known: theme, view, ascii, restore, frames, memory_mib, refresh, keys",
        ),
        ('ascii = "yes"', "1: ascii: found 'yes'; expected true or false"),
        ("frames = true", "1: frames: found True; expected a number from 2 to 86400"),
        ("frames = 1", "1: frames: found 1; expected a number from 2 to 86400"),
        ("keys = 3", '1: keys: found 3; expected a key or a list of keys, such as "z" or ["z", "f11"]'),
        ("[keys]\nquit = []", '2: quit: found []; expected a key or a list of keys, such as "z" or ["z", "f11"]'),
        ("theme =", " not valid TOML: invalid value (at end of document)"),
        ("\n[keys x]", "2:7: not valid TOML: expected ']' at the end of a table declaration"),
    ],
)
def test_a_mistake_is_named_and_the_default_stays(tmp_path: Path, text: str, problem: str) -> None:
    known, problems = settings(tmp_path, text)
    assert (known, problems) == (Settings(), [problem])


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"theme = \xff")
    known, (problem,) = read(tmp_path / "settings.toml")
    assert known == Settings()
    assert "cannot be read" in problem
    (problem,) = read(tmp_path)[1]
    assert problem == f"{tmp_path}: cannot be read: Is a directory"


def test_every_row_of_the_table_is_a_setting_whose_default_is_valid() -> None:
    for row in TABLE:
        assert row.valid(getattr(Settings(), row.name))
