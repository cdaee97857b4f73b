# SPDX-License-Identifier: GPL-2.0-or-later
"""Each test kernel runs in a process of its own."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any, cast

import pytest

from engine.vm.conformance.isolated import run_isolated
from engine.vm.conformance.runner import Case, run
from engine.vm.options import BootError


class Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return signal.raise_signal, (signal.SIGKILL,)


def test_the_result_is_that_of_a_run_in_this_process(outcomes: Path) -> None:
    case = Case(str(outcomes), "fail")
    assert run_isolated(case, 0.02) == run(case, 0.02)


def test_an_error_of_the_person_comes_back(tmp_path: Path) -> None:
    with pytest.raises(BootError, match="No such file"):
        run_isolated(Case(str(tmp_path / "nothing")), 0.02)


def test_a_crash_fails_the_kernel() -> None:
    result = run_isolated(cast("Case", Deadly()), 0.02)
    assert (result.verdict, result.reason) == ("fail", "the emulator's process was ended by SIGKILL")
