# SPDX-License-Identifier: GPL-2.0-or-later
"""Names in VP."""

from __future__ import annotations

from engine.emmett.analysis.symbols import Symbols


def test_names_differ_only_where_they_must() -> None:
    symbols = Symbols()
    assert symbols.vp_name("count") == "count"
    assert symbols.vp_name("PID") == "~PID"
    assert symbols.vp_name("strcmp") == "~strcmp"
    assert symbols.vp_name("cond") == "~cond"
    assert symbols.vp_name("n", "~plocal3:") == "~plocal3:n"
    assert symbols.shown == {"~PID": "PID", "~strcmp": "strcmp", "~cond": "cond", "~plocal3:n": "n"}


def test_long_names_stay_within_the_limit_and_apart() -> None:
    symbols = Symbols()
    names = [symbols.vp_name("x" * 60 + letter, "~plocal0:") for letter in "ab"]
    assert len(set(names)) == 2
    assert all(len(name) < 64 for name in names)
    assert [symbols.shown[name][-1] for name in names] == ["a", "b"]
