# SPDX-License-Identifier: GPL-2.0-or-later
"""The cache of Linux packages: each unpacked in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path


def directory() -> Path:
    """Where packages are unpacked."""
    return user_cache_path("vptop") / "linux"
