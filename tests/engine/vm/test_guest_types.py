# SPDX-License-Identifier: GPL-2.0-or-later
"""Structures of a kernel in Emmett: what BTF says of them is what a program reads."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from engine.emmett import Options, compile_emmett, translate
from engine.guest.linux.btf import Btf
from engine.vm.guest_types import BtfTypes
from engine.vp import Prelude
from engine.vp.diagnostics.source import SourceText
from engine.vp.guest_types import ForeignInteger, ForeignStruct
from tests.engine.guest.linux import tables

START = "#include <vmlinux>\nstruct task_struct *t;\n"


@pytest.fixture(scope="module")
def types() -> BtfTypes:
    return BtfTypes(Btf(tables.small_types().data()))


def expression(types: BtfTypes, code: str) -> str:
    """What an Emmett expression becomes, on one line."""
    prelude = Prelude("<prelude>", "", {}, types)
    text = f"{START}VMMLoad x = {code};\n"
    result = translate([SourceText("a.emt", text)], Options(prelude=prelude, height=1000))
    assert result.vp is not None, result.diagnostics
    last = result.vp.text.splitlines()[-1]
    return last.removeprefix("(vprobe VMMLoad (setint x ").removesuffix("))")


def extended(read: str, bits: int) -> str:
    """The sign extension of a value of some bits: all integers of these types are signed."""
    sign = 1 << bits - 1
    return f"(- (^ {read} {sign}) {sign})"


@pytest.mark.parametrize(
    ("code", "vp"),
    [
        ("t->flags", extended("(& 4294967295 (getguest t))", 32)),
        ("t->pid", extended("(& 4294967295 (getguest (+ t 8)))", 32)),
        ("t->in_execve", extended("(& 1 (getguest (+ t 4)))", 1)),
        ("t->in_iowait", extended("(& 7 (>> (getguest (+ t 4)) 1))", 3)),
        ("t->se.vruntime", "(getguest (+ t 24))"),
        ("t->mm->arg_end", "(getguest (+ (getguest (+ t 32)) 16))"),
        (
            "t->real_parent->real_parent->tgid",
            extended("(& 4294967295 (getguest (+ (getguest (+ (getguest (+ t 40)) 40)) 12)))", 32),
        ),
        ("t->stats[1].load", "(getguest (+ t 64))"),
        ("&t->comm", "(+ t 80)"),
        ("t->comm[2]", extended("(& 255 (getguest (+ t 82)))", 8)),
        ("((task_t *)RAX)->pid", extended("(& 4294967295 (getguest (+ RAX 8)))", 32)),
        ("sizeof(struct task_struct) + sizeof(pid_t) + sizeof(struct list_head)", "140"),
    ],
)
def test_members_are_read_where_the_kernel_has_them(types: BtfTypes, code: str, vp: str) -> None:
    assert expression(types, code) == vp


def test_the_program_of_the_documentation_compiles(types: BtfTypes) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "emmett" / "guide.md").read_text("utf-8")
    (program,) = re.findall(r"```c\n(#include <vmlinux>.*?)```", guide, re.DOTALL)
    compiled = compile_emmett(program, options=Options(prelude=Prelude("<prelude>", "", {"init_task": 0x1000}, types)))
    assert compiled.diagnostics == ()
    assert compiled.program is not None
    assert compiled.program.names_guest, "it is compiled anew when the kernel turns out to run elsewhere"


def test_what_is_not_there_is_unknown(types: BtfTypes) -> None:
    assert types.structure("struct", "nothing") is None
    assert types.structure("union", "task_struct") is None
    assert types.typedef("nothing") is None
    assert types.typedef("pid_t") == ForeignInteger("int", 4, is_signed=True)
    assert types.constant("NOTHING") is None
    assert types.fields(0) is None
    assert isinstance(types.structure("struct", "module"), ForeignStruct)


def test_enumerators_are_constants() -> None:
    writer = tables.small_types()
    values = [("HI_SOFTIRQ", 0), ("TIMER_SOFTIRQ", 1)]
    extra = b"".join(writer.name(name).to_bytes(4, "little") + value.to_bytes(4, "little") for name, value in values)
    writer.add(6, "softirq", 4, extra, len(values))
    wide = struct.pack("<III", writer.name("LARGE"), 7, 1) + struct.pack("<III", writer.name("LEAST"), 0, 1 << 31)
    writer.add(19, "wide", 8, wide, 2, flag=True)
    types = BtfTypes(Btf(writer.data()))
    assert expression(types, "TIMER_SOFTIRQ + 1") == "2"
    assert types.constant("LARGE") == (1 << 32) + 7
    assert types.constant("LEAST") == -(1 << 63)
    assert expression(types, "LEAST") == str(-(1 << 63))


def test_damaged_types_are_unknown() -> None:
    writer = tables.small_types()
    number = len(writer.types) + 1
    writer.add(8, "round", number)
    writer.composite("holder", 8, [("round", number, 0)])
    types = BtfTypes(Btf(writer.data()))
    assert types.typedef("round") is None
    holder = types.structure("struct", "holder")
    assert holder is not None
    assert types.fields(holder.key) is None


def test_without_types_the_include_says_so() -> None:
    result = translate([SourceText("a.emt", START + "VMMLoad ;")], Options(prelude=Prelude("<prelude>", "")))
    first = result.diagnostics[0]
    assert (first.code, first.expected) == ("E606", "a Linux guest whose kernel has BTF")
