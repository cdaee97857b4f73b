# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux kernel's tables and data in the memory of a machine without a CPU, as far as anything here reads them."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from engine.core.binding import Core
from engine.guest.linux.symbol_table import KERNEL_MAP
from tests.engine.guest.linux import tables
from tests.engine.guest.linux.elf_writer import CODE_AT, FUNCTION, elf

RAM = 32 << 20
TOP, USER_TOP, POINTERS, DIRECTORY, IDT, GATES = 0x1000, 0x5000, 0x2000, 0x3000, 0x4000, 14
OWN_POINTERS, OWN_DIRECTORY = 0xE000, 0xF000
"""Physical addresses of page tables and of the IDT, and the gate of page faults."""
IMAGE = 0x1000000
"""Physical address of the kernel's text."""
DATA, TABLES, TYPES, ORC, PER_CPU, HEAP = 0x1100000, 0x1200000, 0x1300000, 0x1400000, 0x1500000, 0x1600000
VDSO = DATA + 0x10000
VDSO_FILE = elf((), [("__vdso_time", CODE_AT + 0x10, 8, FUNCTION, True)], address=CODE_AT, kind=3)
VMEMMAP = 0xFFFFEA0000000000
"""Where the kernel has its structures of pages, which nothing reads."""
PRESENT, LARGE = 1, 0x80
ENV_SEGS, ENV_IDT, ENV_CR, ENV_EFER, ENV_KERNELGSBASE, ENV_REGS, ENV_EIP = 0xB8, 0x190, 0x1A8, 0x250, 0x1300, 0, 0x80
CODE_64, LONG_MODE = 1 << 21, 0x400
BANNER = b"Linux version 6.1.0-small (someone@example.org) #1 SMP\n\0"
TASKS = [(0, 0, "swapper/0"), (1, 1, "init"), (80, 80, "sh"), (80, 81, "worker")]
"""tgid, pid and name; each is the parent of the next."""
TASK_BYTES = 0x100
CALL_OLD, CALL_NEW = 0, 2


def virtual(physical: int, moved: int = 0) -> int:
    """The address of the kernel's image at which a physical one is mapped."""
    return KERNEL_MAP + physical + moved


