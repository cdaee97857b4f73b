# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of the built-in integer variables, from src/include/variables.h."""

from __future__ import annotations

from enum import IntEnum

from engine.core.tables import TableMeta, numbers


class Variable(IntEnum, metaclass=TableMeta):
    """A built-in integer variable of VP (manual, tables 2-1 to 2-5)."""

    vars().update(numbers("variables.h", "VPC_VCPU_VARIABLES", "VPC_EXIT_VARIABLES", "VPC_GLOBAL_VARIABLES"))


VCPU_VARIABLES = Variable.TSC
"""Variables below this one are state of a VCPU, which cannot be read in VMX context."""
