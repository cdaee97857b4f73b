# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux guest in memory: recognised, followed to where KASLR has put it, its processes and stacks read."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.guest.linux.guest import LinuxGuest, LinuxRecogniser
from engine.guest.linux.kernel import Kernel, of_bytes
from engine.guest.linux.symbol_table import SymbolTable
from engine.guest.recognition import RecognisedGuest
from engine.guest.unknown import unknown_guest
from tests.engine.guest.linux import small_kernel
from tests.engine.guest.linux.elf_writer import CODE_AT
from tests.engine.guest.linux.small_kernel import HEAP, IMAGE, PRESENT, USER_TOP, SmallKernel, virtual

MOVED = 6 << 21


@pytest.fixture(params=[(True, False, 0), (False, False, 0), (True, True, MOVED)], ids=["6.4", "6.1", "kaslr"])
def small(request: pytest.FixtureRequest) -> Iterator[SmallKernel]:
    since_6_4, hot, moved = request.param
    made = SmallKernel(since_6_4=since_6_4, hot=hot, moved=moved)
    yield made
    made.core.close()


def recognised(small: SmallKernel) -> LinuxGuest:
    found = LinuxRecogniser()(small.core)
    assert found is not None
    found.update(small.core)
    return found


def image(since_6_4: bool = True) -> Kernel:
    """A kernel as it is linked, whose image is in nobody's memory."""
    small = SmallKernel(since_6_4=since_6_4)
    data = bytes(small.core.ram)
    small.core.close()
    return of_bytes(data, lambda at, size: data[at - virtual(0) : at - virtual(0) + size])


def test_a_running_kernel_is_recognised(small: SmallKernel):
    guest = recognised(small)
    assert guest.name == "Linux 6.1.0-small"
    assert guest.symbols["init_task"] == small.task_at(0)
    assert guest.symbols.describe(small.at(IMAGE) + 65) == "read_do.1+0x1"


def test_functions_of_the_vdso_and_of_programs_are_known_by_file(small: SmallKernel):
    programs = {"busybox": SymbolTable.of([(0x10, "T", "main")])}
    guest = LinuxRecogniser(programs=lambda: programs)(small.core)
    assert guest is not None
    assert guest.symbols.files["busybox"].describe(0x11) == "main+0x1"
    assert guest.symbols.files["[vdso]"].describe(CODE_AT + 0x12) == "__vdso_time+0x2"
    assert recognised(small).symbols.files.keys() == {"[vdso]"}


def test_a_process_under_page_table_isolation_shows_its_kernel_too(small: SmallKernel):
    guest = recognised(small)
    small.registers(user=True, isolated=True)
    assert small.core.read_linear(small.task_at(1) + 80, 5) == b"init\0"
    small.core.set_kernel_tables(0)
    assert small.core.read_linear(small.task_at(1) + 80, 5) == b""
    del guest


def test_processes_are_those_of_the_kernels_list(small: SmallKernel):
    assert [(p.pid, p.name) for p in recognised(small).processes(small.core)] == [
        (tgid, name) for tgid, _, name in small_kernel.TASKS
    ]


def test_another_kernel_at_the_same_place_is_not_this_one(small: SmallKernel):
    guest = recognised(small)
    assert guest.runs(small.core)
    small.put(small_kernel.DATA, small_kernel.BANNER.replace(b"6.1.0-small", b"6.1.0-other"))
    assert not guest.runs(small.core)
    assert not LinuxGuest(image(small.since_6_4)).update(small.core), "not followed either"
    small.put(small_kernel.IDT, bytes(4096))
    assert guest.runs(small.core), "firmware: no other kernel yet"


def test_a_kernel_that_does_not_run_has_no_processes(small: SmallKernel):
    guest = LinuxGuest(image(small.since_6_4))
    small.put(small_kernel.IDT, bytes(4096))
    assert not guest.update(small.core)
    assert guest.processes(small.core) == ()


def test_a_kernel_is_followed_to_where_it_runs():
    guest = LinuxGuest(image())
    moved = SmallKernel(moved=MOVED)
    assert guest.update(moved.core)
    assert guest.symbols["init_task"] == moved.task_at(0)
    assert guest.symbols["current_task"] == 0x1FB80, "per-CPU offsets stay"
    assert not guest.update(moved.core), "nothing new"
    assert [p.name for p in guest.processes(moved.core)] == [name for *_, name in small_kernel.TASKS]
    moved.core.close()


