# SPDX-License-Identifier: GPL-2.0-or-later
"""What an export format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.probes.frame import Frame


@dataclass(frozen=True, slots=True)
class Format:
    """A file format for one Frame."""

    suffix: str
    title: str
    help: str
    render: Callable[[Frame], bytes]
