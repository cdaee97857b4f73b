# SPDX-License-Identifier: GPL-2.0-or-later
"""VM processes as sources of the dashboard."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from engine.vm import running
from engine.vm.client import VmClient
from engine.vm.configuration import read_vmx
from engine.vm.past.messages import AskedFrame
from engine.vm.process import start_vmx
from engine.vm.protocol import FrameMessage, Hello
from vptop.cli.new import create
from vptop.source.live import LiveSource

SLOW = ("cffi", "elftools", "engine.emmett.api", "engine.machine.machine", "engine.vp.api", "lark", "numpy", "plotext",
        "textual")  # fmt: skip
"""What takes long to import, and is not needed to start a VM process."""
COUNT = "(defaggr irqs 1 0) (vprobe Guest_IRQ (aggr irqs (ARG0) () 1))"


@pytest.fixture
def vmx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return create(tmp_path / "vm")


def heard(events: SimpleQueue[object], kind: type) -> object:
    while True:
        event = events.get(timeout=60)
        if isinstance(event, kind):
            return event


def test_a_machine_of_a_vmx_is_one_that_vmrun_sees(vmx: Path) -> None:
    events: SimpleQueue[object] = SimpleQueue()
    source = LiveSource({"count.vp": COUNT}, read_vmx(vmx).power, vmx=vmx)
    try:
        source.start(events.put)
        heard(events, FrameMessage)
        question = source.ask("asked.vp", COUNT, 0.0, 0.0, ())
        asked = heard(events, AskedFrame)
        assert isinstance(asked, AskedFrame)
        assert asked.question == question.id
        assert question.reply.result(60).ok
        assert not source.cancel(question).result(60).ok  # it has been answered
        assert [entry.vmx for entry in running.running()] == [str(vmx)]
        with VmClient(running.socket_of(vmx), lambda _: None) as client:
            assert list(client.hello.scripts) == ["count.vp"]
    finally:
        source.close()
    assert running.running() == []


def test_a_machine_that_runs_is_watched_and_goes_on(vmx: Path) -> None:
    start_vmx(vmx)
    before = running.running()
    try:
        events: SimpleQueue[object] = SimpleQueue()
        source = LiveSource({}, read_vmx(vmx).power, vmx=vmx, attached=True)
        source.start(events.put)
        heard(events, Hello)
        heard(events, FrameMessage)
        source.close()
        assert running.running() == before != []
    finally:
        with VmClient(running.socket_of(vmx), lambda _: None) as client:
            client.quit().result()


def test_a_vm_process_starts_before_anything_slow_is_imported() -> None:
    modules = "vptop.cli.main, vptop.source.live, vptop.cli.linux, engine.vm.linux.kernel, engine.vm.linux.packages"
    code = f"import sys, {modules}; print(*(name for name in {SLOW} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
