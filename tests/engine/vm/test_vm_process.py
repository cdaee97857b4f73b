# SPDX-License-Identifier: GPL-2.0-or-later
"""A real VM process over its socket."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from engine.probes.frame import AggregateId, Frame
from engine.vm import process as process_module
from engine.vm.client import Gone, StartError, VmClient, VmGone, VmProcess
from engine.vm.protocol import FrameMessage, Hello, Notice, Reply

LIMIT = 60
"""Seconds after which a VM that does nothing fails the test; no test waits for them to pass."""
IRQS = AggregateId("count.vp", "irqs")
COUNT = "(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irqs (ARG0) () 1))\n"
BAD = "(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irq (ARG0) () 1))\n"

E = TypeVar("E")


class Events:
    """What a client heard, to be waited for."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self._news = threading.Condition()

    def __call__(self, event: object) -> None:
        with self._news:
            self.heard.append(event)
            self._news.notify_all()

    def wait(self, kind: type[E], wanted: Callable[[E], bool] = lambda _: True) -> E:
        """The first event of a kind that is wanted."""

        def find() -> E | None:
            return next((event for event in self.heard if isinstance(event, kind) and wanted(event)), None)

        with self._news:
            assert self._news.wait_for(find, LIMIT), f"no such {kind.__name__}; heard {self.heard[-3:]}"
            found = find()
        assert found is not None
        return found

    def frame(self, wanted: Callable[[Frame], bool] = lambda _: True) -> Frame:
        """The first Frame that is wanted."""
        return self.wait(FrameMessage, lambda message: wanted(message.frame)).frame

    def forget(self) -> None:
        """From here on."""
        with self._news:
            self.heard.clear()


@pytest.fixture
def vm() -> Iterator[VmProcess]:
    process = VmProcess.start(paced=False, paused=True)
    yield process
    process.stop()
    assert not process.directory.exists()


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def client(vm: VmProcess, events: Events) -> Iterator[VmClient]:
    with vm.connect(events) as client:
        yield client


def ok(reply: Reply) -> Reply:
    assert reply.ok, reply.message
    return reply


def total(frame: Frame, name: str = "irqs") -> int:
    return sum(row.count for (_, known), data in frame.aggregates.items() if known == name for row in data)


def test_hello_says_what_runs(client: VmClient, events: Events, vm: VmProcess) -> None:
    assert events.wait(Hello) == client.hello
    assert client.hello.directory == str(vm.directory)
    assert Path(client.hello.symbols).is_file()
    assert client.hello.scripts == {}


def test_frames_come_once_a_guest_second(client: VmClient, events: Events) -> None:
    ok(client.resume().result(LIMIT))
    events.frame(lambda frame: frame.guest_seconds >= 3)
    frames = [event.frame for event in events.heard if isinstance(event, FrameMessage)]
    seconds = [frame.guest_seconds for frame in frames if not frame.paused]
    assert seconds[:3] == [1.0, 2.0, 3.0]


def test_a_loaded_script_counts_and_prints(client: VmClient, events: Events, vm: VmProcess) -> None:
    source = COUNT + '(vprobe VMM1Hz (logaggr irqs) (printf "second\\n"))\n'
    assert ok(client.load("count.vp", source).result(LIMIT)).generation == 1
    ok(client.resume().result(LIMIT))
    frame = events.frame(lambda frame: frame.guest_seconds >= 2)
    assert total(frame) > 0
    assert "second\n" in frame.log
    ok(client.pause().result(LIMIT))
    assert vm.output.read_text().startswith("aggr: irqs (1 integer key) (0 string keys)\n  irqs[0x")


def test_a_bad_script_is_refused_with_its_place_and_changes_nothing(client: VmClient, events: Events) -> None:
    ok(client.load("count.vp", COUNT).result(LIMIT))
    ok(client.resume().result(LIMIT))
    before = events.frame(lambda frame: frame.guest_seconds >= 1 and total(frame) > 0)
    refused = client.load("count.vp", BAD, replace="count.vp").result(LIMIT)
    assert not refused.ok
    (place,) = [found for found in refused.diagnostics if found.severity == "error"]
    assert (place.file, place.line) == ("count.vp", 2)
    assert "irqs" in place.suggestions
    after = events.frame(lambda frame: frame.guest_seconds >= before.guest_seconds + 1)
    assert total(after) > total(before)
    assert [script.generation for script in after.scripts] == [1]
    assert after.scripts[0].probes[0].hits > before.scripts[0].probes[0].hits


