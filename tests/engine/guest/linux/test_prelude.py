# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions that name the running process, in every context a probe may fire in."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import pytest

from engine.guest import unknown
from engine.guest.linux import prelude
from engine.guest.linux.guest import LinuxRecogniser
from engine.guest.linux.kernel import Kernel
from engine.guest.linux.symbol_table import SymbolTable
from engine.guest.symbols import Symbol
from engine.probes.script_host import ScriptHost
from engine.vp import Limits, Prelude
from tests.engine.guest.linux import tables
from tests.engine.guest.linux.small_kernel import HEAP, PRESENT, TOP, USER_TOP, SmallKernel
from tests.engine.guest.linux.test_guest import image

SCRIPT = """
(vprobe VMM1Hz
  (printf "%d %d %d %d %s\\n" (curpid) (curtid) (curppid) (curcpu) (curprocname)))
"""
RUNNING = b"80 80 1 3 sh\n"


@pytest.fixture(params=[False, True], ids=["current_task", "pcpu_hot"])
def small(request: pytest.FixtureRequest) -> Iterator[SmallKernel]:
    made = SmallKernel(hot=request.param)
    yield made
    made.core.close()


def kernel_of(symbols: Iterable[Symbol], types: bytes = b"") -> Kernel:
    return Kernel("6.15.0", SymbolTable.of(symbols), types, None)


def printed(small: SmallKernel, script: str = SCRIPT) -> bytes:
    """What a script prints when its probe fires now."""
    guest = LinuxRecogniser()(small.core)
    assert guest is not None
    guest.update(small.core)
    host = ScriptHost(small.core, 1, Prelude("<prelude>", guest.prelude), Limits())
    loaded = host.load("a.vp", script)
    assert small.core.fire(loaded.core, 0) == 0
    host.reset()
    return small.core.take_log()


@pytest.mark.parametrize(
    ("user", "swapped", "isolated"),
    [(False, False, False), (True, True, False), (True, True, True), (False, True, False), (False, True, True)],
    ids=["kernel", "user", "user-isolated", "before-swapgs", "before-swapgs-isolated"],
)
def test_the_running_task_is_named_in_every_context(small: SmallKernel, user: bool, swapped: bool, isolated: bool):
    small.registers(user=user, swapped=swapped, isolated=isolated)
    assert printed(small) == RUNNING


def test_a_process_may_set_its_gs_base_to_anything(small: SmallKernel):
    small.registers(user=True)
    struct.pack_into("<Q", small.core.environment(), 0xB8 + 5 * 24 + 8, 0xFFFFFFFFFFFF0000)
    assert printed(small) == RUNNING


def test_a_thread_has_the_pid_of_its_process_and_a_tid_of_its_own(small: SmallKernel):
    small.run_task(3)
    assert printed(small) == b"80 81 80 3 worker\n"


def test_a_task_leads_to_the_process_above_it(small: SmallKernel):
    small.run_task(3)
    script = """
    (defun show (task) (printf "%d %s; " (taskpid task) (taskname task)))
    (vprobe VMM1Hz
      (show (curtask)) (show (taskparent (curtask))) (show (taskparent (taskparent (curtask)))) (show (taskparent 0)))
    """
    assert printed(small, script) == b"80 sh; 80 sh; 1 init; 0 (early boot); ", "a thread has the name of its process"


def test_the_idle_task_is_process_0(small: SmallKernel):
    small.run_task(0)
    assert printed(small) == b"0 0 0 3 swapper/0\n"


def test_early_boot_is_called_so(small: SmallKernel):
    small.early()
    assert printed(small) == b"0 0 0 0 (early boot)\n"
    assert printed(small, '(vprobe VMM1Hz (printf "%s\\n" (curcmdline)))') == b"(early boot)\n"


def arguments(small: SmallKernel, text: bytes, *, mapped: bool = True) -> bytes:
    """What curcmdline gives for arguments at 0x2ff0 of the process."""
    for table, entry in ((TOP, USER_TOP + 0x4000), (USER_TOP + 0x4000, USER_TOP + 0x5000)):
        small.put(table, struct.pack("<Q", entry | PRESENT))
    small.put(USER_TOP + 0x5000, struct.pack("<Q", USER_TOP + 0x6000 | PRESENT))
    for page in range(2, 4 if mapped else 3):
        small.put(USER_TOP + 0x6000 + 8 * page, struct.pack("<Q", HEAP + 0x40000 + 0x1000 * page | PRESENT))
    start = 0x2FF0
    small.put(HEAP + 0x40000 + start, text + b"HOME=/\0\0\0\0\0\0\0\0\0")
    small.put(HEAP + 0x8000, struct.pack("<QQQ", 1, start, start + len(text)))
    small.put(HEAP + 0x200 + 32, struct.pack("<Q", small.at(HEAP + 0x8000)))
    return printed(small, '(vprobe VMM1Hz (printf "%s" (curcmdline)))')


def test_a_command_line_has_all_arguments(small: SmallKernel):
    assert arguments(small, b"sh\0-c\0sleep 1; echo a much longer word\0") == b"sh -c sleep 1; echo a much longer word"
    assert arguments(small, b"sh\0") == b"sh"


def test_a_long_command_line_is_cut(small: SmallKernel):
    assert arguments(small, b"\0".join([b"argument"] * 60) + b"\0").startswith(b"argument argument argument")


def test_without_arguments_in_memory_it_is_the_name(small: SmallKernel):
    assert arguments(small, b"sh\0-c\0sleep 1; echo\0", mapped=False) == b"sh"


def test_a_kernel_thread_is_in_brackets(small: SmallKernel):
    assert printed(small, '(vprobe VMM1Hz (printf "%s" (curcmdline)))') == b"[sh]"


def test_a_kernel_without_types_has_address_spaces_only():
    assert prelude.of(kernel_of(image().symbols)) == unknown.PRELUDE


def test_per_cpu_variables_are_found_by_symbol_too():
    kernel = image()
    assert prelude.per_cpu(kernel, "current_task") == 0x1FB80
    high = [(0xFFFFFFFF83000000, "D", "__per_cpu_start"), *kernel.symbols[1:]]
    linked_high = kernel_of(high, tables.small_types().data())
    assert prelude.per_cpu(linked_high, "current_task") == 0xFFFFFFFF8301FB80, "since Linux 6.15"
    assert prelude.per_cpu(kernel, "nothing") is None
