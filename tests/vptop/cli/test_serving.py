# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop serve`."""

from __future__ import annotations

import errno
import socket
import sys
from typing import Any

import pytest

from vptop.cli import serving, web_server
from vptop.cli.commands import run_command


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was served, in place of serving it."""
    calls: list[tuple[Any, ...]] = []

    class Recorded:
        def __init__(self, *arguments: object) -> None:
            calls.append(arguments)

        def serve(self) -> None:
            return

    monkeypatch.setattr(web_server, "DashboardServer", Recorded)
    return calls


def test_each_visitor_gets_the_command_on_loopback(
    served: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert serving.serve(["my script.vp", "--ascii"], host="127.0.0.1", port=8000, url="") == 0
    ((command, *rest),) = served
    assert command == f"{sys.executable} -m vptop 'my script.vp' --ascii"
    assert rest == ["127.0.0.1", 8000, "http://127.0.0.1:8000"]
    assert capsys.readouterr().err == ""


def test_other_addresses_are_a_warning(served: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    serving.serve([], host="::", port=80, url="http://host.lan")
    assert served[0][1:] == ("::", 80, "http://host.lan")
    assert "whoever reaches :: can use the dashboard" in capsys.readouterr().err


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vptop.cli.web_server", None)
    with pytest.raises(serving.ServeError, match=r"pip install 'vptop\[web\]'"):
        serving.serve([], host="127.0.0.1", port=8000, url="")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EADDRINUSE, "error while attempting to bind on address ('127.0.0.1', 8000)"), "already in use"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "Name or service not known"),
    ],
)
def test_an_address_that_cannot_be_had_is_told(
    monkeypatch: pytest.MonkeyPatch, served: list[tuple[Any, ...]], error: OSError, reason: str
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(web_server.DashboardServer, "serve", fail)
    with pytest.raises(serving.ServeError, match=rf"cannot listen on 127\.0\.0\.1:8000: .*{reason}; choose others"):
        serving.serve((), host="127.0.0.1", port=8000, url="")
    assert len(served) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["stakcs.vp"], "stakcs.vp: No such file or directory; did you mean stacks.vp"),
        (["replay", "nowhere"], "nowhere: No such file or directory"),
        (["--memory", "1"], "--memory"),
        (["run", "stacks.vp"], "vptop run stacks.vp: no dashboard for a browser; expected scripts"),
        (["--batch"], "vptop --batch: no dashboard"),
        (["-"], "standard input"),
    ],
)
def test_what_a_visitor_would_be_told_is_told_before(
    served: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run_command(["serve", "--", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert served == []


def test_what_can_be_shown_is_served(served: list[tuple[Any, ...]]) -> None:
    assert run_command(["serve", "stacks.vp", "--", "--ascii"]) == 0
    assert [command.partition(" -m ")[2] for command, *_ in served] == ["vptop stacks.vp --ascii"]
