# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of the probe points, from src/include/points.h. FAULT0 is exception vector 0, and the others follow."""

from __future__ import annotations

from enum import IntEnum

from engine.core.tables import TableMeta, numbers


class Point(IntEnum, metaclass=TableMeta):
    """A kind of event to which probes can be attached (manual, table 3-3)."""

    vars().update(numbers("points.h", "VPC_POINTS"))
