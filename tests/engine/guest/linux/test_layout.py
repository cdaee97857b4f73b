# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import pytest

from engine.guest.linux.btf import Btf
from engine.guest.linux.layout import LayoutError, layout
from tests.engine.guest.linux import tables


@pytest.fixture(scope="module")
def types() -> Btf:
    return Btf(tables.small_types().data())


@pytest.mark.parametrize(
    ("path", "offset", "size"),
    [
        ("flags", 0, 4),
        ("pid", 8, 4),
        ("tgid", 12, 4),
        ("se.vruntime", 24, 8),
        ("real_parent", 40, 8),
        ("stats", 48, 32),
        ("stats[1].vruntime", 72, 8),
        ("comm", 80, 16),
    ],
)
def test_members_have_offsets_through_anonymous_and_nested_ones(types: Btf, path: str, offset: int, size: int):
    field = layout(types, "task_struct")[path]
    assert (field.offset, field.size, field.bits) == (offset, size, 0)


def test_a_bit_field_has_its_unit_its_shift_and_its_width(types: Btf):
    field = layout(types, "task_struct")["in_iowait"]
    assert (field.offset, field.size, field.shift, field.bits) == (4, 4, 1, 3)


def test_a_typedef_of_a_structure_is_one(types: Btf):
    assert layout(types, "task_t")["comm"].offset == 80
    assert layout(types, "task_t").size == 120


def test_members_are_listed_in_order(types: Btf):
    assert list(layout(types, "mm_struct").members) == [
        *("mm_count", "arg_start", "arg_end", "mm_mt", "start_brk", "brk", "start_stack", "context")
    ]


def test_what_a_kernel_does_not_have_is_named(types: Btf):
    with pytest.raises(LayoutError, match="no structure `pcpu_hot`"):
        layout(types, "pcpu_hot")
    with pytest.raises(LayoutError, match="struct task_struct of this kernel has no member `com`; did you mean `comm`"):
        layout(types, "task_struct")["com"]
    task = layout(types, "task_struct")
    assert task.get("flags[0]") is None
    assert task.get("mm.arg_start") is None, "pointers are not followed"
