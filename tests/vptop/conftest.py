# SPDX-License-Identifier: GPL-2.0-or-later
import pytest

from tests.vptop.ui.fakes import SCRIPTS, VECTORS, frame
from vptop.model.moment import Moment
from vptop.model.session import Session


@pytest.fixture
def moment() -> Moment:
    """The third second of the fake machine."""
    session = Session()
    session.guest, session.vectors = "bundled", VECTORS
    for name, source in SCRIPTS.items():
        session.set_source(name, source)
    for second in range(1, 4):
        session.add(frame(second))
    made = session.moment()
    assert made is not None
    return made
