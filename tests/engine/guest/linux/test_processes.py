# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own list of processes."""

from __future__ import annotations

import struct

import pytest

from engine.guest.linux.kernel import Kernel, of_image
from engine.guest.linux.processes import process_list
from tests.engine.guest.linux.small_kernel import HEAP, TASK_BYTES, TASKS, SmallKernel
from tests.engine.guest.linux.test_kernel import vmlinux

TASK_LINK, COMM = 96, 80


@pytest.fixture(name="small")
def _small():
    small = SmallKernel()
    yield small
    small.core.close()


def listed(small: SmallKernel, kernel: Kernel | None = None) -> list[tuple[int, str]]:
    found = process_list(kernel or of_image(vmlinux(small)), lambda at, size: small.core.read_linear(at, size))
    return [(process.pid, process.name) for process in found]


def test_every_task_by_its_process_and_name(small: SmallKernel):
    assert listed(small) == [(tgid, name) for tgid, _, name in TASKS]


def test_names_are_untrusted_bytes(small: SmallKernel):
    small.put(HEAP + TASK_BYTES + COMM, b"\xff\x1b[2J\0rest")
    assert listed(small)[1] == (1, "\\xff\x1b[2J")


def test_a_list_that_leaves_memory_ends_there(small: SmallKernel):
    small.put(HEAP + TASK_BYTES + TASK_LINK, struct.pack("<Q", 0xDEAD0000))
    assert listed(small) == [(tgid, name) for tgid, _, name in TASKS[:2]]


def test_a_kernel_without_types_has_no_list(small: SmallKernel):
    kernel = of_image(vmlinux(small))
    kernel.types = None
    assert listed(small, kernel) == []
