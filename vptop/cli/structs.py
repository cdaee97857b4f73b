# SPDX-License-Identifier: GPL-2.0-or-later
"""`vprobe-dwarffrob` and `vprobe-pdb2structs`: structures of a program or kernel as sparse structures of Emmett.

A sparse structure names only the members that are wanted, each with its offset: `struct s { @16 int pid; };`.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from engine.errors import InputError, VptopError
from engine.guest.linux import btf as btf_format
from engine.guest.linux.btf import Btf, BtfError, Kind
from vptop.cli import console
from vptop.cli.dwarf import Dwarf, DwarfError
from vptop.cli.manual import DWARFFROB, PDB2STRUCTS, Manual, help_text
from vptop.cli.members import Member, integer
from vptop.cli.program_database import MAGIC as PDB_MAGIC
from vptop.cli.program_database import Pdb
from vptop.cli.standard_streams import guarded

OK, FAILED, USAGE = 0, 1, 2
EVERY = "*"


class StructError(InputError):
    """A structure or member that is not there, or a file without types. Name another one."""


class Types(Protocol):
    """Structures by name, wherever they are described."""

    def members(self, name: str) -> list[Member] | None:
        """The members of a structure or union, those of anonymous ones within it too; None when it is not there."""
        ...

    def names(self) -> Iterable[str]:
        """The names of all structures."""
        ...


class BtfTypes:
    """Structures from BTF."""

    def __init__(self, btf: Btf) -> None:
        self._btf = btf

    def names(self) -> Iterable[str]:
        """The names of all structures."""
        return self._btf.names(Kind.STRUCT, Kind.UNION)

    def members(self, name: str) -> list[Member] | None:
        """The members of a structure, as far as they begin at a whole byte."""
        number = self._btf.find(name, Kind.STRUCT, Kind.UNION)
        return None if number is None else list(self._flat(number, 0))

    def _flat(self, number: int, base: int) -> Iterator[Member]:
        for member in self._btf.members(number):
            offset = base + member.offset // 8
            kind = self._btf.unqualified(member.type)
            if not member.name and self._btf.kind(kind) in (Kind.STRUCT, Kind.UNION):
                yield from self._flat(kind, offset)
            elif member.name and not member.bits and not member.offset % 8:
                yield Member(member.name, offset, self._form(member.type))

    def _form(self, number: int) -> str:
        number = self._btf.unqualified(number)
        kind = self._btf.kind(number)
        if kind is Kind.PTR:
            target = self._btf.unqualified(self._btf.target(number))
            name = self._btf.name(target)
            known = self._btf.kind(target) in (Kind.STRUCT, Kind.UNION) and name
            return f"struct {name} *%s" if known else "char *%s" if self._btf.size(target) == 1 else "long %s"
        if kind is Kind.ARRAY:
            element, count = self._btf.array(number)
            return integer(max(1, self._btf.size(element)), count)
        if kind in (Kind.STRUCT, Kind.UNION):
            return integer(1, self._btf.size(number))
        return integer(self._btf.size(number))


def types_of(path: Path) -> Types:
    """The types that a file describes: DWARF of an ELF file, BTF of a kernel or a raw BTF file, a program database.

    Raises:
        StructError: the file cannot be read, or has none of them.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StructError(f"{path}: {error.strerror or error}") from error
    if data.startswith(PDB_MAGIC):
        return Pdb(data)
    for read in (lambda: BtfTypes(Btf(data)), lambda: Dwarf(data), lambda: BtfTypes(btf_format.find(data))):
        try:
            return read()
        except (BtfError, DwarfError):
            continue
    expected = "compile with -g, or give a kernel with CONFIG_DEBUG_INFO_BTF or a .pdb file"
    raise StructError(f"{path}: no DWARF, BTF or program database; {expected}")


def sparse(types: Types, wanted: Sequence[str]) -> str:
    """Emmett text for what is wanted: `STRUCT`, `STRUCT.*` or `STRUCT.MEMBER`.

    Raises:
        StructError: a structure or member is not there.
    """
    chosen: dict[str, list[str]] = {}
    for word in wanted:
        name, _, member = word.removeprefix("struct ").partition(".")
        chosen.setdefault(name, []).append(member or EVERY)
    return "\n".join(_one(types, name, members) for name, members in chosen.items())


def _one(types: Types, name: str, wanted: list[str]) -> str:
    there = types.members(name)
    if there is None:
        raise StructError(f"no structure {name}")
    by_name = {member.name: member for member in there}
    missing = [member for member in wanted if member != EVERY and member not in by_name]
    if missing:
        raise StructError(f"structure {name} has no member {missing[0]}")
    members = there if EVERY in wanted else [by_name[member] for member in wanted]
    lines = [f"   @{member.offset} {member.form % member.name};" for member in sorted(members, key=lambda m: m.offset)]
    return "\n".join([f"struct {name} {{", *lines, "};"]) + "\n"


@guarded("vprobe-dwarffrob")
def main() -> None:
    """Entry point: `vprobe-dwarffrob FILE STRUCT[.MEMBER]...`."""
    _main(DWARFFROB)


@guarded("vprobe-pdb2structs")
def pdb2structs() -> None:
    """Entry point: `vprobe-pdb2structs FILE STRUCT[.MEMBER]...`."""
    _main(PDB2STRUCTS)


def _main(manual: Manual) -> None:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    words = sys.argv[1:]
    if {"-h", "--help"} & set(words):
        sys.stdout.write(help_text(manual))
        sys.exit(OK)
    if not words:
        sys.stderr.write(help_text(manual).split("\n\n")[0] + "\n")
        sys.exit(USAGE)
    try:
        types = types_of(Path(words[0]))
        wanted = words[1:] or [line.strip() for line in sys.stdin if line.strip()]
        sys.stdout.write(sparse(types, wanted))
    except VptopError as error:
        sys.stderr.write(f"{manual.name}: {console.harmless(str(error))}\n")
        sys.exit(FAILED)
