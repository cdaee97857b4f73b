# SPDX-License-Identifier: GPL-2.0-or-later
"""Names that are found by a part of them."""

from __future__ import annotations

import pytest

from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.model import names
from vptop.model.names import CANDIDATES, EACH, Names, Strings
from vptop.model.session import Session


def names_of(*keys: str) -> Names:
    session = Session()
    session.set_symbols(
        Symbols([(4096 + at, "T", name) for at, name in enumerate(("tcp_push", "run_postgres", "post_it"))])
    )
    rows = {"running": aggregate([ones((1,), (key,), 1) for key in keys])}
    session.add(frame(1, aggregates=rows))
    moment = session.moment()
    assert moment is not None
    return Names(moment)


def test_names_that_begin_with_what_is_typed_come_first() -> None:
    found = names_of("sshd", "Postgres: writer", "postgres", "GUEST_0x1", "a\x1b[31mpost").like(" POST")
    assert [(name.text, name.what) for name in found] == [
        ("postgres", "in running"),
        ("Postgres: writer", "in running"),
        ("post_it", "symbol of the guest"),
        ("run_postgres", "symbol of the guest"),
    ]


def test_before_anything_is_typed_there_are_moments_aggregates_and_probes() -> None:
    found = [name.text for name in names_of("sshd").like("")]
    assert {"max", "first", "last", "running", "Guest_IRQ", "Disk_IOFinish"} <= set(found)
    assert not {"baseline", "sshd", "tcp_push"} & set(found)


def test_a_misspelt_name_has_near_ones() -> None:
    found = names_of("sshd", "postgres")
    assert found.nearest("postgers")[0] == "postgres"
    assert found.nearest("tcp_pusg")[0] == "tcp_push"
    assert found.nearest("runing")[0] == "running"


def test_what_is_looked_at_for_a_key_is_bounded() -> None:
    many = Strings("".join(f"tcp_{number}\0" for number in range(CANDIDATES + 1, 0, -1)).encode())
    found = many.like("tcp")
    assert len(found) == EACH
    assert found[0] == "tcp_2"  # tcp_1 is the last one, which was not looked at


def test_keys_beyond_the_room_for_searching_are_left_out_but_still_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "SEARCHED_BYTES", 4)
    found = names_of("postgres")
    assert "postgres" not in [name.text for name in found.like("postg")]
    assert found.holder("postgres") is not None
    assert found.holder("postgre") is None
