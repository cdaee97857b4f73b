# SPDX-License-Identifier: GPL-2.0-or-later
"""The entries of running virtual machines."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from engine.vm import running
from engine.vm.running import Entry, RuntimeFolderError


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "vptop"


def listen(vmx: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(running.socket_of(vmx)))
    listener.listen()
    return listener


def test_a_vm_runs_while_it_listens(tmp_path: Path) -> None:
    vmx = tmp_path / "a.vmx"
    assert not running.is_running(vmx)
    running.register(vmx)
    with listen(vmx):
        assert running.is_running(vmx)
        assert running.running() == [Entry(str(vmx), os.getpid())]
    assert not running.is_running(vmx)
    assert running.running() == []
    assert list((tmp_path / "vptop").iterdir()) == []


def test_the_same_file_by_another_path_is_the_same_vm(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert running.socket_of(tmp_path / "link" / "a.vmx") == running.socket_of(tmp_path / "a.vmx")
    assert running.socket_of(tmp_path / "b.vmx") != running.socket_of(tmp_path / "a.vmx")


def test_a_folder_that_others_may_enter_is_refused(runtime: Path) -> None:
    runtime.mkdir(mode=0o755)
    with pytest.raises(RuntimeFolderError, match="expected a directory of this user with mode 700"):
        running.folder()


def test_without_a_runtime_directory_there_is_one_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert running.folder() == tmp_path / f"vptop-{os.getuid()}"


def test_a_damaged_entry_is_passed_over(runtime: Path) -> None:
    running.folder()
    (runtime / "x.vm").write_bytes(b"{")
    assert running.running() == []
