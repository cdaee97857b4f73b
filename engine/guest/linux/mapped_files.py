# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of the files that processes map, from what the guest has of the files in memory.

The core says which files it has named. The dynamic linker has read the table of the functions that a library exports
when it bound a program to it, so that those pages are in memory; the symbols of what was not stripped are read by no
one, and are there if the whole file is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from engine.guest.linux.kernel import Kernel
from engine.guest.linux.layout import LayoutError
from engine.guest.linux.page_cache import PageCache
from engine.guest.linux.programs import program
from engine.guest.linux.symbol_table import SymbolTable

if TYPE_CHECKING:
    from engine.core.binding import Core

MOST_FILES = 1024
"""Later ones are not looked at."""
MOST_LOOKS = 5
"""at a file that is not in memory as a whole: after 1, 2, 4, ... guest seconds"""


@dataclass(slots=True)
class _Look:
    """What is left to do for a file."""

    number: int
    due: int


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of the file of a name; no functions where different files have it."""

    contents: int
    build_id: bytes
    table: SymbolTable


class MappedFiles:
    """Looks at the files that were named, once a guest second."""

    def __init__(self, kernel: Kernel) -> None:
        """Prepare for a kernel; what is known of it is asked for when a file is named."""
        self._kernel = kernel
        self._found: dict[str, _Found] = {}
        self._looks: dict[tuple[int, str], _Look] = {}
        self._second = 0

    @cached_property
    def _cache(self) -> PageCache | None:
        try:
            return PageCache(self._kernel)
        except LayoutError:
            return None

    @property
    def tables(self) -> Mapping[str, SymbolTable]:
        """The functions by name of the file. A name that different files have is left out."""
        return {name: found.table for name, found in self._found.items() if len(found.table)}

    def update(self, core: Core) -> bool:
        """Look for functions of files that have been named; whether what is known has changed."""
        self._second += 1
        for file in core.take_mapped_files():
            if file not in self._looks and len(self._looks) < MOST_FILES:
                self._looks[file] = _Look(0, self._second)
        due = [(file, look) for file, look in self._looks.items() if look.due == self._second]
        changed = [self._look(core, *file, look) for file, look in due]
        return any(changed)

    def _look(self, core: Core, contents: int, name: str, look: _Look) -> bool:
        file = None if self._cache is None else self._cache.file(contents, core.read_linear)
        if (file is None or file.missing) and look.number < MOST_LOOKS:
            look.due += 1 << look.number
            look.number += 1
        found = None if file is None else program(memoryview(file.data))
        if file is None or found is None:
            return False
        table = (found.exported() if file.missing else found).functions()
        return self._take(name, _Found(contents, found.build_id, table))

    def _take(self, name: str, found: _Found) -> bool:
        before = self._found.setdefault(name, found)
        if before is found:
            return len(found.table) > 0
        if before.contents != found.contents and (not found.build_id or before.build_id != found.build_id):
            self._found[name] = replace(found, contents=0, build_id=b"", table=SymbolTable.of(()))
            return len(before.table) > 0
        if len(found.table) <= len(before.table):
            return False
        self._found[name] = found
        return True
