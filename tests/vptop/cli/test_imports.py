# SPDX-License-Identifier: GPL-2.0-or-later
"""Imports without the garbage collector."""

from __future__ import annotations

import gc

from vptop.cli.imports import uncollected


def test_what_is_made_while_importing_is_never_collected() -> None:
    before = gc.get_freeze_count()
    try:
        with uncollected():
            assert not gc.isenabled()
            kept: list[list[int]] = [[] for _ in range(100)]
        assert gc.isenabled()
        assert gc.get_freeze_count() > before + len(kept)
    finally:
        gc.unfreeze()
