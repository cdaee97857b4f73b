# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with a kernel or an initial RAM disk."""

from __future__ import annotations

from engine.errors import InputError


class LinuxError(InputError):
    """A file that is no kernel or initial RAM disk for this machine. Name another, or do what the message says."""
