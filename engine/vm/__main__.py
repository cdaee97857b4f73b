# SPDX-License-Identifier: GPL-2.0-or-later
"""The VM process: `python -m engine.vm --directory D [--paced] [--paused] [--power JSON]`."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

import msgspec

from engine.core.binding import keep_memory
from engine.errors import VptopError
from engine.vm.options import PowerOn
from engine.vm.output import OutputFile
from engine.vm.process import OUTPUT, SOCKET
from engine.vm.server import Server
from engine.vm.virtual_machine import VirtualMachine


def main() -> int:
    """Serve the bundled guest until told to quit, until SIGTERM or SIGINT, or until the owner is gone."""
    options = _arguments().parse_args()
    try:
        return _serve(options)
    except VptopError as error:
        sys.exit(str(error))


def _serve(options: argparse.Namespace) -> int:
    keep_memory()
    output = OutputFile(options.directory / OUTPUT)
    with (
        _listen(options.directory / SOCKET) as listener,
        VirtualMachine.power_on(msgspec.json.decode(options.power, type=PowerOn), output.write) as vm,
    ):
        try:
            server = Server(vm, listener, options.directory, output, paced=options.paced, paused=options.paused)
            server.end_on_signals([signal.SIGTERM] if options.owned else [signal.SIGTERM, signal.SIGINT])
            if options.owned:
                server.end_with(sys.stdin.buffer)
            _report_ready(options.ready_fd)
            server.serve()
        finally:
            (options.directory / SOCKET).unlink(missing_ok=True)
            output.close()
    return 0


def _listen(path: Path) -> socket.socket:
    """A listening socket; one left by a VM that was killed is replaced, one in use is an error."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            pass
        except ConnectionRefusedError:
            path.unlink()
        else:
            sys.exit(f"{path.parent}: in use by another virtual machine")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    return listener


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.vm", description=__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="directory of the VM")
    parser.add_argument("--power", default="{}", help="configuration, as JSON (engine.vm.options.PowerOn)")
    parser.add_argument("--paced", action="store_true", help="one guest second per wall second")
    parser.add_argument("--paused", action="store_true", help="guest time stands until a client resumes it")
    parser.add_argument("--owned", action="store_true", help="end when standard input closes")
    parser.add_argument("--ready-fd", type=int, default=-1, help="write `ready` there once the socket listens")
    return parser


def _report_ready(descriptor: int) -> None:
    if descriptor >= 0:
        os.write(descriptor, b"ready\n")
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
