# SPDX-License-Identifier: GPL-2.0-or-later
"""Bars and trends out of eighth blocks."""

from __future__ import annotations

from collections.abc import Sequence

_ACROSS = " ▏▎▍▌▋▊▉█"
_UP = "▁▂▃▄▅▆▇"  # the full block is left out, so that rows of trends stay apart
GAP = " "
NONE = "·"


def bar(share: float, width: int) -> str:
    """A horizontal bar of up to that many cells; anything above nothing shows at least a sliver."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_ACROSS[rest] if rest else "")).ljust(width)[:width]


def trend(values: Sequence[float | None], top: float | None = None) -> str:
    """One cell a value from zero up to `top` (default: the largest). Zero is a dot, unknown a gap."""
    known = [value for value in values if value is not None]
    peak = max(known, default=0.0) if top is None else top
    cells = []
    for value in values:
        if value is None:
            cells.append(GAP)
        elif value <= 0 or peak <= 0:
            cells.append(NONE)
        else:
            cells.append(_UP[min(len(_UP) - 1, int(value / peak * len(_UP)))])
    return "".join(cells)
