# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks for https://www.speedscope.app (its file format of 2018, profiles of type `sampled`)."""

from __future__ import annotations

from typing import Any

import msgspec

from vptop.export.format import Format
from vptop.export.samples import Profile, profiles
from vptop.model.session import Moment

SCHEMA = "https://www.speedscope.app/file-format-schema.json"


def render(moment: Moment) -> bytes:
    """A profile for each aggregate that holds stacks; its weights are counts."""
    numbers: dict[str, int] = {}
    made = [_profile(profile, numbers) for profile in profiles(moment)]
    document = {
        "$schema": SCHEMA,
        "exporter": "vptop",
        "name": f"{moment.session.guest} {moment.frame.guest_seconds:.0f} s",
        "activeProfileIndex": 0,
        "shared": {"frames": [{"name": name} for name in numbers]},
        "profiles": made,
    }
    return msgspec.json.encode(document) + b"\n"


def _profile(profile: Profile, numbers: dict[str, int]) -> dict[str, Any]:
    samples = [
        [numbers.setdefault(function, len(numbers)) for function in functions] for functions, _ in profile.samples
    ]
    weights = [count for _, count in profile.samples]
    return {
        "type": "sampled",
        "name": profile.label,
        "unit": "none",
        "startValue": 0,
        "endValue": sum(weights),
        "samples": samples,
        "weights": weights,
    }


FORMAT = Format(".speedscope.json", "speedscope", "stacks for speedscope.app", render)
