# SPDX-License-Identifier: GPL-2.0-or-later
"""Unmodified kernels of a distribution as guests: `make test-linux`; a whole distribution: `make test-distribution`.

Other runs of the tests leave these out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from engine import VirtualMachine
from tests.linux import distribution, kernels

collect_ignore = [
    path.name
    for path in Path(__file__).parent.glob("test_*.py")
    if (distribution.ENABLED if path.name == "test_distribution.py" else kernels.ENABLED) not in os.environ
]
KERNELS = kernels.kernels()
ONE = next((path for path in KERNELS if "cloud" in path.name), KERNELS[0] if KERNELS else None)
"""For tests of what does not depend on how a kernel is configured: one that drives the disk without modules."""
SECONDS = 20
"""Guest time within which a script in the userland is done."""

Boot = Callable[..., AbstractContextManager[VirtualMachine]]


def pytest_sessionstart() -> None:
    """Say what is missing before anything runs."""
    problem = kernels.missing() or distribution.missing()
    if problem:
        raise pytest.UsageError(problem)


@pytest.fixture(params=KERNELS, ids=[path.name.removeprefix("vmlinuz-") for path in KERNELS])
def kernel(request: pytest.FixtureRequest) -> Path:
    """Each kernel in turn."""
    return Path(request.param)


@pytest.fixture
def boot(kernel: Path, tmp_path: Path) -> Boot:
    """Powers on a kernel with a script as its first process."""

    @contextmanager
    def booted(script: str, files: Mapping[str, bytes] | None = None, **options: object) -> Iterator[VirtualMachine]:
        disk = tmp_path / "initrd.img"
        disk.write_bytes(kernels.userland(script, files))
        with VirtualMachine.linux(kernel, disk, **options) as vm:  # type: ignore[arg-type]
            yield vm

    return booted


def run_until(vm: VirtualMachine, text: str, seconds: int = SECONDS) -> str:
    """Let a machine run until its console shows a text; all that it has shown then, from now on."""
    shown = ""
    for _ in range(seconds * 10):
        shown += "".join(frame.console for frame in vm.frames(0.1))
        if text in shown:
            return shown
    raise AssertionError(f"no `{text}` within {seconds} guest seconds:\n{shown[-2000:]}")
