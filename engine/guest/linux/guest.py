# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux as a Guest: what its kernel says of itself, followed while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.guest.guest import Process
from engine.guest.linux import mappings, prelude
from engine.guest.linux.btf import Btf
from engine.guest.linux.given import GivenSymbols
from engine.guest.linux.kernel import Kernel, KernelError, of_bytes
from engine.guest.linux.layout import LayoutError
from engine.guest.linux.mapped_files import MappedFiles
from engine.guest.linux.modules import Module, ModuleList
from engine.guest.linux.processes import process_list
from engine.guest.linux.programs import program
from engine.guest.linux.running import ALIGNMENT, HANDLERS, Placement, page_fault_handler
from engine.guest.linux.symbol_table import KERNEL_MAP, Programs, SymbolTable, TableSymbols
from engine.guest.linux.vectors import SYSTEM
from engine.guest.stacks import Stack, stack_of
from engine.guest.symbols import Symbols

if TYPE_CHECKING:
    from engine.core.binding import Core

_KERNEL_TABLES = ("init_top_pgt", "init_level4_pgt")
"""The page tables of the kernel's own address space."""
_VDSO = "[vdso]"
"""What the core calls its mapping."""
_BEFORE, _BEHIND = 96 << 20, 160 << 20
"""Bytes of physical memory around the page fault handler in which the kernel's tables are."""


class LinuxGuest:
    """A Linux guest. Symbols, prelude and unwind tables follow the kernel to where KASLR has put it."""

    def __init__(self, kernel: Kernel, physical: int = 0, notice: str = "", programs: Programs = dict) -> None:
        """Know a kernel.

        Args:
            kernel: at the address where it runs or will run.
            physical: how far above the physical address it is linked for it is in memory.
            notice: what people should be told of how it is known.
            programs: gives the functions of files that processes map, as far as they are known.
        """
        self.notice = notice
        self.symbol_file: Path | None = None
        self._kernel = kernel
        self._placement = Placement(physical - KERNEL_MAP)
        self._programs = programs
        self._told: tuple[Kernel, Placement, int] | None = None
        self._know()

    def _know(self) -> None:
        """What follows from the kernel and where it is; what takes time is left until it is asked for."""
        self._handlers = {at for name in HANDLERS if (at := self._kernel.address(name)) is not None}
        self._prelude: str | None = None
        self._modules: ModuleList | None = None
        self._mapped = MappedFiles(self._kernel)
        self._symbols: TableSymbols | None = None

    @property
    def name(self) -> str:
        """With the release of the kernel."""
        return f"Linux {self._kernel.release}"

    @property
    def kernel(self) -> Kernel:
        """What the kernel says of itself, at the address where it runs."""
        return self._kernel

    @property
    def symbols(self) -> Symbols:
        """Of the kernel and of the modules that are loaded; of its vDSO and of what processes map, by file."""
        if self._symbols is None:
            # What the kernel itself names comes last: it wins over a module's symbol of the same name.
            tables = [*(module.symbols for module in self._loaded), self._kernel.table]
            self._symbols = TableSymbols(tables, self._files)
        return self._symbols

    def _files(self) -> Mapping[str, SymbolTable]:
        vdso = program(self._kernel.vdso)
        own = {} if vdso is None else {_VDSO: vdso.functions()}
        return {**self._mapped.tables, **own, **self._programs()}

    @property
    def vectors(self) -> Mapping[int, str]:
        """Those of the kernel itself."""
        return SYSTEM

    @property
    def types(self) -> Btf | None:
        """Of the kernel; those of modules are not read."""
        return self._kernel.types

    @property
    def prelude(self) -> str:
        """`curpid`, `curtid`, `curppid`, `curcpu`, `curprocname` and `curcmdline` for this kernel."""
        if self._prelude is None:
            self._prelude = prelude.of(self._kernel)
        return self._prelude

    def update(self, core: Core) -> bool:
        """Follow the kernel to where it runs, read its list of modules, and look at files that processes map."""
        moved = self._follow(core)
        is_running = self._is_running(core)
        loaded = is_running and self._read_modules(core)
        if loaded:
            self._symbols = None
        mapped = is_running and self._mapped.update(core)
        if mapped and self._symbols is not None:
            self._symbols.forget_files()
        self._tell(core)
        return moved or loaded or mapped

    def runs(self, core: Core) -> bool:
        """Whether page faults lead to this kernel, if they lead anywhere, and its version is in memory there."""
        handler = page_fault_handler(core)
        return handler is None or (handler in self._handlers and self._is_at(core, self._placement, 0))

    def _is_at(self, core: Core, placement: Placement, distance: int) -> bool:
        """Whether this kernel's version is in memory where it would be, so much further up than now."""
        banner = self._kernel.address("linux_banner")
        expected = f"Linux version {self._kernel.release} ".encode()
        return banner is None or bytes(_part(core, placement.physical(banner + distance), len(expected))) == expected

    def processes(self, core: Core) -> Sequence[Process]:
        """The kernel's list of processes."""
        return process_list(self._kernel, core.read_linear) if self._is_running(core) else ()

    def stack(self, core: Core, cpu: int = 0) -> Stack:
        """By the kernel's unwind tables, and by frame pointers through the process."""
        return stack_of(core, cpu)

    @property
    def _loaded(self) -> Sequence[Module]:
        return self._modules.modules if self._modules else ()

    def _read_modules(self, core: Core) -> bool:
        """Read the list of modules; True when it has changed."""
        try:
            self._modules = self._modules or ModuleList(self._kernel)
        except LayoutError:
            return False
        return self._modules.update(core.read_linear)

    def _is_running(self, core: Core) -> bool:
        handler = page_fault_handler(core)
        return handler is not None and handler in self._handlers

    def _follow(self, core: Core) -> bool:
        """Notice that the kernel runs elsewhere; True when addresses have changed."""
        handler = page_fault_handler(core)
        if handler is None or handler < KERNEL_MAP:
            return False
        distance = next((handler - at for at in self._handlers if (handler - at) % ALIGNMENT == 0), None)
        placement = Placement.of(core, handler)
        if distance is None or placement is None or not self._is_at(core, placement, distance):
            return False  # the early handlers, or another kernel
        self._placement = placement
        if distance:
            self._kernel = self._kernel.moved(distance)
            self._know()
        return bool(distance)

    def _tell(self, core: Core) -> None:
        """Give the core what it reads memory and unwinds stacks by, when that has changed."""
        modules = self._loaded
        state = self._kernel, self._placement, len(modules) and hash(tuple(module.start for module in modules))
        if state == self._told:
            return
        self._told = state
        tables = next((at for name in _KERNEL_TABLES if (at := self._kernel.address(name)) is not None), None)
        core.set_kernel_tables(0 if tables is None else self._placement.physical(tables))
        unwind = [self._kernel.unwind, *(module.unwind for module in modules)]
        core.set_unwind_tables([table for table in unwind if table is not None])
        core.set_mappings(mappings.of(self._kernel))


