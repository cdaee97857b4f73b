# SPDX-License-Identifier: GPL-2.0-or-later
"""The VM process: `python -m engine.vm (--directory D | --vmx FILE) [--power JSON]`; `--help` lists its options."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.core.binding import keep_memory
from engine.errors import VptopError
from engine.vm import running, states, vmware_log
from engine.vm.configuration import read_vmx
from engine.vm.options import PowerOn
from engine.vm.output import OutputFile
from engine.vm.process import FROM_INPUT, OUTPUT, PID, READY, SOCKET
from engine.vm.running import AlreadyRunningError
from engine.vm.script_text import read_script, script_name
from engine.vm.server import Server
from engine.vm.virtual_machine import VirtualMachine

_SERIAL_LOST = "serial output is not written until the next script is loaded"


@dataclass(frozen=True, slots=True)
class Home:
    """Where a VM process has its files, and the machine it runs."""

    directory: Path
    socket: Path
    output: Path
    power: PowerOn
    vmx: Path | None = None
    serial: Path | None = None
    script: Path | None = None


def main() -> int:
    """Serve a machine until a client quits it, until SIGTERM or SIGINT, or until its owner exits."""
    options = _arguments().parse_args()
    if options.detach and os.fork():
        os._exit(0)  # the child continues as a daemon
    try:
        with _home(options) as home:
            _serve(options, home)
    except VptopError as error:
        _report(options.ready_fd, str(error))
        sys.exit(str(error))
    return 0


@contextmanager
def _home(options: argparse.Namespace) -> Iterator[Home]:
    """The process's place: a directory of its own, or that of a .vmx file, which then counts as running."""
    if options.vmx is None:
        (options.directory / PID).write_text(f"{os.getpid()}\n", encoding="ascii")
        power = _power(options.power or "{}")
        yield Home(options.directory, options.directory / SOCKET, options.directory / OUTPUT, power)
        return
    configuration = read_vmx(options.vmx)
    vmx = configuration.path
    if running.is_running(vmx):
        raise AlreadyRunningError(f"{vmx}: the virtual machine is already running")
    power = _power(options.power) if options.power else configuration.power
    resume = str(states.suspended(vmx) or "")
    power = msgspec.structs.replace(power, refusal=configuration.refusal, resume=resume)
    vmware_log.write(vmx, configuration.warnings)
    running.register(vmx)
    try:
        place = vmx.parent, running.socket_of(vmx), configuration.output
        yield Home(*place, power, vmx, configuration.serial, configuration.script)
    finally:
        running.forget(vmx)


def _power(text: str) -> PowerOn:
    """A configuration as JSON; one on standard input ends with its line.

    Raises:
        SystemExit: standard input was closed instead: there will be no machine.
    """
    if text == FROM_INPUT:
        text = sys.stdin.readline()
        if not text:
            sys.exit()
    return msgspec.json.decode(text, type=PowerOn)


def _serve(options: argparse.Namespace, home: Home) -> None:
    keep_memory()
    output = OutputFile(home.output)
    serial = OutputFile(home.serial, _SERIAL_LOST) if home.serial else None
    with _listen(home.socket) as listener, VirtualMachine.power_on(home.power, output.write) as vm:
        try:
            if serial is not None:
                vm.log_console(serial.write)
            if home.vmx is not None:
                states.forget_suspended(home.vmx)
            if home.script is not None:
                source = read_script(home.script)
                vm.load(source, script_name(home.script, source))
            server = Server(
                vm,
                listener,
                home.directory,
                [one for one in (output, serial) if one is not None],
                paced=options.paced,
                paused=options.paused,
                end_at_power_off=home.vmx is not None,
            )
            server.end_on_signals([signal.SIGTERM] if options.owned else [signal.SIGTERM, signal.SIGINT])
            if options.owned:
                server.end_with(sys.stdin.buffer)
            _report(options.ready_fd, READY)
            server.serve()
        finally:
            home.socket.unlink(missing_ok=True)
            output.close()
            if serial is not None:
                serial.close()


def _listen(path: Path) -> socket.socket:
    """A listening socket that only its owner can use; one left by a VM that was killed is replaced.

    Raises:
        AlreadyRunningError: another process listens there.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            pass
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise AlreadyRunningError(f"{path.parent}: in use by another virtual machine")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(mask)
    listener.listen()
    return listener


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.vm", description=__doc__)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--directory", type=Path, help="directory of the VM")
    place.add_argument("--vmx", type=Path, help="configuration file of the VM, in its directory")
    parser.add_argument(
        "--power",
        help="configuration, as JSON (engine.vm.options.PowerOn), in the place of the file's; - reads a line of "
        "standard input",
    )
    parser.add_argument("--paced", action="store_true", help="one guest second per wall second")
    parser.add_argument("--paused", action="store_true", help="start paused, until a client resumes the guest")
    parser.add_argument("--owned", action="store_true", help="end when standard input closes")
    parser.add_argument("--detach", action="store_true", help="run in the background")
    parser.add_argument("--ready-fd", type=int, default=-1, help=f"write `{READY}` there once the socket listens")
    return parser


def _report(descriptor: int, message: str) -> None:
    """Report to the parent process: READY, or why not."""
    if descriptor >= 0:
        os.write(descriptor, message.encode())
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
