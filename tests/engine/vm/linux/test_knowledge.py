# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel file says of itself is looked for once, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.guest.linux.given import GivenSymbols
from engine.guest.linux.guest import LinuxGuest
from engine.guest.linux.kernel import KernelError
from engine.guest.recognition import RecognisedGuest
from engine.guest.symbols import Symbols
from engine.machine.linux.boot import LinuxKernel
from engine.vm.linux import knowledge
from tests.engine.guest.linux import tables
from tests.engine.guest.linux.small_kernel import HEAP, IMAGE, SmallKernel, virtual
from tests.engine.guest.linux.test_kernel import vmlinux
from tests.engine.machine.linux.synthetic import bzimage, with_relocations


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return knowledge.directory()


@pytest.fixture(scope="module")
def file() -> bytes:
    small = SmallKernel()
    data = vmlinux(small)
    small.core.close()
    return data


def test_the_second_time_the_image_is_not_opened(cache: Path, file: bytes, monkeypatch: pytest.MonkeyPatch):
    first = knowledge.guest_of(LinuxKernel(file, ""))
    assert len(list(cache.iterdir())) == 1
    monkeypatch.setattr(LinuxKernel, "image", property(lambda _: pytest.fail("opened")))
    second = knowledge.guest_of(LinuxKernel(file, ""))
    assert isinstance(second, LinuxGuest)
    assert second.name == first.name == "Linux 6.1.0-small"
    assert dict(second.symbols.addresses) == dict(first.symbols.addresses)
    assert second.symbols["init_task"] == virtual(HEAP)
    assert second.prelude == first.prelude


def test_a_damaged_file_is_made_anew(cache: Path, file: bytes):
    knowledge.guest_of(LinuxKernel(file, ""))
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:100])
    assert knowledge.guest_of(LinuxKernel(file, "")).symbols["init_task"] == virtual(HEAP)
    assert kept.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_done_without(cache: Path, file: bytes):
    cache.parent.mkdir()
    cache.write_text("in the way")
    assert knowledge.guest_of(LinuxKernel(file, "")).symbols["init_task"] == virtual(HEAP)
    assert cache.read_text() == "in the way"


def test_kernels_not_used_for_longest_are_forgotten(cache: Path, file: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(knowledge, "KEPT", 2)
    for number in range(4):
        knowledge.guest_of(LinuxKernel(file + bytes([number]), ""))
    assert len(list(cache.iterdir())) == 2


def test_a_kernel_without_symbols_may_be_recognised_later(cache: Path):
    guest = knowledge.guest_of(LinuxKernel(bzimage(vmlinux_=with_relocations()), ""))
    assert isinstance(guest, RecognisedGuest)
    assert guest.name == "Linux 9.8.7-synthetic"
    assert not cache.exists()


@pytest.mark.parametrize("distance", [0, 0x600000])
def test_a_kernel_without_kallsyms_takes_symbols_from_a_file_wherever_it_ran(cache: Path, file: bytes, distance: int):
    whole = knowledge.guest_of(LinuxKernel(file, ""))
    given = [(place + distance if place >> 63 else place, kind, name) for place, kind, name in whole.symbols.triples()]
    given.append((virtual(IMAGE) + distance, "T", "_text"))
    stripped = _without_kallsyms(file)
    assert isinstance(knowledge.guest_of(LinuxKernel(stripped, "")), RecognisedGuest)
    guest = knowledge.guest_of(LinuxKernel(stripped, ""), GivenSymbols("System.map", Symbols(given)))
    assert isinstance(guest, LinuxGuest)
    assert guest.name == whole.name
    assert guest.notice == f"System.map: {len(given)} symbols taken for {whole.name}"
    assert guest.symbols["init_task"] == virtual(HEAP)
    assert guest.prelude == whole.prelude
    with pytest.raises(KernelError, match="no `Linux version` where they say it is"):
        knowledge.guest_of(
            LinuxKernel(stripped, ""), GivenSymbols("a", Symbols([(virtual(HEAP), "D", "linux_banner")]))
        )


def _without_kallsyms(file: bytes) -> bytes:
    small = SmallKernel()
    packed = tables.kallsyms(small.symbols, since_6_4=True, relative=True, seqs=True)
    small.core.close()
    assert packed in file
    return file.replace(packed, bytes(len(packed)))
