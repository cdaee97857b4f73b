# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines around the panels besides the status line: tabs, history, footer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from vptop.model.moment import Moment
from vptop.ui.actions import Action
from vptop.ui.render import bars, numbers
from vptop.ui.render.fit import Piece, ends, strip, width_of
from vptop.ui.render.palette import Palette

LIVENESS = 11
"""Columns for the shortest words that say whether this is live."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A view in the line of tabs."""

    id: str
    title: str
    short: str
    """title on narrow screens"""


def tabs(
    views: Sequence[Tab],
    active: str,
    moment: Moment | None,
    width: int,
    palette: Palette,
    *,
    live: str = "Space",
    ended: bool = False,
) -> tuple[Strip, list[tuple[int, int, str]]]:
    """The views with their digits and, on the right, whether this is live. Also where each view is, for the mouse.

    Args:
        views: all of them.
        active: the one on screen.
        moment: what is shown.
        width: cells across.
        palette: styles.
        live: the key that goes live again.
        ended: the machine has ended.
    """
    left: list[Piece] = [(" ", palette.text)]
    places: list[tuple[int, int, str]] = []
    at = 1
    for view, (before, title) in zip(views, _titles(views, active, width), strict=True):
        end = at + len(before) + width_of(title)
        places.append((at, end, view.id))
        if view.id == active:
            left.append((before + title, palette.chip))
        else:
            left += [(before, palette.sorted), (title, palette.text)]
        at = end
    return ends(left, _liveness(moment, width - at, palette, live, ended=ended), width), places


def _titles(views: Sequence[Tab], active: str, width: int) -> list[tuple[str, str]]:
    """The digit and the title of each view, in the longest form that leaves room for whether this is live."""
    for forms in (
        [(f" {digit} ", f"{view.title} ") for digit, view in enumerate(views, start=1)],
        [(str(digit), f"{view.short} ") for digit, view in enumerate(views, start=1)],
        [(str(digit), f"{view.short} " if view.id == active else " ") for digit, view in enumerate(views, start=1)],
    ):
        if 1 + sum(len(before) + width_of(title) for before, title in forms) + LIVENESS <= width:
            break
    return forms


def _liveness(moment: Moment | None, room: int, palette: Palette, live: str, *, ended: bool) -> list[Piece]:
    if moment is None:
        return []
    timeline, baseline = moment.session.timeline, moment.session.baseline
    if timeline.live:
        every = f"{moment.session.refresh} s " if moment.session.refresh > 1 else ""
        shown: list[Piece] = [("■ ENDED ", palette.bad)] if ended else [(f"▶ LIVE {every}", palette.good)]
        if moment.session.is_replay:
            shown = [("■ CAPTURE ", palette.accent)]
        if moment.session.comparing and baseline is not None:
            since = f"Δ {numbers.clock(baseline.moment.frame.guest_seconds)} "
            return [(since, palette.warn), *shown] if width_of(since + shown[0][0]) <= room else shown
        return shown
    behind = timeline.behind
    frames = f" · {behind} frame{'s' if behind != 1 else ''} behind" if behind else ""
    past = f" −{timeline.seconds_behind:.0f} s" if behind and timeline.seconds_behind is not None else ""
    for words in (f" ❚❚ FROZEN{past}{frames} · {live} live ", f" ❚❚ FROZEN{past or frames} ", " ❚❚ FROZEN "):
        if width_of(words) <= room:
            break
    return [(words, palette.alert)]


@dataclass(frozen=True)
class History:
    """Firings per second by Frame, and where the marks are."""

    values: Sequence[float | None]
    """one for each cell, oldest first"""
    first: int
    """sequence number of the first cell"""
    cursor: int
    end: int
    held: int
    """Frames on hand"""
    marks: Sequence[tuple[int, str]] = ()
    asked: Sequence[int] = ()
    """sequence numbers of Frames that were asked afterwards"""


LABEL = " hits/s "


def history_width(width: int) -> int:
    """Cells for the history itself."""
    return max(10, width - len(LABEL) - 24)


def history(known: History, width: int, palette: Palette, keys: str = "[ ]") -> list[Strip]:
    """Two lines: the history with its scale and the cursor; time and reloads below, and the keys that step."""
    cells = history_width(width)
    peak = max((value for value in known.values if value is not None), default=0.0)
    picture = bars.trend(known.values, peak).rjust(cells)
    offset = cells - len(known.values)
    at = known.cursor - known.first + offset
    line: list[Piece] = [(LABEL, palette.dim)]
    if 0 <= at < cells:
        mark = picture[at] if picture[at] != " " else "│"
        line += [(picture[:at], palette.bar), (mark, palette.chip), (picture[at + 1 :], palette.bar)]
    else:
        line.append((picture, palette.bar))
    number = f"{known.held - (known.end - 1 - known.cursor)}/{known.held}"
    scale = f" ▇ {numbers.short(peak)}  · 0" if peak else " · 0"
    first = ends([*line, (scale, palette.dim)], [(f"{number} ", palette.dim)], width)
    return [first, _marks(known, offset, cells, width, palette, keys)]


def _marks(known: History, offset: int, cells: int, width: int, palette: Palette, keys: str) -> Strip:
    text = [" "] * cells

    def put(at: int, words: str) -> None:
        at = min(at, cells - len(words))  # at the end, words stand before their second
        if at >= 0 and not "".join(text[max(0, at - 1) : at + len(words) + 1]).strip():
            text[at : at + len(words)] = words

    for sequence, words in known.marks:
        put(sequence - known.first + offset, words)
    newest = known.end - 1 - known.first + offset
    if newest < cells:
        put(newest - len("now") + 1, "now")
    for back in range(60, newest, 60):
        if newest - back < cells:
            put(newest - back, f"-{back}s")
    for sequence in known.asked:
        at = sequence - known.first + offset
        if 0 <= at < cells and text[at] == " ":
            text[at] = "?"
    return strip(
        [(" " * len(LABEL), palette.dim), ("".join(text), palette.dim), (f"  {keys} step", palette.dim)], width
    )


def footer(actions: Sequence[Action], width: int, palette: Palette) -> tuple[Strip, list[tuple[int, int, str]]]:
    """Keys and what they do, as many as fit; and where each is, for the mouse."""
    pieces: list[Piece] = []
    places: list[tuple[int, int, str]] = []
    at = 0
    for action in actions:
        label = action.label.split(" ")[0]
        size = width_of(label) + width_of(action.footer) + 3
        if at + size > width:
            continue
        pieces += [(f" {label}", palette.sorted), (f" {action.footer} ", palette.dim)]
        places.append((at, at + size, action.name))
        at += size
    return strip(pieces, width), places
