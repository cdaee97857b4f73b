# SPDX-License-Identifier: GPL-2.0-or-later
"""The limits of the engine, each with its name (manual p. 29 and 30)."""

from __future__ import annotations

from dataclasses import dataclass

MAX_CODE_BYTES = 65536
"""vprobe.maxCodeBytes cannot be set higher."""
MAX_BAG_BYTES = 1 << 30
"""vprobe.bagBytes cannot be set higher."""
BAG_PAIR_BYTES = 16
LANGUAGE_VERSION = (1, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a script may take."""

    probes: int = 32
    armed: int = 0
    """probes of those that belong to other scripts of the machine"""
    name_bytes: int = 64
    string_bytes: int = 256
    code_bytes: int = 8192
    """vprobe.maxCodeBytes"""
    arguments: int = 32
    """of a call, the format of a print counted among them, and parameters of a function"""
    keys: int = 255
    """of either type of an aggregate"""
    bag_bytes: int = 8192
    """vprobe.bagBytes: storage that all bags share, BAG_PAIR_BYTES a pair; inserts fail when it is full"""
    bag_pairs: int = MAX_BAG_BYTES // BAG_PAIR_BYTES
    """of a bag; it may be larger than its storage"""
    locals: int = 255
    """slots of parameters and string temporaries of one body"""
    hv_vendor: str = "intel"
    """whose VMCS_ or VMCB_ variables there are: intel or amd"""
