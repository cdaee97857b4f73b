# SPDX-License-Identifier: GPL-2.0-or-later
"""The web server: its own pages alone."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest
from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer
from textual_serve.app_service import AppService

from vptop.cli.web_server import DashboardServer, is_loopback, own_origins


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("[::1]", True), ("0.0.0.0", False), ("host.lan", False)],
)
def test_loopback_addresses(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_origins_of_its_pages() -> None:
    assert own_origins("http://127.0.0.1:8000") == {
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://[::1]:8000",
    }
    assert own_origins("https://host.lan") == {"https://host.lan"}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 200),
        ("/", {"Origin": "http://localhost:8000"}, 200),
        ("/", {"Host": "evil.example:8000"}, 403),
        ("/ws", {"Origin": "http://evil.example"}, 403),
        ("/ws", {"Origin": "null"}, 403),
    ],
)
def test_foreign_pages_are_refused(path: str, headers: dict[str, str], status: int) -> None:
    async def ask() -> int:
        server = DashboardServer("true", "127.0.0.1", 8000, "http://127.0.0.1:8000")
        async with TestClient(TestServer(await server._make_app())) as client:
            answer = await client.get(path, headers={"Host": "127.0.0.1:8000", **headers})
            return answer.status

    assert asyncio.run(ask()) == status


def test_the_page_and_its_styles_need_no_other_host() -> None:
    async def ask() -> tuple[str, list[int]]:
        server = DashboardServer("true", "127.0.0.1", 8000, "http://127.0.0.1:8000")
        async with TestClient(TestServer(await server._make_app())) as client:
            host = {"Host": "127.0.0.1:8000"}
            page = await (await client.get("/", headers=host)).text()
            parts = re.findall(r'"(static/[^"]*)"', page)
            answers = [await client.get(f"/{part}", headers=host) for part in parts]
            return page, [answer.status for answer in answers]

    page, statuses = asyncio.run(ask())
    assert re.findall(r"(?:https?:)?//[\w.-]+", page) == ["//127.0.0.1"]  # the WebSocket
    assert statuses == [200] * 4  # script, styles and two faces of the font
    assert 'data-session-websocket-url="ws://127.0.0.1:8000/ws"' in page


async def seen(socket: ClientWebSocketResponse, text: bytes) -> None:
    """Wait until a text was sent to the browser's terminal."""
    written = b""
    async with asyncio.timeout(60):
        while text not in written:
            written += await socket.receive_bytes()


def test_a_visitor_sees_and_drives_a_dashboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the protocol of the page: it is told what to draw, and tells which keys were pressed."""
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))

    processes: list[Process] = []
    opened = AppService._open_app_process

    async def opened_and_kept(service: AppService, width: int = 80, height: int = 24) -> Process:
        processes.append(await opened(service, width, height))
        return processes[-1]

    monkeypatch.setattr(AppService, "_open_app_process", opened_and_kept)

    async def visit() -> None:
        server = DashboardServer(f"{sys.executable} -m vptop", "127.0.0.1", 8000, "http://127.0.0.1:8000")
        headers = {"Host": "127.0.0.1:8000", "Origin": "http://localhost:8000"}
        async with TestClient(TestServer(await server._make_app())) as client:
            async with client.ws_connect("/ws?width=120&height=40", headers=headers) as socket:
                await seen(socket, b"cruncher")
                await socket.send_json(["stdin", "2"])
                await seen(socket, b"CNT/S")
                await socket.send_json(["resize", {"width": 30, "height": 6}])
                await seen(socket, b"vptop needs")
            (process,) = processes
            assert await asyncio.wait_for(process.wait(), 60) == 0  # it ends when its visitor leaves

    asyncio.run(visit())


def test_a_dashboard_ends_with_its_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is killed says nothing to the dashboards of its visitors."""
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    with subprocess.Popen([sys.executable, "-m", "vptop"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as dashboard:
        assert dashboard.stdout is not None
        drawn = b""
        while b"cruncher" not in drawn:
            drawn += (more := os.read(dashboard.stdout.fileno(), 1 << 16))
            assert more, drawn[-500:]
        dashboard.stdout.close()
        assert dashboard.wait(60) == 128 + signal.SIGHUP
