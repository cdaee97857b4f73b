# SPDX-License-Identifier: GPL-2.0-or-later
"""A real VM process and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.vm.client import VmClient, VmProcess
from tests.engine.vm.process_client import Events


@pytest.fixture
def vm() -> Iterator[VmProcess]:
    process = VmProcess.start(paced=False, paused=True)
    yield process
    process.stop()
    assert not process.directory.exists()


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def client(vm: VmProcess, events: Events) -> Iterator[VmClient]:
    with vm.connect(events) as client:
        yield client
