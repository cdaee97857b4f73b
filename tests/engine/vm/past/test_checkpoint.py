# SPDX-License-Identifier: GPL-2.0-or-later
"""Sleeping copies of a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.vm.past.checkpoint import Checkpoint, scout, sleep, spawn
from engine.vm.past.priority import NICENESS

LIMIT = 30


def _say(connection: socket.socket, text: str) -> None:
    connection.sendall(text.encode())


def _all(connection: socket.socket) -> str:
    with connection:
        return b"".join(iter(lambda: connection.recv(100), b"")).decode()


def _exists(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def _wait_until_gone(pid: int) -> None:
    end = time.monotonic() + LIMIT
    while _exists(pid):
        assert time.monotonic() < end, f"process {pid} still runs"
        time.sleep(0.01)


def test_a_copy_keeps_its_moment_and_can_be_woken_again() -> None:
    now = ["then"]
    checkpoint = Checkpoint.take(lambda connection: _say(connection, now[0]))
    now[0] = "later"
    assert [_all(checkpoint.wake()), _all(checkpoint.wake())] == ["then", "then"]
    checkpoint.drop()
    assert checkpoint.pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(checkpoint.pid, 0)


def test_a_checkpoint_that_was_killed_has_ended() -> None:
    checkpoint = Checkpoint.take(lambda connection: _say(connection, "here"))
    pid = checkpoint.pid
    assert pid is not None
    assert not checkpoint.has_ended()
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + LIMIT
    while not checkpoint.has_ended():
        assert time.monotonic() < end
        time.sleep(0.01)
    with pytest.raises(OSError, match="Broken pipe"):
        checkpoint.wake()
    checkpoint.drop()
    assert checkpoint.has_ended()


def test_what_is_done_aside_is_reported_once() -> None:
    checkpoint = Checkpoint.take(lambda _: None, lambda: b"%d" % os.nice(0))
    end = time.monotonic() + LIMIT
    while not (found := checkpoint.report()):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert (int(found), checkpoint.report()) == (os.nice(0) + NICENESS, b"")
    checkpoint.drop()


def test_a_connection_is_handed_over() -> None:
    checkpoint = Checkpoint.take(lambda connection: _say(connection, "here"))
    ours, theirs = socket.socketpair()
    checkpoint.hand_over(theirs)
    theirs.close()
    assert _all(ours) == "here"
    checkpoint.drop()


def test_a_copy_that_another_process_made_ends_with_its_control() -> None:
    ours, theirs = socket.socketpair()
    pid = spawn(lambda: sleep(theirs, lambda connection: _say(connection, "there")), theirs, ours)
    checkpoint = Checkpoint(None, ours)
    assert _all(checkpoint.wake()) == "there"
    checkpoint.drop()
    assert os.waitpid(pid, 0) == (pid, 0)


def test_a_woken_copy_has_no_connection_of_its_parent() -> None:
    ours, theirs = socket.socketpair()
    checkpoint = Checkpoint.take(lambda connection: _say(connection, f"{_open(ours)} {_open(theirs)}"))
    assert _all(checkpoint.wake()) == "False False"
    theirs.close()
    assert ours.recv(1) == b""  # no copy holds the other end
    ours.close()
    checkpoint.drop()


def _open(connection: socket.socket) -> bool:
    try:
        return connection.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM
    except OSError:
        return False


def test_copies_end_with_their_parent() -> None:
    program = (
        "import os, signal\n"
        "from engine.vm.past.checkpoint import Checkpoint\n"
        "checkpoint = Checkpoint.take(lambda connection: connection.recv(1))\n"
        "awake = checkpoint.wake()\n"
        "print(checkpoint.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=False, timeout=LIMIT)
    assert done.returncode < 0
    _wait_until_gone(int(done.stdout))


def test_a_woken_copy_leaves_no_connection_open_when_it_ends() -> None:
    program = (
        "from engine.vm.past.checkpoint import Checkpoint\n"
        "checkpoint = Checkpoint.take(lambda connection: connection.sendall(b'awake'))\n"
        "with checkpoint.wake() as awake:\n"
        "    while awake.recv(9): pass\n"
        "checkpoint.drop()\n"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, check=False, timeout=LIMIT)
    assert (done.returncode, done.stderr) == (0, b"")  # Python reports a socket that is not closed


def test_a_scout_answers_and_changes_nothing_here() -> None:
    seen: list[int] = []

    def measure() -> bytes:
        seen.append(1)
        return f"{len(seen)}".encode()

    assert scout(measure) == b"1"
    assert seen == []


def test_a_copy_keeps_the_files_that_are_only_read(tmp_path: Path) -> None:
    path = tmp_path / "disk.img"
    path.write_bytes(b"sectors")
    with path.open("rb") as disk, path.open("ab") as written:

        def measure() -> bytes:
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(written.fileno())
            return os.pread(disk.fileno(), 4, 3)

        assert scout(measure) == b"tors"


def test_a_scout_that_fails_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    def measure() -> bytes:
        raise ValueError("lost")

    with pytest.raises(ChildProcessError):
        scout(measure)
    assert "lost" in capfd.readouterr().err


def test_a_copy_keeps_files_that_are_only_read_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "disk").write_bytes(b"sector")
    read = os.open(tmp_path / "disk", os.O_RDONLY)
    written = os.open(tmp_path / "log", os.O_CREAT | os.O_WRONLY)
    ours, theirs = socket.socketpair()

    def measure() -> bytes:
        closed = []
        for name, descriptor in (("read", read), ("written", written), ("connection", ours.fileno())):
            try:
                os.fstat(descriptor)
            except OSError:
                closed.append(name)
        return os.pread(read, 6, 0) + b": " + " ".join(closed).encode()

    try:
        assert scout(measure) == b"sector: written connection"
    finally:
        ours.close()
        theirs.close()
        os.close(read)
        os.close(written)


def test_a_scout_is_ended_when_its_answer_is_not_wanted_any_more() -> None:
    def measure() -> bytes:
        signal.pause()
        return b""

    def watch() -> None:
        raise InterruptedError("not wanted")

    with pytest.raises(InterruptedError):  # and it has been waited for
        scout(measure, watch)
