# SPDX-License-Identifier: GPL-2.0-or-later
"""A forked copy of this process that sleeps at its moment until it is woken (fork(2), unix(7))."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import select
import signal
import socket
import stat
import traceback
import warnings
from collections.abc import Callable, Generator, Iterable
from typing import NoReturn

from engine.vm.past import priority

FIRST_TO_KILL = b"1000"
"""oom_score_adj of copies: the kernel ends them first when memory runs out (proc_pid_oom_score_adj(5))."""
Serve = Callable[[socket.socket], None]
"""What a woken copy does with its connection."""
Watch = Callable[[], object]
"""Looks whether an answer is still wanted, and raises when it is not."""
WATCH = 0.2
"""Seconds between two looks."""


def is_supported() -> bool:
    """Whether this platform can fork and pass file descriptors."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


class Checkpoint:
    """The sleeping copy, as a process sees it that can wake it."""

    def __init__(self, pid: int | None, control: socket.socket) -> None:
        """Use `take`; `pid` is None for a copy that another process made, which ends when its control is closed."""
        self.pid = pid
        self._control = control
        self._ended = False

    @classmethod
    def take(cls, serve: Serve, aside: Callable[[], bytes] | None = None) -> Checkpoint:
        """Fork. The copy sleeps; copies of it call `serve`, each with a connection.

        Args:
            serve: what they do.
            aside: what one more copy does meanwhile at a lower priority, for `report`.

        Raises:
            OSError: no process can be made.
        """
        ours, theirs = socket.socketpair()

        def act() -> None:
            if aside is not None:
                _do_aside(aside, theirs)
            sleep(theirs, serve)

        pid = spawn(act, theirs, ours)
        return cls(pid, ours)

    def wake(self) -> socket.socket:
        """Let a copy of the copy go on; returns the connection to it. The checkpoint itself sleeps on.

        Raises:
            OSError: the copy is gone.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self.hand_over(theirs)
            except OSError:
                ours.close()
                raise
        return ours

    def hand_over(self, connection: socket.socket) -> None:
        """Let a copy of the copy go on with this connection, which is to be closed here.

        Raises:
            OSError: the copy is gone.
        """
        socket.send_fds(self._control, [b"\0"], [connection.fileno()])

    def report(self) -> bytes:
        """What was done aside; nothing while that is not known, or when it has been asked before."""
        try:
            return self._control.recv(1 << 16, socket.MSG_DONTWAIT)
        except OSError:
            return b""

    def close(self) -> None:
        """Let it end once it has done what it was asked to. Copies that were woken go on."""
        self._control.close()

    def has_ended(self) -> bool:
        """Whether something has ended it, such as the kernel for want of memory."""
        with contextlib.suppress(ChildProcessError):
            if self.pid is not None and os.waitpid(self.pid, os.WNOHANG)[0]:
                self.pid, self._ended = None, True
        return self._ended

    def drop(self) -> None:
        """End it at once. Copies that were woken go on."""
        self.close()
        if self.pid is None:
            return
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)  # it is not waited for yet, so the id is still its own
            os.waitpid(self.pid, 0)


def let_go_on() -> None:
    """Let copies go on that a signal has stopped: one whose connection was closed meanwhile sees that, and ends."""
    with contextlib.suppress(OSError):
        os.killpg(0, signal.SIGCONT)


def spawn(act: Callable[[], object], keep: socket.socket, give_up: socket.socket) -> int:
    """Fork a process that does something and ends; returns its id.

    Args:
        act: what it does.
        keep: the only socket of this process that it keeps; closed here.
        give_up: the other end, closed if no process can be made.

    Raises:
        OSError: no process can be made.
    """
    try:
        with warnings.catch_warnings():
            # Python warns where other threads exist. The copy uses the machine, memory and its socket, and none of
            # the locks that a thread of a client may hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
    except OSError:
        keep.close()
        give_up.close()
        raise
    if pid == 0:
        _end_after(act, keep.fileno())
    keep.close()
    return pid


def scout(measure: Callable[[], bytes], watch: Watch = lambda: None) -> bytes:
    """Do something in a forked copy of this process, which does not come back from it, and get its answer.

    Args:
        measure: what it does.
        watch: called every WATCH seconds meanwhile; when it raises, the copy is ended.

    Raises:
        OSError: no process can be made, or it ended without an answer.
    """
    answer = b"".join(told_by(lambda: (measure(),), watch))
    if not answer:
        raise ChildProcessError("a copy of the machine ended without an answer")
    return answer


def told_by(measure: Callable[[], Iterable[bytes]], watch: Watch) -> Generator[bytes]:
    """As `scout`, with an answer that comes in parts; their borders are not kept. Closing this ends the copy."""
    ours, theirs = socket.socketpair()

    def tell() -> None:
        for part in measure():
            theirs.sendall(part)

    pid = spawn(tell, theirs, ours)
    try:
        with ours:
            while part := _receive(ours, watch):
                yield part
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        raise
    finally:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _receive(connection: socket.socket, watch: Watch) -> bytes:
    while not select.select([connection], [], [], WATCH)[0]:
        watch()
    return connection.recv(1 << 16)


def _end_after(act: Callable[[], object], keep: int) -> NoReturn:
    """The rest of a forked process's life: nothing of its parent's (connections, files, exit handlers) is touched."""
    status = 1
    try:
        _detach(keep)
        act()
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        status = 0  # whoever asked does not want the answer any more
    except BaseException:  # noqa: BLE001 - a forked copy must end here, whatever happened
        with contextlib.suppress(OSError):
            os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        os._exit(status)


def _detach(keep: int) -> None:
    """Close the connections of the parent and the files it writes, and take its signal handlers out.

    Files that are open for reading only stay: the machine reads its disk image where the guest does.
    """
    with contextlib.suppress(ValueError):  # not the main thread
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    for descriptor in map(int, os.listdir("/dev/fd")):  # noqa: PTH208 - a Path of each would dirty pages of every copy
        with contextlib.suppress(OSError):  # the descriptor of the listing itself is closed already
            if descriptor not in (keep, 1, 2) and not _is_only_read(descriptor):
                os.close(descriptor)
    with contextlib.suppress(OSError):
        adjustment = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(adjustment, FIRST_TO_KILL)
        os.close(adjustment)


def _is_only_read(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    reads = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
    return reads and (stat.S_ISREG(mode) or stat.S_ISBLK(mode))


def _do_aside(aside: Callable[[], bytes], control: socket.socket) -> None:
    """Do something in a copy, which sends its result; where no process can be made, there is none."""

    def act() -> None:
        priority.lower()
        own.sendall(aside())

    own = control.dup()
    ignore_children()
    with contextlib.suppress(OSError):
        spawn(act, own, own)


def ignore_children() -> None:
    """From now on, copies of this copy need not be waited for; whatever they fork waits for its own again."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def sleep(control: socket.socket, serve: Serve) -> None:
    """Until the other end is closed, let a copy serve each connection that comes."""
    gc.disable()  # it would write to objects that are shared with the parent
    ignore_children()
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not data:
            return
        connection = socket.socket(fileno=descriptors[0])
        if os.fork() == 0:
            control.close()
            gc.enable()
            with contextlib.suppress(ValueError):
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with connection:
                serve(connection)
            return
        connection.close()
