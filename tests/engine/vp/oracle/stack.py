# SPDX-License-Identifier: GPL-2.0-or-later
"""gueststack (manual, p. 24): the instruction pointer and the return addresses along the frame pointers."""

from __future__ import annotations

from collections.abc import Sequence

from tests.engine.vp.oracle.faults import RunTimeError
from tests.engine.vp.oracle.formatting import STRING_LIMIT
from tests.engine.vp.oracle.world import World

FRAMES = 64
"""More stack entries than fit into a string."""


def walk(world: World) -> list[int]:
    """Addresses, innermost first. The chain ends at a frame that is null, unreadable or without return address, and
    after one that does not lie below its caller's, as stacks grow downwards.
    """
    addresses, word = [world.registers.get("RIP", 0)], world.word_bytes
    frame = world.registers.get("RBP", 0)
    while frame and len(addresses) < FRAMES:
        try:
            words = world.memory.linear(frame, 2 * word)
        except RunTimeError:
            break
        caller, target = int.from_bytes(words[:word], "little"), int.from_bytes(words[word:], "little")
        if not target:
            break
        addresses.append(target)
        if caller <= frame:
            break
        frame = caller
    return addresses


def stack_text(addresses: Sequence[int]) -> bytes:
    """`GUEST_0x.._0x..`; a stack that does not fit loses its outermost entries and ends in `_...`."""
    parts = ["GUEST", *(f"{address:#x}" for address in addresses)]
    text = "_".join(parts)
    while len(text) > STRING_LIMIT:
        parts = [*parts[: -1 if parts[-1] != "..." else -2], "..."]
        text = "_".join(parts)
    return text.encode()
