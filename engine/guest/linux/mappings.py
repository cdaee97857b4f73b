# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a Linux kernel keeps what its processes have mapped, for the core (guest/mappings.c), which looks there."""

from __future__ import annotations

from typing import TypeAlias

from engine.core.binding import MAPPING_NAME_BYTES as NAME_BYTES
from engine.guest.linux.btf import Btf, BtfError, Kind
from engine.guest.linux.kernel import Kernel
from engine.guest.linux.layout import LayoutError, layout
from engine.guest.linux.prelude import per_cpu

Offsets: TypeAlias = "dict[str, int | dict[str, int]]"
"""By the names of vpc_mappings (engine/core/src/include/vpcore.h)."""
_MEMBERS = {
    "task_struct": {"mm": "mm"},
    "mm_struct": {
        "root": "mm_mt.ma_root",
        "heap_start": "start_brk",
        "heap_end": "brk",
        "stack_start": "start_stack",
        "vdso": "context.vdso",
    },
    "vm_area_struct": {
        "start": "vm_start",
        "end": "vm_end",
        "flags": "vm_flags",
        "page": "vm_pgoff",
        "file": "vm_file",
    },
    "file": {"dentry": "f_path.dentry", "contents": "f_mapping"},
    "dentry": {"name": "d_name.name"},
}
_DELETE = 0x7F
_INNER, _RANGE = "maple_arange_64", "maple_range_64"
"""Nodes of the tree that are no leaves: structures, and the enumerators of their types."""


def mapping_name(file: str) -> str:
    """What the core calls the mapping of a file, by the base name of that: copy_name in guest/mappings.c."""
    shown = bytes(ord("?") if byte <= ord(" ") or byte == _DELETE else byte for byte in file.encode())
    return shown[: NAME_BYTES - 1].decode("utf-8", "backslashreplace")


def of(kernel: Kernel) -> Offsets | None:
    """The offsets in a kernel; None for one without type information, or before Linux 6.1, without the tree."""
    task = per_cpu(kernel, "current_task")
    if kernel.types is None or task is None:
        return None
    try:
        return {"task": task, **_offsets(kernel.types)}
    except (LayoutError, BtfError):
        return None


def _offsets(types: Btf) -> Offsets:
    """The offsets within structures.

    Raises:
        LayoutError: the kernel has another structure.
    """
    kinds = types.find("maple_type", Kind.ENUM)
    numbers = {} if kinds is None else types.enumerators(kinds)
    if not {_INNER, _RANGE} <= numbers.keys():
        raise LayoutError(f"this kernel has no enumeration `maple_type` with `{_RANGE}` and `{_INNER}`")
    found: Offsets = {"inner_type": numbers[_INNER], "range_type": numbers[_RANGE]}
    for name, members in _MEMBERS.items():
        structure = layout(types, name)
        found |= {word: structure[member].offset for word, member in members.items()}
    return found | {"inner": _node(types, _INNER), "range": _node(types, _RANGE)}


def _node(types: Btf, name: str) -> dict[str, int]:
    node = layout(types, name)
    pivots = types.array(node["pivot"].type)[1]
    return {"pivot": node["pivot"].offset, "slot": node["slot"].offset, "pivots": pivots}
