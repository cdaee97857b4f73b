# SPDX-License-Identifier: GPL-2.0-or-later
"""Constants of headers, and failures of the core as exceptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core import library
from engine.core.library import CoreError, Failure, constants, ffi, lib


def test_constants_are_the_numeric_defines_of_a_header() -> None:
    layout = constants("guest/unicorn_layout.h")
    assert layout["ENV_CR3"] - layout["ENV_CR0"] == 3 * 8
    assert "VPC_GUEST_UNICORN_LAYOUT_H" not in layout


def test_a_failure_carries_the_reason_of_the_core() -> None:
    failure = Failure()
    with pytest.raises(CoreError, match=r"^a machine needs 1 to 16 CPUs$"):
        failure.check(lib.vpc_new_detached(4096, 0, failure.pointer))


@pytest.mark.parametrize("result", [0, ffi.new("int *")])
def test_success_is_handed_on(result: object) -> None:
    assert Failure().check(result) is result


def test_a_missing_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "LIBRARY", tmp_path / "missing.so")
    with pytest.raises(CoreError, match=r"missing\.so is not built: run `make build`"):
        library._load()
