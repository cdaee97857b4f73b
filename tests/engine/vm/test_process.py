# SPDX-License-Identifier: GPL-2.0-or-later
"""Starting and ending a VM process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.vm import process as process_module
from engine.vm.client import Gone, VmClient, VmProcess
from engine.vm.options import PowerOn
from engine.vm.process import remove_stale
from tests.engine.vm.process_client import LIMIT, Events, await_end, copies


def test_sigterm_ends_it_politely_even_while_paused(vm: VmProcess, client: VmClient, events: Events) -> None:
    assert client.hello
    os.kill(vm.pid, signal.SIGTERM)
    assert events.wait(Gone).message == "the VM process ended with exit status 0"
    assert not vm.socket.exists()


def test_it_ends_when_its_owner_dies(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from engine.vm.client import VmProcess;"
        f"vm = VmProcess.start(directory=Path({str(tmp_path)!r}));"
        "print(vm.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    owner = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=LIMIT)
    assert owner.returncode == -signal.SIGKILL, owner.stderr.decode()
    pid = int(owner.stdout)
    await_end(pid)
    assert not (tmp_path / process_module.SOCKET).exists()


def test_stopped_copies_of_a_machine_that_was_killed_end_with_it() -> None:
    events = Events()
    vm = VmProcess.start(power=PowerOn(past_every=1), paced=False)
    with vm.connect(events):
        events.frame(lambda frame: frame.guest_seconds >= 3)
        stopped = copies(vm.pid) - {vm.pid}
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        os.kill(vm.pid, signal.SIGKILL)
        events.wait(Gone)
    vm.stop()
    assert stopped
    for pid in stopped:
        await_end(pid)


def test_directories_of_dead_processes_are_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name, pid in (
        ("vptop-dead", ended.pid),
        ("vptop-alive", os.getpid()),
        ("vptop-new", None),
        ("other", ended.pid),
    ):
        (tmp_path / name).mkdir()
        if pid is not None:
            (tmp_path / name / "pid").write_text(f"{pid}\n")
    (tmp_path / "vptop-dead" / "vm.log").write_text("x")
    remove_stale(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "vptop-alive", "vptop-new"]


def test_a_vm_process_names_itself_in_its_directory(vm: VmProcess) -> None:
    assert (vm.directory / "pid").read_text() == f"{vm.pid}\n"


def test_a_prepared_process_is_that_of_the_next_machine() -> None:
    process_module.prepare(paced=False, paused=True)
    try:
        (prepared,) = process_module._prepared
        vm = VmProcess.start(power=PowerOn(seed=3), paced=False, paused=True)
        try:
            assert vm is prepared.process
            assert process_module._prepared == []
            with vm.connect(lambda _: None) as client:
                assert client.pause().result(LIMIT).ok
        finally:
            vm.stop()
        assert not vm.directory.exists()
    finally:
        process_module.abandon_prepared()


def test_a_prepared_process_without_a_machine_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    process_module.prepare(paced=True, paused=True)
    process_module.abandon_prepared()
    assert list(tmp_path.iterdir()) == []


def test_a_prepared_process_ends_when_its_owner_dies() -> None:
    code = (
        "import os; from engine.vm import process; process.prepare(paced=True, paused=True);"
        "print(process._prepared[0].process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    owner = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=LIMIT)
    await_end(int(owner.stdout))
