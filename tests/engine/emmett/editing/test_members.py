# SPDX-License-Identifier: GPL-2.0-or-later
"""Members behind `->` and `.`, of structures of the program and of the guest."""

from __future__ import annotations

import pytest

from engine.emmett.editing.completion import candidates
from engine.guest.linux.btf import Btf
from engine.vm.guest_types import BtfTypes
from engine.vp import Prelude
from tests.engine.guest.linux import tables

PROGRAM = """struct inner { int low; int high:3; };
struct list { struct list *next; struct inner in; struct inner *many[4]; int value; };
struct list *head;
struct list *first(int n) { return head; }
VMM1Hz { struct inner *near; x = """


def offered(expression: str, program: str = PROGRAM, prelude: Prelude | None = None) -> list[str]:
    text = program + expression
    lines = text.split("\n")
    return [one.name for one in candidates(f"{text}\n}}\n", len(lines), len(lines[-1]) + 1, prelude)]


@pytest.mark.parametrize(
    ("expression", "members"),
    [
        ("head->", ["in", "many", "next", "value"]),
        ("head->n", ["next"]),
        ("head->next->next->v", ["value"]),
        ("head->in.", ["high", "low"]),
        ("head->many[n[1]]->l", ["low"]),
        ("first(head->value)->va", ["value"]),
        ("near->", ["high", "low"]),
        ("near->low + (near->) * 2;\ny = near->l", ["low"]),
        ("((struct inner *)RAX)->h", ["high"]),
        ("head->value.", []),
        ("nothing->", []),
        ("->", []),
        ("head->nothing->", []),
    ],
)
def test_members_by_the_type_of_what_is_before(expression: str, members: list[str]) -> None:
    assert offered(expression) == members


def test_a_member_is_documented() -> None:
    line = PROGRAM.splitlines()[-1] + "head->in.hi"
    (high,) = candidates(PROGRAM + "head->in.hi", 5, len(line) + 1)
    assert (high.kind, high.signature, high.doc) == ("member", "int high", "At byte 4 of struct inner, 3 bits.")


def test_types_and_members_of_the_guest() -> None:
    prelude = Prelude("<prelude>", "", {}, BtfTypes(Btf(tables.small_types().data())))
    program = "#include <vmlinux>\nstruct task_struct *t;\nVMM1Hz { x = "
    assert offered("t->mm->arg_e", program, prelude) == ["arg_end"]
    assert "task_struct" in offered("(struct ta", program, prelude)
    assert offered("(struct task_s", "VMM1Hz { x = ", prelude) == [], "the program does not include its types"
    assert offered("(task_", program, prelude) == ["task_t"]
    assert "pid_t" in offered("pi", "#include <vmlinux>\n", prelude)


def test_own_types_behind_their_keyword() -> None:
    assert offered("(struct ") == ["inner", "list"]
    assert offered("(union ") == []
