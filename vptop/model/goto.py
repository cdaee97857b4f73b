# SPDX-License-Identifier: GPL-2.0-or-later
"""Moments by what a person calls them: a time, a version, the busiest second."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.errors import InputError
from vptop.model.session import Session

_BACK = re.compile(r"-(?P<number>\d+(?:\.\d+)?)(?P<unit>s|m|h)?")
_CLOCK = re.compile(r"(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d+(?:\.\d+)?)")
_SECONDS = re.compile(r"(?P<seconds>\d+(?:\.\d+)?)s?")
_VERSION = re.compile(r"(?:(?P<script>\S+)\s+)?[vg](?P<generation>\d+)")
UNITS = {"s": 1, "m": 60, "h": 3600}
EXAMPLES = "-30s, -2m, 12:04, 00:04:10, v7, NAME v7, max, first, last or baseline"


class PlaceError(InputError):
    """Words that name no moment of the session. Name one of those that the message lists."""


def find(text: str, session: Session) -> int:
    """The sequence number of the Frame that words name.

    Args:
        text: see EXAMPLES; times are guest time, `-30s` counts back from the moment shown, `v7` is a reload, `max` the
            second with most firings of probes.
        session: whose Frames they are.

    Raises:
        PlaceError: the words are not understood, or no Frame that is still there fits them.
    """
    words = text.strip().lower()
    named = _NAMED.get(words)
    if named is not None:
        return named[1](session)
    if match := _BACK.fullmatch(words):
        moment = session.moment()
        here = moment.frame.guest_seconds if moment else 0.0
        return _at(session, here - float(match["number"]) * UNITS[match["unit"] or "s"])
    if match := _CLOCK.fullmatch(words):
        return _at(session, int(match["hours"] or 0) * 3600 + int(match["minutes"]) * 60 + float(match["seconds"]))
    if match := _VERSION.fullmatch(words):
        return _reload(session, match["script"] or "", int(match["generation"]))
    if match := _SECONDS.fullmatch(words):
        return _at(session, float(match["seconds"]))
    raise PlaceError(f"no moment `{text}`; expected {EXAMPLES}")


def _at(session: Session, seconds: float) -> int:
    """The Frame nearest to a guest time; of equal ones the later, since a machine may have been started anew."""
    ring = session.timeline.ring
    if not len(ring):
        raise PlaceError("no Frame has come yet")
    frames = (
        (abs(frame.guest_seconds - seconds), -at) for at in range(ring.first, ring.end) if (frame := ring.get(at))
    )
    return -min(frames)[1]


def _reload(session: Session, script: str, generation: int) -> int:
    for reload in reversed(session.reloads):
        if reload.generation == generation and reload.name.lower().endswith(script):
            return reload.sequence
    known = ", ".join(f"{reload.name} v{reload.generation}" for reload in session.reloads)
    raise PlaceError(f"no reload v{generation}{f' of {script}' if script else ''}; there are: {known or 'none'}")


def _busiest(session: Session) -> int:
    moment = session.at(session.timeline.ring.end - 1)
    if moment is None:
        raise PlaceError("no Frame has come yet")
    return max(moment.moments(), key=lambda one: one.hits()).sequence


def _baseline(session: Session) -> int:
    if session.baseline is None:
        raise PlaceError("no baseline is set; `b` sets one")
    return session.baseline.moment.sequence


def known(session: Session) -> list[tuple[str, str]]:
    """Words that name a moment, and which one that is: the versions that were loaded, then what every session has."""
    versions = [(f"{one.name} v{one.generation}", "version, when it was loaded") for one in reversed(session.reloads)]
    fixed = [(text, what) for text, (what, _) in _NAMED.items() if text != "baseline" or session.baseline is not None]
    return [*fixed, *versions]


_NAMED: dict[str, tuple[str, Callable[[Session], int]]] = {
    "max": ("the second with most firings", _busiest),
    "first": ("the oldest second that is kept", lambda session: session.timeline.ring.first),
    "last": ("the newest second", lambda session: session.timeline.ring.end - 1),
    "baseline": ("the second that others are compared with", _baseline),
}