def test_a_reload_in_place_keeps_the_rows(client: VmClient, events: Events) -> None:
    ok(client.load("count.vp", COUNT).result(LIMIT))
    ok(client.resume().result(LIMIT))
    events.frame(lambda frame: frame.guest_seconds >= 1 and total(frame) > 0)
    ok(client.pause().result(LIMIT))
    before = events.frame(lambda frame: frame.paused and frame.guest_seconds >= 1)
    reply = ok(client.load("count.vp", COUNT + "; again\n", replace="count.vp").result(LIMIT))
    assert reply.generation == 2
    assert reply.message.startswith("v1 → v2: kept irqs (")
    after = events.frame(lambda frame: bool(frame.scripts) and frame.scripts[0].generation == 2)
    assert list(after.aggregates[IRQS]) == list(before.aggregates[IRQS])
    assert after.scripts[0].probes[0].hits == 0


def test_unload_and_reset_and_clear(client: VmClient, events: Events) -> None:
    ok(client.load("one.vp", COUNT).result(LIMIT))
    ok(client.load("two.vp", COUNT).result(LIMIT))
    frame = events.frame(lambda frame: len(frame.scripts) == 2)
    assert list(frame.aggregates) == [AggregateId("one.vp", "irqs"), AggregateId("two.vp", "irqs")]
    assert not client.load("one.vp", COUNT).result(LIMIT).ok
    assert not client.unload("three.vp").result(LIMIT).ok
    ok(client.clear_aggregates().result(LIMIT))
    ok(client.unload("one.vp").result(LIMIT))
    assert ok(client.reset().result(LIMIT)).message == "unloaded 1 script"
    events.frame(lambda frame: frame.scripts == ())


def test_pause_stops_guest_time_and_resume_goes_on(client: VmClient, events: Events) -> None:
    ok(client.resume().result(LIMIT))
    events.frame(lambda frame: frame.guest_seconds >= 1)
    ok(client.pause().result(LIMIT))
    paused = events.frame(lambda frame: frame.paused and frame.guest_seconds >= 1)
    events.forget()
    ok(client.clear_aggregates().result(LIMIT))
    assert events.frame().tsc == paused.tsc
    ok(client.resume().result(LIMIT))
    assert events.frame(lambda frame: not frame.paused).tsc > paused.tsc


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


def test_a_client_that_does_not_read_does_not_stop_the_guest(client: VmClient, events: Events, vm: VmProcess) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
        deaf.connect(str(vm.socket))
        ok(client.load("noise.vp", '(vprobe Guest_IRQ (printf "%0200d\\n" 0))').result(LIMIT))
        ok(client.resume().result(LIMIT))
        events.frame(lambda frame: frame.guest_seconds >= 30)


def test_a_client_that_talks_nonsense_is_let_go(client: VmClient, vm: VmProcess) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as rude:
        rude.settimeout(LIMIT)
        rude.connect(str(vm.socket))
        rude.sendall(b"GET / HTTP/1.1\r\n\r\n")
        while rude.recv(1 << 16):
            pass
    ok(client.pause().result(LIMIT))


def test_keys_reach_the_console_and_reboot_the_guest(client: VmClient, events: Events) -> None:
    ok(client.resume().result(LIMIT))
    first = events.frame(lambda frame: bool(frame.console))
    ok(client.keys("\n").result(LIMIT))
    events.forget()
    ok(client.reboot().result(LIMIT))
    again = events.frame(lambda frame: first.console[:40] in frame.console)
    assert again.tsc > first.tsc


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


def await_end(pid: int) -> None:
    """Wait for a process that is not our child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], LIMIT)[0], "still there"
    finally:
        os.close(descriptor)


def test_a_second_vm_in_a_directory_in_use_is_refused(vm: VmProcess) -> None:
    with pytest.raises(StartError, match="in use"):
        VmProcess.start(directory=vm.directory)


def test_a_stale_socket_is_no_obstacle(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(tmp_path / process_module.SOCKET))
    process = VmProcess.start(directory=tmp_path, paused=True)
    process.stop()
    assert (tmp_path / process_module.OUTPUT).exists()