@dataclass
class SmallKernel:
    """The kernel in a machine.

    Attributes:
        since_6_4: the form of kallsyms, modules and unwind tables.
        hot: the running task is in `pcpu_hot`.
        moved: how far KASLR has moved it up.
    """

    since_6_4: bool = True
    hot: bool = False
    moved: int = 0
    core: Core = field(default_factory=lambda: Core.detached(RAM))

    def __post_init__(self) -> None:
        self.symbols = self._symbols()
        data = tables.kallsyms(self.symbols, since_6_4=self.since_6_4, relative=True, seqs=self.since_6_4)
        if self.moved:
            data = data.replace(struct.pack("<Q", tables.TEXT), struct.pack("<Q", tables.TEXT + self.moved))
        types = tables.small_types(since_6_4=self.since_6_4, hot=self.hot).data()
        self.put(TABLES, data)
        self.put(TYPES, types)
        self.put(DATA, BANNER)
        self._orc()
        self._tasks()
        self.put(DATA + 0x200, struct.pack("<QQ", *2 * [self.at(DATA + 0x200)]))
        self.put(DATA + 0x300, struct.pack("<QQ", self.at(VDSO), len(VDSO_FILE)))
        self.put(VDSO, VDSO_FILE)
        self.put(DATA + 0x400, struct.pack("<QQ", VMEMMAP, self.at(0)))
        self.page_tables()
        self.registers()

    def at(self, physical: int) -> int:
        """Where the kernel has a physical address of its image mapped."""
        return virtual(physical, self.moved)

    def put(self, physical: int, data: bytes) -> None:
        self.core.ram[physical : physical + len(data)] = data

    def _symbols(self) -> list[tables.Symbol]:
        types = len(tables.small_types(since_6_4=self.since_6_4, hot=self.hot).data())
        named = [
            (DATA, "D", "linux_banner"),
            (DATA + 0x200, "D", "modules"),
            (DATA + 0x300, "D", "vdso_image_64"),
            (DATA + 0x400, "D", "vmemmap_base"),
            (DATA + 0x408, "D", "page_offset_base"),
            (TYPES, "R", "__start_BTF"),
            (TYPES + types, "R", "__stop_BTF"),
            (ORC, "r", "__start_orc_unwind_ip"),
            (ORC + 4 * 5, "r", "__stop_orc_unwind_ip"),
            (ORC + 0x100, "r", "__start_orc_unwind"),
            (ORC + 0x100 + 6 * 5, "r", "__stop_orc_unwind"),
            (HEAP, "D", "init_task"),
            (HEAP + 0x80000, "D", "init_top_pgt"),
        ]
        handler = (IMAGE + 64 * 2600, "T", "asm_exc_page_fault")
        return [*tables.symbols(), *((virtual(at), kind, name) for at, kind, name in [handler, *named])]

    def _orc(self) -> None:
        """A function with its frame at RSP + 16, one whose RSP is at pushed registers, one more, and a thunk."""
        call = CALL_NEW if self.since_6_4 else CALL_OLD
        bounds = [IMAGE, IMAGE + 0x1000, IMAGE + 0x2000, IMAGE + 0x3000, IMAGE + 0x4000]
        words = [bound - (ORC + 4 * index) for index, bound in enumerate(bounds)]
        entry = [
            struct.pack("<hhBB", 16, -16, 5 | 1 << 4, call),  # sp = RSP + 16, bp at sp - 16
            struct.pack("<hhBB", 0, 0, 5, call + 1),  # registers at RSP
            struct.pack("<hhBB", 8, 0, 5, call),
            struct.pack("<hhBB", 0, 0, 0, 0),  # a thunk, which says nothing
            struct.pack("<hhBB", 8, 0, 5, call),
        ]
        self.put(ORC, struct.pack("<5i", *words))
        self.put(ORC + 0x100, b"".join(entry))

    def task_at(self, number: int) -> int:
        """The address of a task."""
        return self.at(HEAP + number * TASK_BYTES)

    def _tasks(self) -> None:
        for number, (tgid, pid, name) in enumerate(TASKS):
            at = HEAP + number * TASK_BYTES
            following = self.task_at((number + 1) % len(TASKS)) + 96
            self.put(at + 8, struct.pack("<II", pid, tgid))
            self.put(at + 40, struct.pack("<Q", self.task_at(max(number - 1, 0))))
            self.put(at + 80, name.encode().ljust(16, b"\0"))
            leader = next(at for at, (of, *_) in enumerate(TASKS) if of == tgid)
            self.put(at + 96, struct.pack("<QQQ", following, 0, self.task_at(leader)))
        self.run_task(2)

    def run_task(self, number: int) -> None:
        """Let a task be the running one of CPU 3, as the kernel numbers it."""
        task, cpu = (0x35000, 0x3500C) if self.hot else (0x1FB80, 0x19160)
        self.put(PER_CPU + task, struct.pack("<Q", self.task_at(number)))
        self.put(PER_CPU + cpu, struct.pack("<I", 3))

    def page_tables(self) -> None:
        """Map all of RAM where the kernel's image is mapped; a process has the IDT and the entry code only."""
        index = (KERNEL_MAP + self.moved) >> 30 & 511
        tops = (TOP, HEAP + 0x80000)
        for top in tops:
            self.put(top + 8 * 511, struct.pack("<Q", POINTERS | PRESENT))
        self.put(POINTERS + 8 * index, struct.pack("<Q", DIRECTORY | PRESENT))
        first = self.moved >> 21 & 511
        for page in range(RAM >> 21):
            self.put(DIRECTORY + 8 * (first + page), struct.pack("<Q", page << 21 | PRESENT | LARGE))
        entry = IMAGE >> 21
        self.put(USER_TOP + 8 * 511, struct.pack("<Q", OWN_POINTERS | PRESENT))
        self.put(OWN_POINTERS + 8 * index, struct.pack("<Q", OWN_DIRECTORY | PRESENT))
        self.put(OWN_DIRECTORY + 8 * (first + entry), struct.pack("<Q", IMAGE | PRESENT | LARGE))
        low, middle, last = USER_TOP + 0x1000, USER_TOP + 0x2000, USER_TOP + 0x3000
        for table in (TOP, USER_TOP, HEAP + 0x80000):
            self.put(table + 8 * (0xFFFFFE0000000000 >> 39 & 511), struct.pack("<Q", low | PRESENT))
        self.put(low, struct.pack("<Q", middle | PRESENT))
        self.put(middle, struct.pack("<Q", last | PRESENT))
        self.put(last, struct.pack("<Q", IDT | PRESENT))

    def registers(self, *, user: bool = False, swapped: bool | None = None, isolated: bool = False) -> None:
        """Set the CPU's registers.

        Args:
            user: user mode.
            swapped: the user's GS base is loaded; by default in user mode only.
            isolated: on page tables without the kernel.
        """
        env = self.core.environment()
        handler = self.at(IMAGE + 64 * 2600)
        gate = struct.pack("<HHHHII", handler & 0xFFFF, 0x10, 0x8E00, handler >> 16 & 0xFFFF, handler >> 32, 0)
        self.put(IDT + 16 * GATES, gate)
        kernel, own = self.at(PER_CPU), 0x7F0000001000
        swapped = user if swapped is None else swapped
        struct.pack_into("<Q", env, ENV_EFER, LONG_MODE)
        struct.pack_into("<Q", env, ENV_CR, 0x80000001)
        struct.pack_into("<Q", env, ENV_CR + 24, USER_TOP if isolated else TOP)
        struct.pack_into("<Q", env, ENV_CR + 32, 0x20)
        struct.pack_into("<Q", env, ENV_IDT + 8, 0xFFFFFE0000000000)
        struct.pack_into("<II", env, ENV_SEGS + 24, 0x33 if user else 0x10, 0)
        struct.pack_into("<I", env, ENV_SEGS + 24 + 20, CODE_64)
        struct.pack_into("<Q", env, ENV_SEGS + 5 * 24 + 8, own if swapped else kernel)
        struct.pack_into("<Q", env, ENV_KERNELGSBASE, kernel if swapped else own)

    def early(self) -> None:
        """Set the registers to what they are before the kernel has a per-CPU area."""
        self.registers()
        struct.pack_into("<Q", self.core.environment(), ENV_SEGS + 5 * 24 + 8, 0)
        struct.pack_into("<Q", self.core.environment(), ENV_KERNELGSBASE, 0)

    def stack(self, rip: int, rsp: int, rbp: int) -> None:
        """Set the registers that unwinding starts from."""
        env = self.core.environment()
        struct.pack_into("<Q", env, ENV_EIP, rip)
        struct.pack_into("<QQ", env, ENV_REGS + 4 * 8, rsp, rbp)
