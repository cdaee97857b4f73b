# SPDX-License-Identifier: GPL-2.0-or-later
"""The process that checks scripts, from within."""

from __future__ import annotations

from pathlib import Path

from tests.engine.guest.linux import tables
from vptop.source.check_worker import findings, prelude_of
from vptop.source.checking import Surroundings


def test_hints_are_checked_too() -> None:
    *_, last = findings("a.vp", "; @view nothing as=hist\n(vprobe VMM1Hz (logint 1))")
    assert last.places is not None
    assert [place.code for place in last.places] == ["W901"]


def test_symbols_that_cannot_be_read_are_none() -> None:
    assert prelude_of(Surroundings()) is None
    prelude = prelude_of(Surroundings("(defun f () 1)", "/nowhere/symbols"))
    assert prelude is not None
    assert not prelude.addresses


def test_types_of_the_guest_are_read_from_their_file(tmp_path: Path) -> None:
    (tmp_path / "types").write_bytes(tables.small_types().data())
    text = "#include <vmlinux>\nstruct task_struct *t;\nVMM1Hz { logint(t->pid); }"
    prelude = prelude_of(Surroundings("", types=str(tmp_path / "types")))
    _, names, last = findings("a.emt", text, prelude)
    assert last.places == ()
    assert names.names is not None
    assert "task_t" in names.names.foreign["typedef"]
    without = prelude_of(Surroundings("", types=str(tmp_path / "nothing")))
    *_, last = findings("a.emt", text, without)
    assert [place.code for place in last.places or ()][:1] == ["E606"]
