# SPDX-License-Identifier: GPL-2.0-or-later
"""Folded stacks: a line for each stack, functions separated by semicolons, then a blank and how often it was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vptop.export.format import Format
from vptop.export.parts import Parts, lines
from vptop.export.samples import Profile, merged, profiles
from vptop.model.moment import Moment


def render(moment: Moment) -> Parts:
    """The stacks of every aggregate that holds some; of several aggregates, the label is the outermost frame."""
    return document(profiles(moment))


def document(found: Sequence[Profile]) -> Parts:
    """The stacks of some profiles."""
    stacks = merged(
        (stack([*([profile.label] if len(found) > 1 else []), *functions]), count)
        for profile in found
        for functions, count in profile.samples()
    )
    yield from lines(f"{one} {count}" for one, count in stacks.items())


def stack(functions: Iterable[str]) -> str:
    """One stack, from the outermost call to the innermost."""
    return ";".join(map(_word, functions))


def _word(text: str) -> str:
    """A name without the separators of the format."""
    return text.replace(";", ":").replace("\n", " ")


FORMAT = Format(".folded", "Folded stacks", "stacks of the session for flamegraph.pl, inferno and others", render)
