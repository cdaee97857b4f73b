# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that are watched."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.errors import InputError
from engine.vm.options import PowerOn
from engine.vm.recording import Recorder
from vptop.cli import watching
from vptop.cli.configuration import LookOptions
from vptop.model.scriptfiles import LIBRARY


def test_a_check_tells_what_is_wrong_and_shows_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert watching.watch([LIBRARY / "stacks.vp"], PowerOn(), LookOptions(), only_check=True) == 0
    with pytest.raises(InputError, match=r"nowhere\.vp: No such file"):
        watching.watch([tmp_path / "nowhere.vp"], PowerOn(), LookOptions(), only_check=True)
    with pytest.raises(InputError, match="nowhere: No such file"):
        watching.watch([], PowerOn(replay="nowhere"), LookOptions(), only_check=True)
    assert capsys.readouterr().out == ""


def test_a_browser_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(watching.BROWSER, raising=False)
    monkeypatch.setattr(watching, "sys", SimpleNamespace(stdout=SimpleNamespace(isatty=lambda: False)))
    assert not watching.has_screen()
    monkeypatch.setenv(watching.BROWSER, "textual.drivers.web_driver:WebDriver")
    assert watching.has_screen()


def test_the_machine_file_comes_before_the_scripts() -> None:
    assert watching.split([Path("a.vmx"), Path("b.vp")]) == (Path("a.vmx"), (Path("b.vp"),))
    assert watching.split([Path("b.vp")]) == (None, (Path("b.vp"),))
    assert watching.split([]) == (None, ())


def test_without_scripts_there_is_the_set_that_fits_the_guest() -> None:
    assert "syscalls.vp" in [one.name for one in watching.choose([], PowerOn(kernel="vmlinuz"))]
    assert "syscalls.vp" not in [one.name for one in watching.choose([], PowerOn())]


def test_a_recording_gets_the_set_that_fits_its_machine(tmp_path: Path) -> None:
    file = tmp_path / "run.inputs"
    Recorder(file, PowerOn(kernel="vmlinuz"), "", 0).close(1)
    assert "syscalls.vp" in [one.name for one in watching.choose([], PowerOn(replay=str(file)))]
    Recorder(file, PowerOn(), "", 0).close(1)
    assert "syscalls.vp" not in [one.name for one in watching.choose([], PowerOn(replay=str(file)))]


@pytest.mark.parametrize(
    ("variables", "utf8_mode", "encoding", "expected"),
    [
        ({"LANG": "C"}, 1, "utf-8", True),
        ({"LC_ALL": "POSIX", "LANG": "C.UTF-8"}, 1, "utf-8", True),
        ({}, 1, "utf-8", False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, 0, "utf-8", False),
        ({"LANG": "de_DE"}, 0, "iso8859-1", True),
    ],
)
def test_the_locale_decides_about_ascii(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], utf8_mode: int, encoding: str, expected: bool
) -> None:
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    flags, stdout = SimpleNamespace(utf8_mode=utf8_mode), SimpleNamespace(encoding=encoding)
    monkeypatch.setattr(watching, "sys", SimpleNamespace(flags=flags, stdout=stdout))
    assert watching.wants_ascii(LookOptions()) is expected
