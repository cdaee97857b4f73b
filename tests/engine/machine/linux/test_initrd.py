# SPDX-License-Identifier: GPL-2.0-or-later
"""Initial RAM disks: archives as `cpio` reads them, and files that are none."""

from __future__ import annotations

import pytest

from engine.machine.linux import initrd
from engine.machine.linux.errors import LinuxError
from tests.engine.machine.linux.synthetic import COMPRESSORS, bzimage

ENTRIES = [
    initrd.directory("bin"),
    initrd.file("bin/sh", b"#!\n" * 3, executable=True),
    initrd.symlink("bin/ash", "sh"),
    initrd.character_device("console", 5, 1),
    initrd.file("empty", b""),
]


def members(archive: bytes) -> list[tuple[str, int, bytes, tuple[int, int]]]:
    """Name, mode, contents and device number of every member, by cpio(5), "new ASCII format"."""
    found: list[tuple[str, int, bytes, tuple[int, int]]] = []
    at = 0
    while True:
        assert archive[at : at + 6] == b"070701"
        fields = [int(archive[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        size, name_size = fields[6], fields[11]
        name = archive[at + 110 : at + 110 + name_size - 1].decode()
        at = (at + 110 + name_size + 3) // 4 * 4
        if name == "TRAILER!!!":
            return found
        found.append((name, fields[1], archive[at : at + size], (fields[9], fields[10])))
        at = (at + size + 3) // 4 * 4


def test_an_archive_has_its_members_in_order() -> None:
    archive = initrd.archive(ENTRIES)
    initrd.check(archive)
    assert members(archive) == [
        ("bin", 0o040755, b"", (0, 0)),
        ("bin/sh", 0o100755, b"#!\n" * 3, (0, 0)),
        ("bin/ash", 0o120777, b"sh", (0, 0)),
        ("console", 0o020600, b"", (5, 1)),
        ("empty", 0o100644, b"", (0, 0)),
    ]
    assert archive == initrd.archive(ENTRIES)


@pytest.mark.parametrize("compression", COMPRESSORS)
def test_compressed_archives_are_accepted(compression: str) -> None:
    initrd.check(COMPRESSORS[compression](initrd.archive(ENTRIES)))


@pytest.mark.parametrize(
    ("data", "found"), [(b"", "empty"), (bytes(512), "empty"), (b"MZ\x90\0\0\0", "begins with 4d 5a 90 00 00 00")]
)
def test_other_files_are_refused(data: bytes, found: str) -> None:
    with pytest.raises(LinuxError) as refused:
        initrd.check(data)
    assert str(refused.value) == (
        f"not an initial RAM disk ({found}); expected a cpio archive in the newc format, plain or compressed"
    )


def test_a_kernel_is_told_with_the_option_for_it() -> None:
    with pytest.raises(LinuxError, match="a Linux kernel, and no initial RAM disk; name it with --kernel"):
        initrd.check(bzimage())


@pytest.mark.parametrize("compression", [None, *COMPRESSORS])
def test_files_are_read_from_archives_one_behind_the_other(compression: str | None) -> None:
    first = initrd.archive([initrd.file("early", b"microcode")]) + bytes(516)
    last = initrd.archive(ENTRIES)
    found = list(initrd.files(first + (COMPRESSORS[compression](last) if compression else last)))
    assert found == [("early", b"microcode"), ("bin/sh", b"#!\n" * 3)]


def test_each_name_of_a_file_has_its_contents() -> None:
    def member(name: str, inode: int, data: bytes) -> bytes:
        fields = (inode, 0o100755, 0, 0, 2, 0, len(data), 8, 1, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)

    archive = member("a", 7, b"") + member("other", 8, b"x") + member("b", 7, b"same")
    assert list(initrd.files(archive + initrd.archive([]))) == [("other", b"x"), ("a", b"same"), ("b", b"same")]


def test_an_archive_that_is_cut_off_or_damaged_has_the_files_before_that_place() -> None:
    archive = initrd.archive([initrd.file("one", b"1" * 100), initrd.file("two", b"2" * 100)])
    whole = list(initrd.files(archive))
    for size in range(len(archive)):
        found = list(initrd.files(archive[:size]))
        assert found == whole[: len(found)]
    second = archive.index(b"070701", 6)
    for field in range(13):
        for word in (b"-0000001", b"ffffffff", b"zzzzzzzz"):
            at = second + 6 + 8 * field
            damaged = list(initrd.files(archive[:at] + word + archive[at + 8 :]))
            assert damaged[0] == whole[0]
            assert len(damaged) <= 2
    with pytest.raises(LinuxError, match="damaged gzip data"):
        list(initrd.files(archive + b"\x1f\x8b" + bytes(20)))
