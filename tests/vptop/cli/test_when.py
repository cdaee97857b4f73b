# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop when`, run as a person runs it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
from concurrent.futures import Future
from pathlib import Path
from typing import Self

import pytest

from engine import VirtualMachine
from engine.guest.bundled import DISK_IMAGE
from engine.vm import running
from engine.vm.client import OnEvent, Question
from engine.vm.options import PowerOn
from engine.vm.past.messages import Moment, Progress
from engine.vm.protocol import PROTOCOL, Hello, Reply
from tests.vptop.cli.conftest import LIMIT, Command, command_line, environment
from tests.vptop.cli.shell import Shell, install
from vptop.cli import when as searching
from vptop.cli.new import create

SCRIPT = '(vprobe Guest_IRQ (cond ((== ARG0 46) (printf "%d %d\\n" TSC BRCNT))))'
CONDITION = ("when", "(== ARG0 46)", "--at", "Guest_IRQ")


def test_events_of_a_run_are_those_that_a_script_prints(vptop: Command) -> None:
    out: list[bytes] = []
    with VirtualMachine.power_on(PowerOn(cold=False, seed=4), out.append) as vm:
        vm.load(SCRIPT)
        vm.run(2)
    expected = [(int(tick), int(block)) for tick, block in (line.split() for line in b"".join(out).splitlines())]
    done = vptop(*CONDITION, "--seconds", "2", "--seed", "4", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(moment["tick"], moment["block"]) for moment in found] == expected
    assert len(expected) > 3
    first, *lines = vptop(*CONDITION, "--seconds", "2", "--seed", "4").stdout.splitlines()
    assert first.startswith(f"held {len(expected)} times from 1.000 to 3.000 s")
    assert [int(line.split()[3]) for line in lines] == [block for _, block in expected]


def test_a_recording_is_searched(vptop: Command, tmp_path: Path) -> None:
    file = tmp_path / "input"
    with VirtualMachine.power_on(PowerOn(record=str(file))) as vm:
        vm.run(1)
        vm.type("x")
        vm.run(1)
    done = vptop("when", "(== ARG0 0x3f8)", "--at", "In", "--replay", str(file))
    assert done.returncode == 0
    assert re.match(r"held (once|\d+ times) from 0\.000 to 2\.000 s", done.stdout)
    assert float(done.stdout.splitlines()[1].split()[0]) >= 1  # what was typed is read


def test_what_never_held_is_status_1_and_what_does_not_compile_is_2(vptop: Command) -> None:
    never = vptop("when", "(== 1 2)", "--seconds", "0.1")
    assert (never.returncode, never.stdout.split(" from ")[0]) == (1, "held never")
    wrong = vptop("when", "(== RIPP 2)", "--seconds", "0.1")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "condition:1:5: error" in wrong.stderr


def test_the_past_of_a_running_machine_is_searched(tmp_path: Path) -> None:
    install(tmp_path / "bin")
    (tmp_path / "run").mkdir(mode=0o700)
    shell = Shell(tmp_path)
    create(shell.folder / "vm")
    shutil.copy(DISK_IMAGE, tmp_path / "vm" / "disk.img")
    with (tmp_path / "vm" / "vm.vmx").open("a") as vmx:
        vmx.write('ide0:0.fileName = "disk.img"\n')
    shell.ok("vmrun start vm/vm.vmx nogui")
    try:
        shell.ok("vprobe -d 0.5 -c 'VMM10Hz { }' vm/vm.vmx")  # until some time has passed
        first, line = shell.ok("vptop when '(> BRCNT 0)' vm/vm.vmx").splitlines()
        assert first.startswith("held once from ")
        assert " block " in line
        first = shell.ok("vptop when 1 --at Disk_IOFinish vm/vm.vmx").splitlines()[0]
        assert re.match(r"held \d+ times from 0\.000 to", first)  # what ran again has read the file
        wrong = shell("vptop when '(> BRCN 0)' vm/vm.vmx")
        assert (wrong.returncode, "condition:1:4: error" in wrong.stderr) == (2, True)
    finally:
        shell("vmrun stop vm/vm.vmx hard")


def test_a_terminal_shows_progress_and_ctrl_c_ends_the_search_with_what_was_found() -> None:
    terminal, theirs = pty.openpty()
    command = command_line("vptop", "when", "(> TSC 0)", "--seconds", "1000000")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment())
    os.close(theirs)
    shown = b""
    while b", 1 moment;" not in shown:
        shown += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=LIMIT)
    shown += _rest(terminal)
    assert process.returncode == searching.INTERRUPTED
    assert re.match(rb"held once from 1\.000 to [0-9.]+ s\n +1\.\d+ s  block \d+\n$", out)
    assert re.search(rb"searching: [0-9.]+ of 1000000\.0 s, 1 moment; Ctrl\+C ends the search", shown)
    assert re.search(rb"\r\x1b\[Kvptop: interrupted: searched from 1\.000 to [0-9.]+ s\r\n$", shown)


def _rest(terminal: int) -> bytes:
    shown = b""
    try:
        while data := os.read(terminal, 4096):
            shown += data
    except OSError:  # EIO: the other end is closed (pty(7))
        pass
    os.close(terminal)
    return shown


class _Searching:
    """A VM process that finds a moment, and goes on searching until it is told to end."""

    hello = Hello(PROTOCOL, "guest", 1, 0, 1000, "", {})

    def __init__(self, _path: Path, on_event: OnEvent) -> None:
        self._on_event = on_event
        self.reply: Future[Reply] = Future()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.reply.done()

    def when(self, _condition: str, _at: str) -> Question:
        self._on_event(Progress(1, 4.0, 2.0, 9.0, (Moment(2500, 7),)))
        os.kill(os.getpid(), signal.SIGINT)
        return Question(1, self.reply)

    def cancel(self, _question: Question) -> Future[Reply]:
        self.reply.set_result(Reply(1, ok=False, message="cancelled"))
        return self.reply


def test_the_search_of_a_running_machine_is_cancelled_by_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "is_running", lambda _: True)
    monkeypatch.setattr(searching, "VmClient", _Searching)
    status = searching.when("1", "", PowerOn(), Path("vm.vmx"), seconds=1, as_json=False)
    assert status == searching.INTERRUPTED
    out, err = capsys.readouterr()
    assert out == "held once from 2.000 to 4.000 s\n     2.500000000 s  block 7\n"
    assert err == "vptop: interrupted: searched from 2.000 to 4.000 s\n"
