# SPDX-License-Identifier: GPL-2.0-or-later
"""A session that several tests look at."""

import pytest

from tests.vptop.ui.fakes import SCRIPTS, frame
from vptop.model.session import Session


@pytest.fixture
def session():
    """Five seconds of the usual scripts."""
    made = Session()
    for name, source in SCRIPTS.items():
        made.set_source(name, source)
    for second in range(1, 6):
        made.add(frame(second))
    return made
