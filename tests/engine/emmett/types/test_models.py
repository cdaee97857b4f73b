# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory models."""

from __future__ import annotations

from engine.emmett.types.models import DEFAULT, ELSEWHERE, MODELS, refusal


def test_sizes_are_those_of_the_original_compiler() -> None:
    sizes = {model.name: (model.int_bytes, model.long_bytes, model.pointer_bytes) for model in MODELS.values()}
    assert sizes == {"guest16": (2, 4, 2), "guest32": (4, 4, 4), "guest64": (4, 8, 8), "guestphys": (8, 8, 8)}
    assert DEFAULT.name == "guest64"


def test_models_of_the_monitor_name_one_that_works() -> None:
    assert all("memmodel guest64;" in refusal(name)[1] for name in ELSEWHERE)
    assert refusal("x") == ("invalid memory model `x`", "guest16, guest32, guest64, guestphys")
