# SPDX-License-Identifier: GPL-2.0-or-later
"""Why work in another process failed."""

from __future__ import annotations

import signal

import pytest

from vptop.model.failures import end_in_words, in_words


def test_the_errors_of_the_host_are_told_in_its_words() -> None:
    assert in_words(FileNotFoundError(2, "No such file or directory", "/a")) == "No such file or directory"


def test_an_error_that_nobody_thought_of_says_where_it_arose() -> None:
    with pytest.raises(KeyError) as raised:
        dict[str, int]()["x"]
    assert in_words(raised.value).startswith("an error in vptop, test_failures.py:")


def test_the_end_of_a_process() -> None:
    assert end_in_words(3) == "status 3"
    assert end_in_words(-signal.SIGSEGV) == f"Segmentation fault (signal {int(signal.SIGSEGV)})"
