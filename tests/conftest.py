# SPDX-License-Identifier: GPL-2.0-or-later
"""How properties are tried: the same examples in every run; with VPTOP_FUZZ=1 many and new ones (`make fuzz`).

Nothing a test starts touches the caches of the person who runs it.
"""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.register_profile("fuzz", max_examples=5000, deadline=None)
settings.load_profile("fuzz" if os.environ.get("VPTOP_FUZZ") else "same")

gc.disable()


def pytest_collection_finish() -> None:
    """Thousands of tests that live until the end are nothing for the garbage collector to look through each time."""
    gc.freeze()
    gc.enable()


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in jobs in the background: programs under test inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

if "VPTOP_CORE" in os.environ and hasattr(os, "RTLD_DEEPBIND"):
    del os.RTLD_DEEPBIND  # capstone asks for it where it is there; the address sanitizer refuses it


@pytest.fixture(scope="session", autouse=True)
def _caches() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="vptop-tests-") as directory, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", directory)
        yield
