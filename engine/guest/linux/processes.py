# SPDX-License-Identifier: GPL-2.0-or-later
"""The processes of a running Linux kernel, from its own list."""

from __future__ import annotations

from collections.abc import Iterator

from engine.guest.guest import Process
from engine.guest.linux.kernel import Kernel, Read
from engine.guest.linux.layout import LayoutError, layout

PROCESSES = 1 << 16
"""A longer list is damaged."""


def process_list(kernel: Kernel, read: Read) -> list[Process]:
    """Every process, kernel threads and the idle task of CPU 0 included, in order of creation.

    Without type information there is none.
    """
    first = kernel.address("init_task")
    if kernel.types is None or first is None:
        return []
    try:
        task = layout(kernel.types, "task_struct")
        link, tgid, comm = task["tasks"].offset, task["tgid"].offset, task["comm"]
    except LayoutError:
        return []
    found = []
    for at in _walk(first, link, read):
        pid, name = read(at + tgid, 4), read(at + comm.offset, comm.size)
        if len(pid) < 4 or len(name) < comm.size:
            break
        found.append(Process(int.from_bytes(pid, "little"), name.split(b"\0")[0].decode("utf-8", "backslashreplace")))
    return found


def _walk(first: int, link: int, read: Read) -> Iterator[int]:
    at = first
    for _ in range(PROCESSES):
        yield at
        at = int.from_bytes(read(at + link, 8), "little") - link
        if at in {first, -link}:
            return
