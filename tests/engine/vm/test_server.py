# SPDX-License-Identifier: GPL-2.0-or-later
"""What a VM process answers."""

from __future__ import annotations

import socket
from pathlib import Path

from engine import VirtualMachine
from engine.probes.frame import AggregateId
from engine.vm.boot_media import BUNDLED_BOOT_SECONDS
from engine.vm.client import VmClient, VmProcess
from engine.vm.options import PowerOn
from engine.vm.protocol import PEEK_BYTES, FrameMessage, Notice, Written
from engine.vm.server import FIRST_LOOK
from tests.engine.vm.process_client import BAD, COUNT, IRQS, LIMIT, Events, ok, total


def test_frames_come_once_a_guest_second(client: VmClient, events: Events) -> None:
    ok(client.resume().result(LIMIT))
    events.frame(lambda frame: frame.guest_seconds >= 3)
    frames = [event.frame for event in events.heard if isinstance(event, FrameMessage)]
    seconds = [frame.guest_seconds for frame in frames if not frame.paused]
    assert seconds[:3] == [1.0, 2.0, 3.0]


def test_a_paced_machine_shows_its_first_frame_before_a_second_is_over(events: Events) -> None:
    vm = VmProcess.start(power=PowerOn(cold=False), paced=True, paused=True)
    try:
        with vm.connect(events) as client:
            loads = [client.load(f"{name}.vp", COUNT) for name in ("one", "two")]
            for reply in (*loads, client.resume()):
                ok(reply.result(LIMIT))
            first = events.frame()
            second = events.frame(lambda frame: frame.tsc > first.tsc)
            ok(client.pause().result(LIMIT))
            ok(client.clear_aggregates().result(LIMIT))
            stopped = events.frame(lambda frame: frame.paused)
    finally:
        vm.stop()
    assert not first.paused
    assert stopped.behind_seconds == 0
    assert [script.name for script in first.scripts] == ["one.vp", "two.vp"]
    assert FIRST_LOOK <= first.guest_seconds - BUNDLED_BOOT_SECONDS < 1
    assert second.guest_seconds == BUNDLED_BOOT_SECONDS + 1


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
    assert ok(client.switch_probe("two.vp", 0, on=False).result(LIMIT)).message.endswith(" is off")
    events.frame(lambda frame: [script.probes[0].off for script in frame.scripts] == [False, True])
    assert not client.switch_probe("two.vp", 9, on=False).result(LIMIT).ok
    ok(client.unload("one.vp").result(LIMIT))
    assert ok(client.reset().result(LIMIT)).message == "unloaded 1 script"
    events.frame(lambda frame: frame.scripts == ())


def test_requests_are_answered_in_their_order_though_scripts_take_time(client: VmClient) -> None:
    ok(client.resume().result(LIMIT))
    asked = [
        client.load("one.vp", COUNT),
        client.load("one.vp", COUNT),
        client.unload("one.vp"),
        client.load("one.vp", BAD),
        client.load("two.vp", COUNT),
        client.reset(),
    ]
    replies = [one.result(LIMIT) for one in asked]
    assert [reply.ok for reply in replies] == [True, False, True, False, True, True]
    assert replies[-1].message == "unloaded 1 script"


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


def test_a_replay_stays_where_the_recording_ends_and_can_go_on_from_there(tmp_path: Path, events: Events) -> None:
    path = str(tmp_path / "run.inputs")
    with VirtualMachine.power_on(PowerOn(record=path, cold=False)) as machine:
        machine.run(1.37)
        end = machine.ticks
    vm = VmProcess.start(power=PowerOn(replay=path), paced=False)
    try:
        with vm.connect(events) as client:
            last = events.frame(lambda frame: frame.paused)
            assert last.tsc == end
            told = events.wait(Notice, lambda notice: "recording" in notice.message)
            assert told.message == f"the recording ends here, at {end / last.tsc_hz:.1f} s: paused"
            ok(client.resume().result(LIMIT))
            events.frame(lambda frame: frame.tsc > end + frame.tsc_hz)
            ok(client.keys("x").result(LIMIT))
    finally:
        vm.stop()


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


def test_what_the_console_answers_to_keys_comes_before_its_frame(client: VmClient, events: Events) -> None:
    ok(client.resume().result(LIMIT))
    events.frame(lambda frame: "# " in frame.console)
    ok(client.keys("uptime<enter>").result(LIMIT))
    answered = events.frame(lambda frame: "uptime" in frame.console)
    frames = [event.frame for event in events.heard if isinstance(event, FrameMessage)]
    before = max(frame.tsc for frame in frames if frame.tsc < answered.tsc)
    written = [event for event in events.heard if isinstance(event, Written) and event.since == before]
    assert [event.at for event in written] == [sum(len(one.text) for one in written[:n]) for n in range(len(written))]
    assert "uptime" in "".join(event.text for event in written)
    assert answered.console.startswith("".join(event.text for event in written))


def test_memory_is_read_as_a_virtual_cpu_sees_it(client: VmClient, events: Events) -> None:
    ok(client.resume().result(LIMIT))
    events.frame(lambda frame: frame.guest_seconds >= 1)
    ok(client.pause().result(LIMIT))
    rip = events.frame(lambda frame: frame.paused and frame.guest_seconds >= 1).vcpus[0].rip
    code = ok(client.peek(rip, 16).result(LIMIT)).data
    assert len(code) == 16
    assert any(code)
    assert code[8:] == ok(client.peek(rip + 8, 8, cpu=99).result(LIMIT)).data
    assert ok(client.peek(1 << 46, 16).result(LIMIT)).data == b""
    assert len(ok(client.peek(rip, PEEK_BYTES * 2).result(LIMIT)).data) <= PEEK_BYTES
