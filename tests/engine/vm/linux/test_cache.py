# SPDX-License-Identifier: GPL-2.0-or-later
"""Where packages are unpacked."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.linux import cache


def test_it_is_in_the_user_s_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.directory() == tmp_path / "vptop" / "linux"
