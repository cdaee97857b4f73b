# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import pytest

from engine.guest.linux import btf
from engine.guest.linux.btf import Btf, BtfError, Kind
from tests.engine.guest.linux import tables


@pytest.fixture(scope="module")
def types() -> Btf:
    return Btf(tables.small_types().data())


def number(types: Btf, name: str, *kinds: Kind) -> int:
    found = types.find(name, *kinds)
    assert found is not None
    return found


def test_types_are_found_by_name_and_kind(types: Btf):
    assert types.kind(number(types, "task_struct", Kind.STRUCT)) is Kind.STRUCT
    assert types.find("task_struct", Kind.UNION) is None
    assert types.find("task", Kind.STRUCT) is None
    assert types.find("", Kind.STRUCT) is None


def test_sizes_follow_typedefs_qualifiers_arrays_and_pointers(types: Btf):
    assert types.size(number(types, "pid_t", Kind.TYPEDEF)) == 4
    assert types.size(number(types, "task_t", Kind.TYPEDEF)) == 120
    by_name = {m.name: m.type for m in types.members(number(types, "task_struct", Kind.STRUCT))}
    assert types.size(by_name["stats"]) == 32
    assert types.size(by_name["mm"]) == 8
    assert types.size(0) == 0


def test_integers_are_signed_or_not(types: Btf):
    assert types.is_signed(number(types, "pid_t", Kind.TYPEDEF))
    assert not types.is_signed(number(types, "long unsigned int", Kind.INT))


def test_members_have_bit_offsets_and_widths(types: Btf):
    anonymous = [m for m in types.members(number(types, "task_struct", Kind.STRUCT)) if not m.name]
    assert [(m.name, m.offset, m.bits) for m in types.members(anonymous[0].type)] == [
        ("in_execve", 0, 1),
        ("in_iowait", 1, 3),
    ]


def test_per_cpu_variables_are_read(types: Btf):
    found = types.variable(".data..percpu", "current_task")
    assert found is not None
    assert (found[0], types.name(types.target(found[1]))) == (0x1FB80, "task_struct")
    assert (types.variable(".data..percpu", "cpu_number") or (0,))[0] == 0x19160
    assert types.variable(".data", "current_task") is types.variable(".data..percpu", "task_struct") is None


def test_enumerators_are_read():
    writer = tables.BtfWriter()
    values = [("HI_SOFTIRQ", 0), ("TIMER_SOFTIRQ", 1)]
    extra = b"".join(writer.name(name).to_bytes(4, "little") + value.to_bytes(4, "little") for name, value in values)
    of = writer.add(6, "softirq", 4, extra, 2)
    assert Btf(writer.data()).enumerators(of) == dict(values)


def test_the_kernel_is_told_from_modules_in_memory():
    module = tables.BtfWriter()
    module.composite("ext4_inode", 4, [])
    memory = bytes(100) + module.data() + bytes(33) + tables.small_types().data() + bytes(100)
    assert btf.find(memoryview(memory)).find("task_struct", Kind.STRUCT)
    with pytest.raises(BtfError, match="no BTF found"):
        btf.find(memory[: 150 + len(module.data())])


@pytest.mark.parametrize("kept", [0, 10, 24, 100])
def test_what_is_cut_off_is_an_error(kept: int):
    with pytest.raises(BtfError, match="bytes"):
        Btf(tables.small_types().data()[:kept])


def test_unknown_kinds_and_other_data_are_errors():
    writer = tables.BtfWriter()
    writer.add(29, "strange")
    with pytest.raises(BtfError, match="type 1: damaged or of an unknown kind"):
        Btf(writer.data())
    with pytest.raises(BtfError, match="magic 0x4141"):
        Btf(b"A" * 64)


def test_a_typedef_of_itself_is_an_error():
    writer = tables.BtfWriter()
    writer.add(8, "loop", 1)
    with pytest.raises(BtfError, match="nested more than"):
        Btf(writer.data()).size(1)
