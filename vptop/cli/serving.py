# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop serve`: the dashboard in a browser."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence

from engine.errors import InputError
from vptop.cli import console


class ServeError(InputError):
    """The dashboard cannot be served here. Install what the message names, or choose another address or port."""


def serve(arguments: Sequence[str], *, host: str, port: int, url: str) -> int:
    """Serve the dashboard until interrupted. Returns the exit status.

    Args:
        arguments: those of `vptop` for each visitor.
        host: address to listen on.
        port: port to listen on.
        url: address at which browsers reach it; empty: made of host and port.

    Raises:
        ServeError: textual-serve is not installed, or the address or the port cannot be had.
    """
    try:
        from vptop.cli.web_server import DashboardServer, is_loopback
    except ImportError as error:
        raise ServeError(f"vptop serve needs textual-serve (pip install 'vptop[web]'): {error}") from error
    if not is_loopback(host):
        console.warn(
            f"whoever reaches {host} can use the dashboard, which writes files as you can; there is no password"
        )
    command = shlex.join([sys.executable, "-m", "vptop", *arguments])
    name = f"[{host}]" if ":" in host else host
    try:
        DashboardServer(command, host, port, url or f"http://{name}:{port}").serve()
    except OSError as error:
        number = error.errno or 0  # negative: of getaddrinfo
        reason = os.strerror(number) if number > 0 else error.strerror
        raise ServeError(f"cannot listen on {name}:{port}: {reason}; choose others with --host and --port") from error
    return 0
