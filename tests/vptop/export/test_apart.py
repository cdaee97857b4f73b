# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are made in a process of their own."""

from __future__ import annotations

import os
import signal
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import pytest

from vptop.export.apart import NICENESS, Rendering, RenderingError
from vptop.export.format import ExportError
from vptop.export.parts import Parts

forked = get_context("fork")


def failing(*parts: bytes, error: Exception) -> Parts:
    yield from parts
    raise error


def test_parts_come_from_another_process_in_their_order() -> None:
    with Rendering(lambda: iter([b"a" * 200_000, b"", str(os.getpid()).encode()])) as made:
        assert [*made.parts()] == [b"a" * 200_000, str(made.pid).encode()]
    assert made.pid != os.getpid()


def test_what_it_makes_is_of_the_moment_at_which_it_began() -> None:
    rows = [b"1"]
    with Rendering(lambda: iter(rows)) as made:
        rows.append(b"2")
        assert [*made.parts()] == [b"1"]


def test_it_leaves_the_terminal_and_the_files_of_its_parent_alone() -> None:
    def seen() -> Parts:
        open_files = [one for one in Path("/dev/fd").iterdir() if one.is_symlink()]  # but for the one that lists them
        yield " ".join(sorted(str(one.readlink()).partition(":")[0] for one in open_files)).encode()
        yield str(os.nice(0)).encode()

    with Path("/dev/zero").open("rb"), Rendering(seen) as made:
        assert [*made.parts()] == [b"/dev/null /dev/null /dev/null pipe", str(os.nice(0) + NICENESS).encode()]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ExportError("no aggregate holds stacks"), "^no aggregate holds stacks$"),
        (MemoryError(), "^not enough memory$"),
        (KeyError("a"), r"^an error in vptop, test_apart.py:\d+: KeyError\('a'\)$"),
    ],
)
def test_trouble_is_told_after_the_parts_before_it(error: Exception, told: str) -> None:
    with Rendering(lambda: failing(b"a", error=error)) as made:
        parts = made.parts()
        assert next(parts) == b"a"
        with pytest.raises(RenderingError, match=told):
            next(parts)


def test_a_process_that_somebody_ends_is_told_of() -> None:
    def ended() -> Parts:
        os.kill(os.getpid(), signal.SIGKILL)
        yield b"never"

    told = r"^the process that made it ended: Killed \(signal 9\)$"
    with Rendering(ended) as made, pytest.raises(RenderingError, match=told):
        next(made.parts())


def test_one_that_is_stopped_is_given_up_and_no_process_is_left() -> None:
    never = forked.Semaphore(0)
    with Rendering(lambda: iter(never.acquire, None)) as made:  # type: ignore[arg-type]
        made.stop()
        with pytest.raises(RenderingError, match="it was given up"):
            next(made.parts())
    made.stop()
    with pytest.raises(ChildProcessError):
        os.waitpid(made.pid, 0)


def test_nothing_is_left_of_one_that_is_not_read_to_its_end() -> None:
    with Rendering(lambda: repeat(b"a" * 100_000)) as made:
        next(made.parts())
    with pytest.raises(ChildProcessError):
        os.waitpid(made.pid, 0)
