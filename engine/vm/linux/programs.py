# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions of programs that run in a Linux guest: of files that are named, and of its initial RAM disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache as once
from pathlib import Path, PurePosixPath

from platformdirs import user_cache_path

from engine.guest.linux.mappings import mapping_name
from engine.guest.linux.programs import Program, program, tables_of
from engine.guest.linux.symbol_table import Programs, SymbolTable, TableSymbols
from engine.guest.symbols import SymbolError
from engine.machine.linux import initrd
from engine.machine.linux.errors import LinuxError
from engine.vm.files import read
from engine.vm.linux import cache
from engine.vm.options import BootError

KEPT = 32
"""Initial RAM disks whose functions are in the cache, the latest used ones."""
Named = tuple[str, Program]
"""The name of a mapping, and the file that is mapped."""


def programs_of(named: Sequence[str], archive: bytes = b"") -> Programs:
    """What gives the functions of programs. Without files, the initial RAM disk is read when they are needed.

    Args:
        named: files as in `--user-symbols`; they win over those of the initial RAM disk.
        archive: an initial RAM disk; empty when there is none.

    Raises:
        BootError: a file that is named cannot be read, is no program, was stripped, or belongs to no program.
    """
    files = [one for words in named for one in _named(words)]

    @once
    def found() -> Mapping[str, SymbolTable]:
        return _kept(files, archive) if archive else _functions(files, ())

    if files:
        found()  # refuses what fits nothing
    return found


def check(named: Sequence[str]) -> None:
    """Accept files as in `--user-symbols`, as far as that can be told without an initial RAM disk.

    Raises:
        BootError: one cannot be read, is no program, or was stripped.
    """
    for words in named:
        for _ in _named(words):
            pass


def _named(words: str) -> Iterator[Named]:
    """The programs in a file, or below a folder; `NAME=FILE` gives a file another name."""
    name, equals, file = words.partition("=")
    named = bool(equals and name and "/" not in name)
    path = Path(file if named else words)
    if path.is_dir():
        yield from _below(path)
        return
    found = program(read(path))
    if found is None:
        raise BootError(f"{path}: not a program or shared library for x86-64; expected an ELF file with symbols")
    if not found.tables:
        raise BootError(f"{path}: no symbols: it was stripped; name the file that was built, or its debug file")
    yield mapping_name(name if named else path.name), found


def _below(folder: Path) -> Iterator[Named]:
    """Every program below a folder. Symbolic links are not followed: a mapping has the name of the file itself."""
    found = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and (one := program(read(path))) is not None and one.tables:
            found += 1
            yield mapping_name(path.name), one
    if not found:
        raise BootError(f"{folder}: no programs or shared libraries with symbols in this folder")


def _kept(named: Sequence[Named], archive: bytes) -> Mapping[str, SymbolTable]:
    """The functions, from the cache if they are in it: to decompress a distribution's RAM disk takes a second."""
    digest = hashlib.sha256(archive)
    for name, one in named:
        digest.update(name.encode() + b"\0" + hashlib.sha256(one.data).digest())
    path = directory() / digest.hexdigest()[:32]
    with suppress(SymbolError):
        return TableSymbols.unpack(cache.kept(path), str(path)).programs()
    found = _functions(named, _in(archive))
    cache.keep(path, TableSymbols([], lambda: found).pack(), KEPT)
    return found


def directory() -> Path:
    """Where functions of programs are kept, a file for each initial RAM disk."""
    return user_cache_path("vptop") / "programs"


def _in(archive: bytes) -> Iterator[Named]:
    """The programs of an initial RAM disk; those before the place where it is damaged."""
    with suppress(LinuxError):
        for path, data in initrd.files(archive):
            if (found := program(data)) is not None:
                yield mapping_name(PurePosixPath(path).name), found


def _functions(named: Sequence[Named], archived: Iterable[Named]) -> Mapping[str, SymbolTable]:
    """The functions of programs. A file that is named counts for its name, whatever the RAM disk has of that name.

    Raises:
        BootError: a file that is named holds symbols of a program that nobody has named.
    """
    given = {name: one for name, one in named if one.is_complete}
    files = [*given.items(), *((name, one) for name, one in archived if name not in given)]
    builds = {one.build_id for _, one in files if one.build_id}
    alone = next(((name, one) for name, one in named if not one.is_complete and one.build_id not in builds), None)
    if alone is not None:
        name, one = alone
        raise BootError(
            f"{name}: symbols without code, of the program with the build ID {one.build_id.hex() or '(none)'}, which "
            "is not in the initial RAM disk; name that program, too"
        )
    return tables_of(files, [one for _, one in (*named, *files)])
