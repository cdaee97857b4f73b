# SPDX-License-Identifier: GPL-2.0-or-later
"""Replies to requests."""

from __future__ import annotations

from time import perf_counter

import pytest

from engine.errors import VptopError
from engine.probes.compiled_script import ScriptRefused
from engine.vm.protocol import Reply
from engine.vm.replies import refused, timed


@pytest.mark.parametrize("refusal", [VptopError("no such script"), ScriptRefused("no such script")])
def test_a_refusal_says_why(refusal: VptopError) -> None:
    assert refused(7, refusal) == Reply(7, ok=False, message="no such script")


def test_a_reply_says_how_long_it_took() -> None:
    reply = timed(Reply(1, ok=True), perf_counter() - 2)
    assert reply.milliseconds >= 2000
    assert (reply.id, reply.ok) == (1, True)
