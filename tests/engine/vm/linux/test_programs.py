# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the functions of programs in a Linux guest come from: files that are named, and the initial RAM disk."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from engine.guest.linux.symbol_table import Programs, TableSymbols
from engine.machine.linux import initrd
from engine.vm.linux import programs
from engine.vm.options import BootError
from tests.engine.guest.linux.elf_writer import CODE_AT, FUNCTION, elf

TEXT = 0x401000
BUILD = b"\x12\x34"


def program(name: str, **options: bytes | bool) -> bytes:
    return elf([(name, TEXT, 0x10, FUNCTION, True)], **options)  # type: ignore[arg-type]


def disk(**files: bytes) -> bytes:
    return gzip.compress(initrd.archive([initrd.file(f"bin/{name}", data) for name, data in files.items()]))


def names(found: Programs) -> dict[str, str]:
    return {name: TableSymbols([table]).describe(CODE_AT + 1) for name, table in found().items()}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return programs.directory()


def test_programs_of_the_initial_ram_disk_are_read_once_and_kept(cache: Path, monkeypatch: pytest.MonkeyPatch):
    archive = disk(one=program("main"), stripped=elf(), script=b"#!/bin/sh\n")
    found = programs.programs_of((), archive)
    assert not cache.exists(), "they are not needed yet"
    assert names(found) == names(found) == {"one": "main+0x1"}
    monkeypatch.setattr(initrd, "files", lambda _: pytest.fail("read again"))
    assert names(programs.programs_of((), archive)) == {"one": "main+0x1"}


def test_a_damaged_file_in_the_cache_is_made_anew(cache: Path):
    archive = disk(one=program("main"))
    names(programs.programs_of((), archive))
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:-1], b"something else"):
        kept.write_bytes(damaged)
        assert names(programs.programs_of((), archive)) == {"one": "main+0x1"}
        assert kept.read_bytes() == whole


def test_a_damaged_ram_disk_has_the_programs_before_the_damage():
    archive = initrd.archive([initrd.file("one", program("main"))])
    assert names(programs.programs_of((), archive + b"\x1f\x8b" + bytes(30))) == {"one": "main+0x1"}


def test_a_file_that_is_named_wins_and_may_have_another_name(tmp_path: Path):
    path = tmp_path / "one"
    path.write_bytes(program("built_here"))
    archive = disk(one=program("shipped"), two=program("second"))
    assert names(programs.programs_of([str(path)], archive)) == {"one": "built_here+0x1", "two": "second+0x1"}
    assert names(programs.programs_of([f"two={path}"])) == {"two": "built_here+0x1"}
    assert names(programs.programs_of([f"a program={path}"])) == {"a?program": "built_here+0x1"}


def test_the_programs_below_a_folder(tmp_path: Path):
    (tmp_path / "usr" / "lib").mkdir(parents=True)
    (tmp_path / "usr" / "lib" / "libx.so.1").write_bytes(program("x", kind=3))  # type: ignore[arg-type]
    (tmp_path / "usr" / "lib" / "libx.so").symlink_to("libx.so.1")
    (tmp_path / "usr" / "notes").write_text("text")
    assert names(programs.programs_of([str(tmp_path)])) == {"libx.so.1": "x+0x1"}


def test_a_debug_file_belongs_to_the_program_with_its_build_id(tmp_path: Path):
    debug = tmp_path / "one.debug"
    debug.write_bytes(program("main", build_id=BUILD, code=False))
    archive = disk(one=elf(build_id=BUILD))
    assert names(programs.programs_of([str(debug)], archive)) == {"one": "main+0x1"}
    (tmp_path / "two").write_bytes(elf((), [("shared", TEXT, 8, FUNCTION, True)], build_id=BUILD))
    assert names(programs.programs_of([str(debug), str(tmp_path / "two")])) == {"two": "main+0x1"}
    with pytest.raises(BootError) as refused:
        programs.programs_of([str(debug)])
    assert str(refused.value) == (
        "one.debug: symbols without code, of the program with the build ID 1234, which is not in the initial RAM disk; "
        "name that program, too"
    )
    programs.check([str(debug)])


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: None, "No such file or directory"),
        (lambda path: path.write_bytes(b"MZ"), "not a program or shared library for x86-64; expected an ELF file with"),
        (
            lambda path: path.write_bytes(elf()),
            "no symbols: it was stripped; name the file that was built, or its debug",
        ),
        (lambda path: path.mkdir(), "no programs or shared libraries with symbols in this folder"),
    ],
)
def test_what_has_no_functions_is_refused(tmp_path: Path, make, problem: str):
    path = tmp_path / "one"
    make(path)
    for refuse in (programs.programs_of, programs.check):
        with pytest.raises(BootError) as refused:
            refuse([str(path)])
        assert str(refused.value).startswith(f"{path}: {problem}")
