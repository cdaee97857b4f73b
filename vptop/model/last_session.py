# SPDX-License-Identifier: GPL-2.0-or-later
"""How the dashboard looked when it ended, so that it opens the same way the next time."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from engine.files import write_whole


class PanelState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the person chose in one panel."""

    filter: str = ""
    sort: str = ""
    """id of the column; empty: a panel without an order, or its usual one"""
    reverse: bool = False
    hidden: tuple[str, ...] = ()
    """ids of columns that are not shown"""
    order: tuple[str, ...] = ()
    """ids of columns from left to right"""
    aggregate: tuple[str, str] = ("", "")
    """script and name of the aggregate that is shown"""
    frames: int = 0
    """of the span of its numbers"""


class LastSession(msgspec.Struct, frozen=True):
    """What the person chose in the whole dashboard."""

    theme: str = ""
    view: str = ""
    panels: dict[str, PanelState] = {}
    """by view and panel"""
    zoomed: str = ""
    """id of the panel that has all or half of the view"""
    hidden: tuple[str, ...] = ()
    """ids of panels of the overview that are hidden"""
    size: int = 0
    """of that panel: 1: half of the view, 2: all of it"""


def read(path: Path) -> LastSession:
    """The last session; one with nothing in it when there is none or its file cannot be read."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=LastSession)
    return LastSession()


def write(path: Path, session: LastSession) -> None:
    """Keep a session for the next start.

    Raises:
        OSError: it cannot be written; the one before is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, [msgspec.json.format(msgspec.json.encode(session), indent=1)])
