# SPDX-License-Identifier: GPL-2.0-or-later
"""Rebuilding: only after a change, and again when an output is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from buildtools import toolchain
from buildtools.toolchain import Target


class Workshop:
    """A folder with one source and a target that counts how often it is made."""

    def __init__(self, folder: Path) -> None:
        self.source, self.output, self.made = folder / "a.c", folder / "a.out", 0
        self.source.write_text("1")

    def make(self) -> None:
        self.made += 1
        self.output.write_text(self.source.read_text())

    def build(self, flags: tuple[str, ...] = ()) -> int:
        Target("workshop", (self.output,), (self.source,), flags, self.make).build()
        return self.made


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setattr(toolchain, "WORK", tmp_path / "work")
    monkeypatch.setattr(toolchain, "ROOT", Path("/"))
    return Workshop(tmp_path)


def test_unchanged_sources_are_not_built_again(workshop: Workshop) -> None:
    assert [workshop.build(), workshop.build()] == [1, 1]


@pytest.mark.parametrize(
    "change",
    [lambda it: it.source.write_text("2"), lambda it: it.output.unlink()],
    ids=["another source", "no output"],
)
def test_a_change_builds_again(workshop: Workshop, change: Callable[[Workshop], object]) -> None:
    workshop.build()
    change(workshop)
    assert workshop.build() == 2


def test_other_flags_build_again(workshop: Workshop) -> None:
    workshop.build()
    assert workshop.build(("-O3",)) == 2


def test_a_failed_build_is_tried_again(workshop: Workshop) -> None:
    def fail() -> None:
        raise OSError

    target = Target("workshop", (workshop.output,), (workshop.source,), (), fail)
    with pytest.raises(OSError):  # noqa: PT011
        target.build()
    assert workshop.build() == 1
