# SPDX-License-Identifier: GPL-2.0-or-later
"""The web server of `vptop serve`: that of textual-serve, which takes requests of its own pages alone.

Any page in a browser may open a WebSocket to this computer, and the dashboard can write files. So the origin that the
browser states must be this server's (RFC 6455, section 10.2), and so must the host that it asked for: another name
with this address is an attack by DNS rebinding.
"""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server

_PAGE = Path(__file__).parent / "page"
"""The page with the terminal, in the place of that of textual-serve, which asks other hosts for its font."""
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether only programs of this computer reach that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def own_origins(url: str) -> frozenset[str]:
    """The origins (scheme, host and port) of pages that a server at that address has sent."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    names = _LOOPBACK_NAMES if is_loopback(host) else (f"[{host}]" if ":" in host else host,)
    port = f":{parts.port}" if parts.port else ""
    return frozenset(f"{parts.scheme}://{name}{port}" for name in names)


class DashboardServer(Server):
    """Runs a command for each visitor and shows its dashboard in the browser."""

    def __init__(self, command: str, host: str, port: int, url: str) -> None:
        """Listen nowhere yet.

        Args:
            command: shell command that runs the dashboard.
            host: address to listen on.
            port: port to listen on.
            url: address at which browsers reach it.
        """
        super().__init__(command, host, port, title="vptop", public_url=url, templates_path=_PAGE)
        self._origins = own_origins(url)
        self._hosts = {urlsplit(origin).netloc for origin in self._origins}

    async def _make_app(self) -> web.Application:
        made = await super()._make_app()
        made.middlewares.append(self._guard())
        return made

    def _guard(self) -> Middleware:
        """Refuses requests of foreign pages and for other hosts."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            if request.host not in self._hosts or (origin is not None and origin not in self._origins):
                raise web.HTTPForbidden(text="refused: the request does not come from a page of this server\n")
            return await handler(request)

        return guard

    async def on_startup(self, app: web.Application) -> None:
        """Say where it is."""
        del app
        sys.stdout.write(f"vptop: serving {self.public_url}; each visitor gets a machine of their own; Ctrl+C ends\n")
        sys.stdout.flush()
