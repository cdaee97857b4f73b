# SPDX-License-Identifier: GPL-2.0-or-later
"""Noticing a prompt."""

from __future__ import annotations

import pytest

from engine.vm.prompt import Prompt


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
    prompt = Prompt()
    assert [prompt.look(output) for output in looks] == waits
    assert prompt.transcript == b"".join(looks)