class LinuxRecogniser:
    """Recognises a Linux kernel that runs, by what its page fault gate leads to."""

    def __init__(self, given: GivenSymbols | None = None, programs: Programs = dict) -> None:
        """Recognise kernels by what they say of themselves, and one by symbols that were given, if they are its own.

        Args:
            given: such symbols.
            programs: gives the functions of files that processes map, as far as they are known.
        """
        self._programs = programs
        self._refused: int | None = None
        self._given = given

    def __call__(self, core: Core) -> LinuxGuest | None:
        """A Linux guest, when there is one; each new page fault handler is looked at once."""
        handler = page_fault_handler(core)
        if handler is None or handler < KERNEL_MAP or handler == self._refused:
            return None
        self._refused = handler
        placement = Placement.of(core, handler)
        if placement is None:
            return None
        at = placement.physical(handler)
        window = core.ram[max(0, at - _BEFORE) : at + _BEHIND]

        def read(address: int, size: int) -> bytes:
            return bytes(_part(core, placement.physical(address), size))

        distance = None if self._given is None else self._given.distance(handler, read)
        try:
            if self._given is None or distance is None:
                kernel = of_bytes(window, read)
                notice = "" if self._given is None else self._given.refused(kernel.release)
            else:
                kernel = self._given.kernel(window, read, distance)
                notice = self._given.taken(kernel.release, distance)
        except KernelError:
            return None
        return LinuxGuest(kernel, placement.distance + KERNEL_MAP, notice, self._programs)


def _part(core: Core, at: int, size: int) -> memoryview:
    return core.ram[at : at + size] if 0 <= at < len(core.ram) else core.ram[:0]
