# SPDX-License-Identifier: GPL-2.0-or-later
"""Start and end a VM process of our own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec

from engine.errors import VptopError
from engine.vm import running
from engine.vm.options import PowerOn

if TYPE_CHECKING:
    from engine.vm.client import OnEvent, VmClient

SOCKET = "control"
READY = "ready"
"""What a VM process writes when its socket listens; anything else there says why it does not."""
OUTPUT = "vprobe.out"
LOG = "vm.log"
PID = "pid"
"""File with the id of the VM process in a private directory."""
_PREFIX = "vptop-"
FROM_INPUT = "-"
"""In the place of a configuration: it comes as a line on standard input."""
SUN_PATH = 104
"""Bytes of a Unix socket's path with its NUL, on the strictest platform (unix(4) of macOS; Linux has 108)."""
POLITE_SECONDS = 5.0
"""How long a VM process may take to end before it is killed."""
LAST_LINES = 12

# The child finds this very engine, also from a source tree, and never a directory called engine that happens to be
# the current one (-P).
BOOTSTRAP = "import sys; sys.path.append(sys.argv.pop(1)); from engine.vm.__main__ import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Gone:
    """How a VM process ended, in words, and the last lines it wrote to standard error."""

    message: str
    stderr: str = ""


class StartError(VptopError):
    """The VM process did not start; the message holds what it wrote. Correct the cause and start it again."""


