# SPDX-License-Identifier: GPL-2.0-or-later
"""The program of a VM process: its directory and socket."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from engine.vm import process as process_module
from engine.vm.client import StartError, VmProcess


def test_a_second_vm_in_a_directory_in_use_is_refused(vm: VmProcess) -> None:
    with pytest.raises(StartError, match="in use"):
        VmProcess.start(directory=vm.directory)


def test_a_stale_socket_is_no_obstacle(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(tmp_path / process_module.SOCKET))
    process = VmProcess.start(directory=tmp_path, paused=True)
    process.stop()
    assert (tmp_path / process_module.OUTPUT).exists()
