# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a run ends, from src/include/stops.h."""

from __future__ import annotations

from enum import IntEnum

from engine.core.tables import TableMeta, numbers


class Stop(IntEnum, metaclass=TableMeta):
    """Why a run ended (VPC_STOP_*)."""

    vars().update(numbers("stops.h", "VPC_STOPS"))
