# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks for https://www.speedscope.app (its file format of 2018, profiles of type `sampled`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from engine.probes.frame_json import items
from vptop.export.format import Format
from vptop.export.parts import Parts
from vptop.export.samples import Profile, merged, profiles
from vptop.model.moment import Moment

SCHEMA = "https://www.speedscope.app/file-format-schema.json"


def render(moment: Moment) -> Parts:
    """A profile for each aggregate that holds stacks; its weights are counts."""
    return document(f"{moment.session.guest} {moment.frame.guest_seconds:.0f} s", profiles(moment))


def document(name: str, found: Sequence[Profile]) -> Parts:
    """The stacks of some profiles under a name."""
    numbers: dict[str, int] = {}
    head = {
        "$schema": SCHEMA,
        "exporter": "vptop",
        "name": name,
        "activeProfileIndex": 0,
    }
    yield msgspec.json.encode(head)[:-1] + b',"profiles":['
    for at, profile in enumerate(found):
        yield b"," if at else b""
        yield from _profile(profile, numbers)
    yield b'],"shared":{"frames":['  # known when all samples are
    yield from items({"name": name} for name in numbers)
    yield b"]}}\n"


def _profile(profile: Profile, numbers: dict[str, int]) -> Iterator[bytes]:
    stacks = merged(
        (tuple(numbers.setdefault(function, len(numbers)) for function in functions), count)
        for functions, count in profile.samples()
    )
    yield msgspec.json.encode({"type": "sampled", "name": profile.label, "unit": "none"})[:-1] + b',"samples":['
    yield from items(stacks)
    yield b'],"weights":['
    yield from items(stacks.values())
    yield b'],"startValue":0,"endValue":%d}' % sum(stacks.values())


FORMAT = Format(".speedscope.json", "speedscope", "stacks of the session for speedscope.app", render)
