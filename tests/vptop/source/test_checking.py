# SPDX-License-Identifier: GPL-2.0-or-later
"""Findings cross from one process to another."""

from __future__ import annotations

import pickle

from engine.emmett import Emmett
from vptop.source.checking import Finding

TEXT = "struct s { int low; } *head; int f(int n) { return n + head->low; } // end"


def test_a_finding_arrives_as_it_was_sent() -> None:
    language = Emmett()
    names = language.names(TEXT, None)
    sent = Finding(tokens=language.tokens(TEXT), names=names)
    arrived = pickle.loads(pickle.dumps(sent))
    assert arrived.tokens is not None
    assert list(arrived.tokens) == list(language.tokens(TEXT))
    assert arrived.tokens.state(3) == language.tokens(TEXT).state(3)
    assert arrived.names == names
    head = next(one for one in arrived.names.own if one.name == "head")
    assert [one.name for one in arrived.names.members(head)] == ["low"]