class VmProcess:
    """A VM process started by us. It ends when we do: its standard input is a pipe that we hold.

    Use `start`; then `connect`; `stop` in the end (also safe after it died, and twice).
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        ready: int,
        directory: Path,
        *,
        temporary: bool,
        socket: Path | None = None,
    ) -> None:
        self._process = process
        self._ready = ready
        """the end of a pipe that says when it listens"""
        self._temporary = temporary
        self.socket = socket or directory / SOCKET
        """Path of the control socket."""
        self.directory = directory
        """Holds the control socket, vprobe.out, and vm.log (the process's standard error)."""

    @classmethod
    def start(
        cls,
        *,
        power: PowerOn = PowerOn(),
        paced: bool = True,
        paused: bool = False,
        directory: Path | None = None,
        vmx: Path | None = None,
    ) -> VmProcess:
        """Power on a machine in a process of its own and wait until its socket listens.

        Args:
            power: the machine's configuration.
            paced: one guest second per wall second; otherwise as fast as possible.
            paused: start paused until `VmClient.resume`, so that scripts see the boot.
            directory: of the VM; by default a new private one, deleted by `stop`.
            vmx: the VM's .vmx file instead of a directory: the VM then counts as running, and vmrun can talk to it.

        Raises:
            StartError: it ended before it listened.
        """
        if _prepared and (paced, paused) == _prepared[0].pace and directory is None and vmx is None:
            vm = _prepared.pop().process
        else:
            vm = cls.begin(paced=paced, paused=paused, directory=directory, vmx=vmx)
        if not vm.power_on(power):
            gone = vm.post_mortem()
            vm.stop()
            raise StartError(f"{gone.message}\n{gone.stderr}".strip())
        return vm

    @classmethod
    def begin(cls, *, paced: bool, paused: bool, directory: Path | None = None, vmx: Path | None = None) -> VmProcess:
        """A process that waits for the configuration of its machine."""
        home = directory or (vmx.absolute().parent if vmx else _private_directory())
        home.mkdir(parents=True, exist_ok=True)
        flags = ["--power", FROM_INPUT] + ["--paced"] * paced + ["--paused"] * paused
        place = ["--vmx", str(vmx)] if vmx else ["--directory", str(home)]
        ready, report = os.pipe()
        try:
            with (home / LOG).open("ab") as log:
                process = _spawn([*place, "--owned", *flags], report, log, subprocess.PIPE)
        except OSError as error:
            os.close(ready)
            raise StartError(f"cannot start a VM process: {error}") from error
        finally:
            os.close(report)
        socket = running.socket_of(vmx) if vmx else None
        return cls(process, ready, home, temporary=directory is None and vmx is None, socket=socket)

    def power_on(self, power: PowerOn) -> bool:
        """Send the configuration, and wait until the process listens at its socket, or has ended."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(BrokenPipeError):  # it has ended: there is no answer either
            self._process.stdin.write(msgspec.json.encode(power) + b"\n")
            self._process.stdin.flush()
        with os.fdopen(self._ready, "rb") as answer:
            self._ready = -1
            return answer.read() == READY.encode()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def output(self) -> Path:
        """Path of vprobe.out."""
        return self.directory / OUTPUT

    def connect(self, on_event: OnEvent) -> VmClient:
        """A client of this VM; its `Gone` event says how the process ended."""
        from engine.vm.client import VmClient

        return VmClient(self.socket, on_event, self.post_mortem)

    def post_mortem(self) -> Gone:
        """How the process ended. Waits a little for it to have ended."""
        try:
            status = self._process.wait(POLITE_SECONDS)
        except subprocess.TimeoutExpired:
            return Gone("the VM process closed the connection but still runs", self._last_lines())
        return Gone(_in_words(status), self._last_lines())

    def stop(self) -> None:
        """End the process, by SIGKILL if it does not exit in time, and delete its directory if it is a private one."""
        if self._process.stdin and not self._process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(POLITE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)  # its copies, of which stopped ones do not see that it ended
        with contextlib.suppress(OSError):
            self.socket.unlink(missing_ok=True)
        if self._temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def abandon(self) -> None:
        """End a process that has no machine yet, at once."""
        self._process.kill()
        os.close(self._ready)
        self.stop()

    def _last_lines(self) -> str:
        with contextlib.suppress(OSError):
            return "\n".join((self.directory / LOG).read_text("utf-8", "replace").splitlines()[-LAST_LINES:])
        return ""


class _Prepared(NamedTuple):
    process: VmProcess
    pace: tuple[bool, bool]
    """paced, and paused at first"""


_prepared: list[_Prepared] = []
"""The process for the next machine, if one was prepared."""


def prepare(*, paced: bool, paused: bool) -> None:
    """Start a process for the next machine that `VmProcess.start` powers on in a private directory.

    It imports the engine while its configuration is still unknown.
    """
    with contextlib.suppress(StartError):  # whoever powers on is told
        _prepared.append(_Prepared(VmProcess.begin(paced=paced, paused=paused), (paced, paused)))


def abandon_prepared() -> None:
    """End a prepared process of which no machine was made."""
    while _prepared:
        _prepared.pop().process.abandon()


def start_vmx(vmx: Path, *, paced: bool = True) -> None:
    """Power on the VM of a .vmx file in a process that outlives this one, and wait until it can be talked to.

    Raises:
        StartError: it did not start; the message says why.
    """
    flags = ["--vmx", str(vmx), "--detach"] + ["--paced"] * paced
    ready, report = os.pipe()
    try:
        process = _spawn(flags, report, subprocess.DEVNULL, subprocess.DEVNULL)
    except OSError as error:
        os.close(ready)
        raise StartError(f"cannot start a VM process: {error}") from error
    finally:
        os.close(report)
    with os.fdopen(ready, "rb") as answer:
        told = answer.read().decode("utf-8", "replace")
    process.wait()
    if told != READY:
        raise StartError(told or "the VM process ended before it was ready")


def _spawn(arguments: list[str], report: int, log: BinaryIO | int, stdin: int) -> subprocess.Popen[bytes]:
    """A VM process that writes to `report` when it is ready. Ctrl-C in the terminal does not reach it."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", BOOTSTRAP, str(Path(__file__).parents[2]), "--ready-fd", str(report), *arguments],
        stdin=stdin,
        stdout=log,
        stderr=log,
        pass_fds=[report],
        start_new_session=True,
    )


def remove_stale(base: Path) -> None:
    """Remove private directories of VM processes that no longer exist, such as those of a killed dashboard."""
    for path in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            if path.stat().st_uid == os.getuid() and not _exists(int((path / PID).read_text("ascii"))):
                shutil.rmtree(path, ignore_errors=True)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _private_directory() -> Path:
    """A new private directory for a VM, with a path short enough for a socket in it."""
    for base in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp is private
        room = SUN_PATH - len("/vptop-XXXXXXXX/") - len(SOCKET) - 1
        if base and len(os.fsencode(base)) <= room and os.access(base, os.W_OK):
            remove_stale(Path(base))
            return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
    raise StartError("no writable directory with a short enough path for a socket; set XDG_RUNTIME_DIR")


def _in_words(status: int) -> str:
    """An exit status of a child as a sentence."""
    if status >= 0:
        return f"the VM process ended with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"the VM process was ended by {name}"
