# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop list`."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import termios

import pytest

from tests.vptop.cli.conftest import LIMIT, Command, command_line, environment


@pytest.mark.parametrize(
    ("topic", "pattern", "name", "words"),
    [
        ("probes", "Guest_*", "Guest_IRQ", "interrupt"),
        ("probes", "disk*", "Disk_IOStart", "ARG7: number of scatter/gather entries"),
        ("globals", "CR3", "CR3", "integer"),
        ("functions", "gueststack", "gueststack", "stack"),
    ],
)
def test_lists_say_what_a_name_is(vptop: Command, topic: str, pattern: str, name: str, words: str) -> None:
    result = vptop("list", topic, pattern)
    assert result.returncode == 0
    (line,) = [line for line in result.stdout.splitlines() if name in line.split("  ")[0]]
    assert words in line


def test_a_pattern_that_matches_nothing_is_status_1(vptop: Command) -> None:
    result = vptop("list", "probes", "Gest_IRQ*")
    assert (result.returncode, result.stdout) == (1, "")
    assert "did you mean Guest_IRQ" in result.stderr


def test_a_list_as_json_has_every_part(vptop: Command) -> None:
    entries = [json.loads(line) for line in vptop("list", "probes", "in", "--json").stdout.splitlines()]
    arguments = " ARG0: port. ARG1: operand size in bytes. ARG2: REP count."
    assert [entry["name"] for entry in entries] == ["In"]
    assert entries[0]["doc"].endswith(arguments)
    assert entries[0]["page"] == 28


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_list_fits_the_terminal(width: int) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, width))
    environ = {name: value for name, value in environment().items() if name != "COLUMNS"}
    process = subprocess.Popen(command_line("vptop", "list", "probes"), stdout=theirs, stdin=theirs, env=environ)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while block := os.read(ours, 65536):
            seen += block
    os.close(ours)
    assert process.wait(LIMIT) == 0
    lines = seen.decode().replace("\r", "").splitlines()
    assert len(lines) > 50
    assert max(map(len, lines)) <= width
    assert "".join("".join(lines).split()).count("Disk_IOStart") == 1
