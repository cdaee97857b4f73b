# SPDX-License-Identifier: GPL-2.0-or-later
"""Replies to the requests of clients."""

from __future__ import annotations

from time import perf_counter

import msgspec

from engine.errors import VptopError
from engine.probes.compiled_script import ScriptRefused
from engine.vm.diagnostics import places_of
from engine.vm.protocol import Reply


def refused(request_id: int, refusal: VptopError) -> Reply:
    """The reply to a request that was refused, with the diagnostics of a script."""
    if isinstance(refusal, ScriptRefused):
        return Reply(request_id, ok=False, message=refusal.message, diagnostics=places_of(refusal.diagnostics))
    return Reply(request_id, ok=False, message=str(refusal))


def timed(reply: Reply, begun: float) -> Reply:
    """The reply with the time that has passed since `begun`, a value of perf_counter."""
    return msgspec.structs.replace(reply, milliseconds=(perf_counter() - begun) * 1000)
