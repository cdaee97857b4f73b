# SPDX-License-Identifier: GPL-2.0-or-later
"""Which test kernels an argument names."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.conformance.runner import Case
from engine.vm.conformance.suite import SuiteError, named
from engine.vm.options import BootError

DEFAULT = Case("", "usual", memory_mib=32)
LIST = """
# a list
[apic]
file = apic.flat
smp = 2
extra_params = -cpu qemu64,vendor=AuthenticAMD,+x2apic -append 'one "two three"' -m 1g
arch = x86_64
check = a=b
check = c=d

[other]
file = other.flat
smp = $MAX_SMP

[not built]
file = missing.flat
"""


def test_a_file_has_the_default_command_line_or_its_own() -> None:
    assert named("a.flat", DEFAULT) == [Case("a.flat", "usual", memory_mib=32)]
    assert named("a.flat  b c", DEFAULT) == [Case("a.flat", "b c", memory_mib=32)]


def test_a_file_may_have_blanks_in_its_name(tmp_path: Path) -> None:
    file = tmp_path / "a b.flat"
    file.touch()
    assert named(str(file), DEFAULT) == [Case(str(file), "usual", memory_mib=32)]


def test_a_list_names_the_kernels_that_were_built(tmp_path: Path) -> None:
    for name in ("apic.flat", "other.flat"):
        (tmp_path / name).touch()
    where = tmp_path / "unittests.cfg"
    where.write_text(LIST)
    assert named(str(where), DEFAULT) == [
        Case(str(tmp_path / "apic.flat"), 'one "two three"', memory_mib=1024, cpus=2, vendor="amd"),
        Case(str(tmp_path / "other.flat"), "usual", memory_mib=32),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\nsmp = 1\n", r"\[a\]: no `file`; expected the name of a test kernel"),
        ("[a]\nfile = .\nextra_params = -append 'x\n", r"\[a\]: extra_params: No closing quotation"),
        ("[a]\nfile = .\nextra_params = -m lots\n", r"\[a\]: -m lots: expected a number of MiB"),
        ("file = x\n", "not a list of test kernels"),
    ],
)
def test_a_list_that_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    where = tmp_path / "unittests.cfg"
    where.write_text(text)
    with pytest.raises(SuiteError, match=message):
        named(str(where), DEFAULT)


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BootError, match="No such file"):
        named(str(tmp_path / "unittests.cfg"), DEFAULT)
