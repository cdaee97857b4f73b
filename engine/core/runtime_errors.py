# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of the run-time errors of scripts, from src/include/runtime_errors.h."""

from __future__ import annotations

from enum import IntEnum

from engine.core.tables import TableMeta, numbers


class RuntimeErrorKind(IntEnum, metaclass=TableMeta):
    """The kind of a run-time error (VPC_RUNTIME_*)."""

    vars().update(numbers("runtime_errors.h", "VPC_RUNTIME_ERRORS"))
