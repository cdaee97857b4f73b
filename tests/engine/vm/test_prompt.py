# SPDX-License-Identifier: GPL-2.0-or-later
"""Noticing a prompt."""

from __future__ import annotations

import pytest

from engine.vm.prompt import ANY, LOGIN, Prompt


@pytest.mark.parametrize(
    ("looks", "waits"),
    [
        ([b"booting\n", b"login: ", b""], [False, False, True]),
        ([b"booting\n", b"", b""], [False, False, False]),
        ([b"", b""], [False, False]),
        (
            [b"/ # [    6.401088] IPv6: eth0: link becomes ready\r\n", b"[   7.000001] late\r\n", b""],
            [False, False, True],
        ),
        ([b"[    1.000000] Run /init\n", b""], [False, False]),
        ([b"working...", b"", b" done\n", b""], [False, True, False, False]),
    ],
)
def test_a_line_without_an_end_to_which_nothing_is_added(looks: list[bytes], waits: list[bool]) -> None:
    prompt = Prompt(ANY)
    assert [prompt.look(output) for output in looks] == waits
    assert prompt.transcript == b"".join(looks)


@pytest.mark.parametrize(
    ("line", "waits"),
    [
        (b"debian login: ", True),
        (b"\r\nlocalhost login: \x1b[6n", True),
        (b"root@debian:~# ", True),
        (b"\x1b[1;32muser@host\x1b[0m:~$ \x1b[?2004h", True),
        (b"/ # ", True),
        (b"   The highlighted entry will be executed automatically in 1s.", False),
        (b"Loading initial ramdisk ...", False),
        (b"grub> ", False),
        (b"Password: ", False),
    ],
)
def test_a_login_or_a_shell_waits_and_a_boot_loader_does_not(line: bytes, waits: bool) -> None:
    prompt = Prompt(LOGIN)
    assert prompt.look(line) is False
    assert prompt.look(b"") is waits
