# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop settings`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from vptop.cli import settings
from vptop.model.settings import Settings, read


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = settings.path()
    path.parent.mkdir(parents=True)
    return path


def test_what_it_prints_can_be_the_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settings.show(default=True) == 0
    printed = capsys.readouterr().out
    assert tomllib.loads(printed)["keys"]["panel.zoom"] == "z"
    file.write_text(printed)
    known, problems = read(file)
    assert (known.frames, problems) == (Settings().frames, [])
    assert settings.show(default=False) == 0


def test_mistakes_are_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('them = ""\nframes = 60\n[keys]\n"panel.zom" = "f7"\n')
    assert settings.show(default=False) == settings.PROBLEMS
    out, err = capsys.readouterr()
    assert "frames = 60" in out
    assert err.splitlines() == [
        f"vptop: {file}:1: unknown setting `them`; did you mean `theme`?",
        f"vptop: {file}:4: unknown action `panel.zom`; did you mean `panel.zoom`?",
    ]
