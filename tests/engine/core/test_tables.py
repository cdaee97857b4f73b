# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables that Python reads out of the headers are those that the C preprocessor makes of them."""

from __future__ import annotations

import os
import subprocess
from enum import IntEnum
from pathlib import Path

import pytest

from buildtools.toolchain import CC, WORK
from engine.core.library import lib
from engine.core.opcodes import Op
from engine.core.points import Point
from engine.core.registers import Register, Segment
from engine.core.runtime_errors import RuntimeErrorKind
from engine.core.stops import Stop
from engine.core.tables import SOURCES, number_of, rows
from engine.core.variables import Variable

NUMBERED: list[tuple[type[IntEnum], str, str]] = [
    (Op, "opcodes.h", "VPC_OP_"),
    (Point, "points.h", "VPC_PT_"),
    (Variable, "variables.h", "VPC_VAR_"),
    (RuntimeErrorKind, "runtime_errors.h", "VPC_RUNTIME_"),
    (Stop, "stops.h", "VPC_STOP_"),
    (Register, "registers.h", "VPC_"),
    (Segment, "registers.h", "VPC_SEG_"),
]
RIP = "VPC_GENERAL_REGISTERS"
"""RIP has the number after the general registers."""


@pytest.mark.parametrize(
    ("enumeration", "header", "prefix"), NUMBERED, ids=lambda value: getattr(value, "__name__", "")
)
def test_numbers_are_those_of_the_compiler(
    enumeration: type[IntEnum], header: str, prefix: str, tmp_path: Path
) -> None:
    """Each member is compared by a static assertion, so that a difference does not compile."""
    names = {member: RIP if member is Register.RIP else prefix + member.name for member in enumeration}
    checks = "".join(f'_Static_assert({name} == {int(member)}, "{name}");\n' for member, name in names.items())
    source = tmp_path / "numbers.c"
    source.write_text(f'#include "include/{header}"\n{checks}')
    command = [*CC, "-c", f"-I{SOURCES}", "-o", str(tmp_path / "numbers.o"), str(source)]
    environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(WORK.absolute() / "zig")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert not done.returncode, done.stderr


def test_a_row_has_the_arguments_of_its_macro() -> None:
    operations = {row[0]: row[1:] for row in rows("opcodes.h", "VPC_OPCODES")}
    assert operations["SET_INTEGER"] == ("INTEGER", "1", "1")
    assert operations["JUMP_ZERO"] == ("JUMP", "1", "0")


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match=r"points\.h has no table VPC_OPCODES"):
        rows("points.h", "VPC_OPCODES")


def test_a_constant_is_that_of_the_compiled_library() -> None:
    assert number_of("vpcore.h", "VPC_STACK_SLOTS") == lib.VPC_STACK_SLOTS
    with pytest.raises(LookupError, match=r"vpcore\.h does not define the number VPC_NOTHING"):
        number_of("vpcore.h", "VPC_NOTHING")
