# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of a real VM process."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from engine.vm.client import Gone, VmClient, VmGone, VmProcess
from engine.vm.protocol import Hello, Notice
from tests.engine.vm.process_client import COUNT, IRQS, LIMIT, Events, ok


def test_hello_says_what_runs(client: VmClient, events: Events, vm: VmProcess) -> None:
    assert events.wait(Hello) == client.hello
    assert client.hello.directory == str(vm.directory)
    assert Path(client.hello.symbols).is_file()
    assert client.hello.scripts == {}


def test_two_clients_see_the_same(client: VmClient, events: Events, vm: VmProcess) -> None:
    others = Events()
    ok(client.load("count.vp", COUNT).result(LIMIT))
    with vm.connect(others) as other:
        assert other.hello.scripts == {"count.vp": COUNT}
        ok(other.resume().result(LIMIT))
        mine = events.frame(lambda frame: frame.guest_seconds >= 2)
        theirs = others.frame(lambda frame: frame.frame == mine.frame)
        assert list(mine.aggregates[IRQS]) == list(theirs.aggregates[IRQS])
    events.forget()
    events.frame()  # the one that left took nothing with it


def test_quit_leaves_nothing(vm: VmProcess, client: VmClient, events: Events) -> None:
    ok(client.quit().result(LIMIT))
    events.wait(Notice, lambda notice: "powered off" in notice.message)
    gone = events.wait(Gone)
    assert gone.message == "the VM process ended with exit status 0"
    assert not vm.socket.exists()
    with pytest.raises(VmGone):
        client.pause().result(LIMIT)


def test_being_killed_is_reported(vm: VmProcess, client: VmClient, events: Events) -> None:
    os.kill(vm.pid, signal.SIGKILL)
    assert events.wait(Gone).message == "the VM process was ended by SIGKILL"
    with pytest.raises(VmGone, match="SIGKILL"):
        client.resume().result(LIMIT)
