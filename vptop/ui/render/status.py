# SPDX-License-Identifier: GPL-2.0-or-later
"""The status line: what runs, and the health of the VM, at every width."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from vptop.model.health import LATE_SECONDS, SLOW
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.render import numbers
from vptop.ui.render.fit import Piece, ends, strip, width_of
from vptop.ui.render.palette import Palette

WIDE = 140
NARROW = 100
COMPACT = 80
"""Below this width figures are separated by blanks, and guest time comes after them."""
LITTLE = 60
"""Below this width there are the figures of health alone."""


@dataclass(frozen=True)
class Health:
    """How the VM process does, besides what Frames say."""

    starting: bool = False
    gone: str = ""
    silent: int = 0
    """seconds for which no Frame has come, where they are worth a word"""


def status(moment: Moment | None, health: Health, width: int, palette: Palette) -> Strip:
    """Script and generation, state, firings, cost, speed, losses, lag; on the right, guest time."""
    if moment is None:
        word = "✗ the VM is gone" if health.gone else "◌ no frame yet"
        if health.starting:
            word = f"◌ starting the machine{_waited(health)}"
        style = palette.bad if health.gone else palette.dim
        return strip([(" vptop ", palette.chip), (f" {word}", style)], width)
    right = _right(moment, palette)
    word, style = _state(moment, health, palette)
    if width < LITTLE:
        whole = health.gone or health.silent or moment.frame.paused
        left = [(f" {word if whole else word.split(' ')[0]}", style)]
        separator = " "
    elif width < NARROW:
        left = [(" ", palette.text), *_scripts(moment, palette, 12)]
        left.append((word if style is not palette.good else word.split(" ")[0], style))
        separator = " │ " if width >= COMPACT else " "
    else:
        left = [(" vptop ", palette.chip), (" ", palette.text), *_scripts(moment, palette, 24), (word, style)]
        separator = " │ "
    wanted = sum(width_of(text) for text, _ in right)
    kept = wanted if width >= COMPACT else 1
    for group in _groups(moment, width, palette):
        if sum(width_of(text) for text, _ in [*left, group]) + len(separator) + kept > width:
            break
        left += [(separator, palette.dim), group]
    used = sum(width_of(text) for text, _ in left)
    return ends(left, right if used + wanted <= width else [], width)


def _scripts(moment: Moment, palette: Palette, most: int) -> list[Piece]:
    scripts = moment.frame.scripts
    if not scripts:
        return [("no script ", palette.dim)]
    first = scripts[0]
    more = f" +{len(scripts) - 1}" if len(scripts) > 1 else ""
    name = clean(first.name).rsplit("/", 1)[-1][:most]
    return [(name, palette.strong), (f" g{first.generation}{more} ", palette.dim)]


def _state(moment: Moment, health: Health, palette: Palette) -> Piece:
    if health.gone:
        return "✗ gone", palette.bad
    if health.starting:
        return f"◌ starting{_waited(health)}", palette.dim
    if health.silent:
        return f"▲ no frame for {health.silent} s", palette.warn
    if moment.session.is_replay:
        return "■ capture", palette.accent
    if moment.frame.paused:
        return "❚❚ paused", palette.warn
    if faults := sum(fault.count for fault in moment.frame.errors):
        return f"▲ {numbers.count(faults)} error{'s' if faults != 1 else ''}", palette.warn
    return "● running", palette.good


def _waited(health: Health) -> str:
    return f" · {health.silent} s" if health.silent else ""


def _groups(moment: Moment, width: int, palette: Palette) -> list[Piece]:
    """What stands between, the most important first: what does not fit is left out from the end."""
    frame = moment.frame
    dropped, late, speed = moment.dropped(), frame.behind_seconds, moment.speed()
    health: list[Piece] = []
    if frame.asked:
        health.append(("? asked afterwards", palette.accent))
    if late >= LATE_SECONDS:
        words = f"▲ {late:.1f} s behind: numbers are late, not lost" if width >= WIDE else f"▲ {late:.1f} s behind"
        health.append((words, palette.warn))
    if dropped:
        health.append((f"▲ dropped {numbers.short(dropped)}", palette.warn))
    health.append((f"{numbers.short(moment.hits())}{' hits' if width >= COMPACT else ''}/s", palette.text))
    health.append((f"ovh {moment.overhead() * 100:.1f}%", palette.text))
    if speed is not None:
        slow = frame.paced and speed < SLOW
        words = f"{speed:.1f}× real time" if width >= NARROW else f"{speed:.1f}×"
        health.append((f"▲ {words}" if slow else words, palette.warn if slow else palette.text))
    if not dropped:
        health.append(("drop 0", palette.dim))
    if late < LATE_SECONDS and frame.paced:
        health.append((f"lag {late:.1f}s", palette.dim))
    if (blocks := moment.blocks()) is not None:
        health.append((f"{numbers.short(blocks)} blocks/s", palette.text))
    health.append((f"cpu {frame.busy * 100:.0f}%", palette.text))
    if guest := clean(moment.session.guest):
        health.append((f"{guest} {moment.session.vcpus} vCPU", palette.dim))
    return health


def _right(moment: Moment, palette: Palette) -> list[Piece]:
    written = moment.session.capturing
    capture: list[Piece] = [] if written is None else [(f" ● CAP {numbers.count(written)} ", palette.bad)]
    return [*capture, (f" {numbers.clock(moment.frame.guest_seconds)} ", palette.strong)]
