# SPDX-License-Identifier: GPL-2.0-or-later
"""Sparse structures from BTF and DWARF, which Emmett compiles."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.emmett import translate
from engine.vp.diagnostics.source import SourceText
from tests.vptop.cli.shell import Shell, install
from vptop.cli.structs import StructError, sparse, types_of

SOURCE = """
struct point { int x; int y; };
typedef unsigned long counter;
struct node {
    char state; short kind; struct node *next; char name[16]; counter total;
    union { long whole; struct { int low, high; }; };
    int flag : 3;
    struct point corner; void *rest; int table[2][3];
};
struct node global;
"""
NODE = """\
struct node {
   @0 char state;
   @2 short kind;
   @8 struct node *next;
   @16 char name[16];
   @32 long total;
   @40 long whole;
   @40 int low;
   @44 int high;
   @52 char corner[8];
   @64 long rest;
   @72 int table[6];
};
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dwarf")
    install(folder / "bin")
    (folder / "node.c").write_text(SOURCE)
    shell = Shell(folder)
    shell.ok(f"{sys.executable} -m ziglang cc -target x86_64-linux-gnu -g -c node.c -o node.o")
    return folder


def test_a_structure_of_a_program(compiled: Path) -> None:
    assert Shell(compiled).ok("vprobe-dwarffrob node.o 'node.*'") == NODE
    assert Shell(compiled).ok("echo node | vprobe-dwarffrob node.o") == NODE


def test_members_that_were_asked_for_compile_as_emmett(compiled: Path) -> None:
    text = Shell(compiled).ok("vprobe-dwarffrob node.o node.name node.next point")
    assert text.split("\n\n") == [
        "struct node {\n   @8 struct node *next;\n   @16 char name[16];\n};",
        "struct point {\n   @0 int x;\n   @4 int y;\n};\n",
    ]
    program = text + "VMM1Hz { struct node *p; p = RBX; q = p->next; }\n"
    assert translate([SourceText("a.emt", program)]).diagnostics == ()


def test_what_is_not_there_is_told(compiled: Path) -> None:
    types = types_of(compiled / "node.o")
    with pytest.raises(StructError, match="no structure nodes"):
        sparse(types, ["nodes"])
    with pytest.raises(StructError, match="structure node has no member nam"):
        sparse(types, ["node.nam"])
    with pytest.raises(StructError, match="no DWARF, BTF or program database"):
        types_of(compiled / "node.c")
    result = Shell(compiled)("vprobe-dwarffrob nowhere x")
    assert (result.returncode, result.stderr) == (1, "vprobe-dwarffrob: nowhere: No such file or directory\n")
    assert Shell(compiled)("vprobe-dwarffrob").returncode == 2
    assert "BTF" in Shell(compiled).ok("vprobe-dwarffrob --help")
