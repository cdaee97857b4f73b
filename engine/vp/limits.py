# SPDX-License-Identifier: GPL-2.0-or-later
"""The limits of the engine (manual p. 29 and 30)."""

from __future__ import annotations

from dataclasses import dataclass

MAX_CODE_BYTES = 65536
"""Largest value of vprobe.maxCodeBytes."""
MAX_BAG_BYTES = 1 << 30
"""Largest value of vprobe.bagBytes."""
BAG_PAIR_BYTES = 16
LANGUAGE_VERSION = (1, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that one script is compiled against."""

    probes: int = 32
    """of a machine"""
    armed: int = 0
    """how many of the probes belong to other scripts"""
    name_bytes: int = 64
    """of a name, with the terminating NUL"""
    string_bytes: int = 256
    """of a string, with the terminating NUL"""
    code_bytes: int = 8192
    """of the code of a script: vprobe.maxCodeBytes"""
    arguments: int = 32
    """of a call, including the format, and parameters of a function"""
    keys: int = 255
    """of each type of an aggregate"""
    bag_bytes: int = 8192
    """storage shared by all bags, BAG_PAIR_BYTES for each pair: vprobe.bagBytes"""
    bag_pairs: int = MAX_BAG_BYTES // BAG_PAIR_BYTES
    """of a bag; its size may exceed the storage"""
    locals: int = 255
    """stack slots of the parameters and temporary strings of one body"""
    hv_vendor: str = "intel"
    """vendor of the virtual processor, `intel` or `amd`: whether VMCS_ or VMCB_ variables exist"""
