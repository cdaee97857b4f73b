# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.probes.frame import Row
from tests.vptop.ui.fakes import aggregate
from vptop.model.arena import Fingerprints, ranks, starts

STRINGS = st.lists(st.binary(max_size=30).map(lambda text: text.replace(b"\0", b"a")), unique=True)


@given(STRINGS)
def test_strings_begin_after_each_zero_and_rank_in_byte_order(strings: list[bytes]) -> None:
    arena = b"".join(text + b"\0" for text in strings)
    places = starts(arena)
    assert [arena[at : arena.index(b"\0", at)] for at in places] == strings
    found = ranks(arena, np.concatenate((places, places)))
    assert [strings[at] for at in np.argsort(found[: len(strings)])] == sorted(strings)
    assert (found[: len(strings)] == found[len(strings) :]).all()


def test_fingerprints_depend_on_every_key_and_on_nothing_else() -> None:
    def data(*keys: tuple[tuple[int, ...], tuple[str, ...]]) -> list[int]:
        rows = [Row(integers, strings, 1, 1, 1, 1, 1) for integers, strings in keys]
        return [int(one) for one in Fingerprints(aggregate(rows)).all()]

    one, two, three, four = data(((1, 2), ("a", "b")), ((2, 1), ("a", "b")), ((1, 2), ("b", "a")), ((1, 2), ("a", "c")))
    assert len({one, two, three, four}) == 4
    assert data(((9, 9), ("some other string", "a")), ((1, 2), ("a", "b")))[1] == one
