# SPDX-License-Identifier: GPL-2.0-or-later
"""What an export format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vptop.model.session import Moment


@dataclass(frozen=True, slots=True)
class Format:
    """A file format for one Frame, or for all Frames up to one."""

    suffix: str
    """end of the file name, by which the format is known: `.csv`, `.trace.json`"""
    title: str
    help: str
    render: Callable[[Moment], bytes | bytearray]
    """the file, of the Frame shown; formats of a whole history take all Frames of the session up to it"""