@pytest.mark.parametrize("word", [0, 0x1234_5678_9ABC])
def test_another_system_is_not_recognised(small: SmallKernel, word: int):
    small.put(small_kernel.IDT + 16 * 14, struct.pack("<QQ", word, 0))
    assert LinuxRecogniser()(small.core) is None


def test_a_kernel_without_symbols_is_looked_at_once(small: SmallKernel):
    small.put(small_kernel.TABLES, bytes(0x100000))
    recogniser = LinuxRecogniser()
    assert recogniser(small.core) is None
    assert recogniser(small.core) is None
    fresh = SmallKernel(since_6_4=small.since_6_4, hot=small.hot, moved=small.moved)
    small.put(small_kernel.TABLES, bytes(fresh.core.ram[small_kernel.TABLES : small_kernel.TYPES]))
    fresh.core.close()
    assert recogniser(small.core) is None, "the same handler was refused before"
    assert LinuxRecogniser()(small.core) is not None


def test_stacks_follow_the_unwind_tables(small: SmallKernel):
    guest = recognised(small)
    top = small.at(HEAP + 0x10000)

    def push(at: int, *words: int) -> None:
        small.put(at - small.at(0), struct.pack(f"<{len(words)}Q", *words))

    # a function at IMAGE + 0x100, called from IMAGE + 0x200, called from an exception's entry at IMAGE + 0x1100, which
    # has the registers of IMAGE + 0x2500 at its RSP, and that was called from user code
    push(top, top + 0x100, small.at(IMAGE) + 0x200)
    push(top + 16, top + 0x300, small.at(IMAGE) + 0x1100)
    registers = [0] * 21
    registers[4], registers[16], registers[17], registers[19] = 0x7FF0, small.at(IMAGE) + 0x2500, 0x10, top + 0x200
    push(top + 32, *registers)
    push(top + 0x200, small.at(IMAGE) + 0x1200, *registers[:16], 0x401000, 0x33, 0, 0x7FE0)
    small.stack(small.at(IMAGE) + 0x100, top, 0x1234)
    found = guest.stack(small.core).addresses
    assert [address - small.at(IMAGE) for address in found[:-1]] == [0x100, 0x200, 0x1100, 0x2500, 0x1200]
    assert found[-1] == 0x401000


@pytest.mark.parametrize("call", [b"\xe8\0\0\0\0", b"\xff\x15\0\0\0\0", b"\xff\xd0\x0f\x1f\x00", b"\x41\xff\xd3"])
def test_a_thunk_is_left_by_the_return_address_behind_a_call(small: SmallKernel, call: bytes):
    guest = recognised(small)
    top, back = small.at(HEAP + 0x10000), IMAGE + 0x2100
    small.put(back - len(call), call)
    small.put(HEAP + 0x10000, struct.pack("<QQ", small.at(back), small.at(IMAGE) + 0x2500))
    small.stack(small.at(IMAGE) + 0x3010, top, 0)
    assert [at - small.at(IMAGE) for at in guest.stack(small.core).addresses[:3]] == [0x3010, 0x2100, 0x2500]
    small.put(back - len(call), bytes(len(call)))
    assert guest.stack(small.core).addresses == (small.at(IMAGE) + 0x3010,), "not behind a call"


def test_user_frames_follow_by_frame_pointers(small: SmallKernel):
    guest = recognised(small)
    for table, entry in ((small_kernel.TOP, USER_TOP + 0x4000), (USER_TOP + 0x4000, USER_TOP + 0x5000)):
        small.put(table, struct.pack("<Q", entry | PRESENT))
    small.put(USER_TOP + 0x5000, struct.pack("<Q", HEAP | PRESENT | small_kernel.LARGE))
    small.put(HEAP + 0x20000, struct.pack("<QQQQ", 0x20010, 0x401111, 0, 0x402222))
    small.registers(user=True)
    small.stack(0x400500, 0x1FF00, 0x20000)
    assert guest.stack(small.core).addresses == (0x400500, 0x401111, 0x402222)


def test_what_the_core_was_told_is_taken_back_when_another_system_runs(small: SmallKernel):
    guest = RecognisedGuest(unknown_guest("disk.img"))
    assert guest.update(small.core)
    guest.update(small.core)
    small.registers(user=True, isolated=True)
    assert small.core.read_linear(small.task_at(1) + 80, 5) == b"init\0"
    small.put(small_kernel.DATA, small_kernel.BANNER.replace(b"6.1.0-small", b"6.1.0-other"))
    assert guest.update(small.core)
    assert guest.name == "disk.img"
    assert small.core.read_linear(small.task_at(1) + 80, 5) == b""
