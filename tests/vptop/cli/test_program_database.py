# SPDX-License-Identifier: GPL-2.0-or-later
"""Structures of program databases that a compiler wrote, and damaged ones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vptop.cli.shell import Shell, install
from vptop.cli.program_database import Pdb, PdbError

SOURCE = """
struct point { int x; int y; };
enum color { RED, GREEN };
struct base { long long first; virtual int turn(); };
struct node : base {
    static int shared; struct inner { char a; }; enum kind { A, B = -70000 };
    node(); int method(int); int method(char); virtual void added(int); int turn() override;
    char state; volatile short kind; node *next; char name[16];
    union { long long whole; struct { int low, high; }; };
    int flag : 3;
    point corner; void *rest; volatile int table[2][3]; color shade; const char *text; point *where; point grid[4];
};
node::node() {}
int node::turn() { return state; }
int base::turn() { return 0; }
void node::added(int) {}
__declspec(dllexport) int size(node *n) { return n->state; }
extern "C" int _DllMainCRTStartup(void *, int, void *) { return 1; }
"""
MEMBERS = [
    (8, "long first"), (16, "char state"), (18, "short kind"), (24, "struct node *next"), (32, "char name[16]"),
    (48, "long whole"), (48, "int low"), (52, "int high"), (60, "char corner[8]"), (72, "long rest"),
    (80, "int table[6]"), (104, "int shade"), (112, "char *text"), (120, "struct point *where"), (128, "char grid[32]"),
]  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pdb")
    install(folder / "bin")
    (folder / "node.cpp").write_text(SOURCE)
    target = "-target x86_64-windows-msvc -fno-rtti -fno-exceptions -fno-sanitize=all"
    Shell(folder).ok(f"{sys.executable} -m ziglang c++ {target} -g -shared -nostdlib node.cpp -o node.dll")
    return folder / "node.pdb"


def test_members_of_a_class(database: Path) -> None:
    members = Pdb(database.read_bytes()).members("node")
    assert members is not None
    assert [(one.offset, one.form % one.name) for one in members] == MEMBERS


def test_the_command(database: Path) -> None:
    text = Shell(database.parent).ok("vprobe-pdb2structs node.pdb node.next 'point.*'")
    assert text.split("\n\n") == [
        "struct node {\n   @24 struct node *next;\n};", "struct point {\n   @0 int x;\n   @4 int y;\n};\n",
    ]  # fmt: skip
    shell = Shell(database.parent)
    assert "no structure nodes" in shell("vprobe-pdb2structs node.pdb nodes").stderr
    assert "no DWARF, BTF or program database" in shell("vprobe-pdb2structs node.cpp x").stderr


def test_other_files_are_refused() -> None:
    with pytest.raises(PdbError, match="no program database"):
        Pdb(b"MZ")


@given(st.data())
def test_damage_is_reported(database: Path, data: st.DataObject) -> None:
    whole = bytearray(database.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(32, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    try:
        types = Pdb(bytes(whole[: data.draw(st.integers(40, len(whole)))]))
        for name in types.names():
            types.members(name)
    except PdbError:
        pass
