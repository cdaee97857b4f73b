# SPDX-License-Identifier: GPL-2.0-or-later
"""What a part of the screen should look like, text and styles, as files that a person reads and compares.

A file has the lines as they are on screen, between bars; then for each line the runs of cells of one style, as
`columns:style`; then what each style is. `make golden` writes them anew: look at the difference before committing it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from string import ascii_letters

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region

from tests.vptop.ui.driving import Driven

FOLDER = Path(__file__).parent / "golden"
ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")


def describe(style: Style | None) -> str:
    """A style in words: attributes, then the colours as they reach the terminal."""
    if style is None:
        return "plain"
    words = [name for name in ATTRIBUTES if getattr(style, name)]
    words += [style.color.get_truecolor().hex] if style.color else []
    words += ["on", style.bgcolor.get_truecolor().hex] if style.bgcolor else []
    return " ".join(words) or "plain"


def runs(line: Iterable[Segment]) -> Iterator[tuple[int, int, str]]:
    """The runs of one style in a line: first column, end, style in words."""
    at = 0
    for style, group in groupby(line, lambda segment: describe(segment.style)):
        end = at + sum(cell_len(segment.text) for segment in group)
        yield at, end, style
        at = end


def drawing(d: Driven, region: Region) -> str:
    """A region of the screen as the text of a golden file."""
    strips = d.app.screen._compositor.render_strips()[region.y : region.bottom]
    lines = [list(strip.crop(region.x, region.right)) for strip in strips]
    names: dict[str, str] = {}
    styles = []
    for number, line in enumerate(lines):
        spans = [f"{at}-{end}:{names.setdefault(style, ascii_letters[len(names)])}" for at, end, style in runs(line)]
        styles.append(f"{number:2} {' '.join(spans)}")
    text = ["|" + "".join(segment.text for segment in line) + "|" for line in lines]
    legend = [f"{name} {style}" for style, name in names.items()]
    return "\n".join([*text, "", *styles, "", *legend, ""])


def check(d: Driven, name: str, region: Region) -> None:
    """The region looks as the golden file of that name says."""
    path = FOLDER / f"{name}.txt"
    seen = drawing(d, region)
    if os.environ.get("VPTOP_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(seen)
    assert seen == path.read_text(), f"{path.name} differs; `make golden` writes it anew"
