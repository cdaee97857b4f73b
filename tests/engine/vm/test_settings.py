# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of settings, and their values as fields of PowerOn."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.settings import OF_THE_VM, SETTINGS, ConfigurationError, Line, fields, is_true, read_lines


def test_lines_may_be_quoted_or_not_and_have_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.vmx"
    path.write_text('# x\n\na = "1 # 2"  # three\n b.c-d:0 = plain text # comment\ne = ""\n')
    assert [(line.place.rsplit(":", 1)[1], line.key, line.value) for line in read_lines(path)] == [
        ("3", "a", "1 # 2"),
        ("4", "b.c-d:0", "plain text"),
        ("5", "e", ""),
    ]
    path.write_text("no setting\n")
    with pytest.raises(ConfigurationError, match=r"a\.vmx:1: found 'no setting'; expected KEY"):
        read_lines(path)


@pytest.mark.parametrize(
    ("key", "value", "field", "read"),
    [
        ("MEMSIZE", "128", "memory_mib", 128),
        ("vprobe.maxcodebytes", "0x4000", "code_bytes", 16384),
        ("vhv.vendor", "AMD", "vendor", "amd"),
        ("guest.kernel", "boot/vmlinuz", "kernel", "/vm/boot/vmlinuz"),
        ("guest.initrd", "/abs", "initrd", "/abs"),
        ("guest.kaslr", "TRUE", "kaslr", True),
        ("guest.userSymbols", "bin/a:/b::c=d/e", "user_symbols", ("/vm/bin/a", "/b", "c=/vm/d/e")),
        ("guest.userSymbols", "./x=y", "user_symbols", ("/vm/x=y",)),
    ],
)
def test_values_are_read_by_their_kind(key: str, value: str, field: str, read: object) -> None:
    assert fields(Line("x", key, value), Path("/vm")) == {field: read}


def test_settings_of_the_vm_and_of_other_hardware_are_not_the_machine_s() -> None:
    assert fields(Line("x", "vprobe.enable", "TRUE")) == {}
    assert fields(Line("x", "sound.present", "TRUE")) == {}
    with pytest.raises(ConfigurationError, match=r"x: no setting sound\.present"):
        fields(Line("x", "sound.present", "TRUE"), strict=True)
    assert not set(SETTINGS) & set(OF_THE_VM)


def test_truth_has_two_words() -> None:
    assert is_true(Line("x", "a", "True"))
    assert not is_true(Line("x", "a", "FALSE"))
    with pytest.raises(ConfigurationError, match="x: found '1'; expected TRUE or FALSE"):
        is_true(Line("x", "a", "1"))
