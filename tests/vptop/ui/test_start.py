# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard with the settings of the user's file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vptop.ui.fakes import FakeSource, frame
from vptop.model.capture import CaptureWriter, Shown
from vptop.ui import start
from vptop.ui.app import VptopApp


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[VptopApp]]:
    """The dashboards that would have been shown."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    apps: list[VptopApp] = []
    monkeypatch.setattr(VptopApp, "run", lambda app: apps.append(app))
    yield apps
    for app in apps:
        app.machine.source.close()


def captured(path: Path) -> Path:
    """A capture of one Frame."""
    writer = CaptureWriter(path)
    writer.add(Shown(frame(1)))
    writer.close()
    return path


def test_settings_keys_and_mistakes_come_from_the_file(tmp_path: Path, shown: list[VptopApp]) -> None:
    file = tmp_path / "config" / "vptop" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text('frames = 60\nthem = 1\n[keys]\n"panel.zoom" = "f7"\nquit = "ctl+x"\n')
    assert start.run([], FakeSource(), in_ascii=True) == 0
    (app,) = shown
    assert (app.settings.frames, app.settings.ascii) == (60, True)
    assert app.keys_changed == {"panel.zoom": "f7"}
    assert [problem.split(": ")[1] for problem in app.problems] == [
        "unknown setting `them`; did you mean `theme`?",
        "quit",
    ]


def test_a_capture_is_shown_with_room_for_all_of_it(tmp_path: Path, shown: list[VptopApp]) -> None:
    assert start.replay(captured(tmp_path / "a.vpc")) == 0
    (app,) = shown
    assert app.session.is_replay
    assert app.settings.frames == 900


def test_threads_give_way_to_the_screen_at_once(
    tmp_path: Path, shown: list[VptopApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[float] = []
    monkeypatch.setattr(sys, "setswitchinterval", chosen.append)
    start.replay(captured(tmp_path / "a.vpc"))
    assert chosen == [start.SWITCH_SECONDS]
    assert len(shown) == 1
