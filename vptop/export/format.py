# SPDX-License-Identifier: GPL-2.0-or-later
"""What an export format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import InputError
from vptop.export.parts import Parts
from vptop.model.moment import Moment


class ExportError(InputError):
    """A file name that no format has, or a moment that a format cannot show. Choose another one."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format for one Frame, or for all Frames up to one."""

    suffix: str
    """end of the file name, by which the format is known: `.csv`, `.trace.json`"""
    title: str
    help: str
    render: Callable[[Moment], Parts]
    """the file in parts, of the Frame shown; formats of a whole history take all Frames of the session up to it

    Raises ExportError where the moment has nothing that the format shows.
    """
