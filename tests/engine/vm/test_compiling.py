# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripts are compiled on a thread, and their results come in the selector's loop."""

from __future__ import annotations

import selectors
from collections.abc import Iterator
from concurrent.futures import Future
from threading import Event

import pytest

from engine.probes.compiled_script import CompiledScript, CompileJob, ScriptRefused
from engine.vm.compiling import CompilerThread
from engine.vp import Limits, Prelude

LIMIT = 60
"""Seconds after which a compiler that does not answer fails the test; no test waits for them to pass."""


class Held(Prelude):
    """A prelude whose text is there when it is released, so that the compilation lasts that long."""

    release = Event()

    def __getattribute__(self, name: str) -> object:
        if name == "source":
            assert Held.release.wait(LIMIT)
        return super().__getattribute__(name)


@pytest.fixture
def selector() -> Iterator[selectors.BaseSelector]:
    with selectors.DefaultSelector() as selector:
        yield selector


@pytest.fixture
def compiler(selector: selectors.BaseSelector) -> Iterator[CompilerThread]:
    compiler = CompilerThread(selector)
    yield compiler
    compiler.close()


def job(source: str, prelude: Prelude | None = None) -> CompileJob:
    return CompileJob("a.vp", source, prelude, Limits())


def handle(selector: selectors.BaseSelector, patience: float) -> int:
    """One turn of the loop; returns how much there was."""
    ready = selector.select(patience)
    for key, mask in ready:
        key.data(mask)
    return len(ready)


def test_the_loop_goes_on_until_the_result_is_there(selector: selectors.BaseSelector, compiler: CompilerThread) -> None:
    results: list[Future[CompiledScript]] = []
    Held.release.clear()
    compiler.start(job("(vprobe VMM1Hz 0)", Held("<prelude>", "")), results.append)
    assert handle(selector, 0) == 0
    assert compiler.is_busy
    Held.release.set()
    assert handle(selector, LIMIT) == 1
    assert not compiler.is_busy
    assert len(results[0].result().program.probes) == 1


def test_refusals_are_results(selector: selectors.BaseSelector, compiler: CompilerThread) -> None:
    results: list[Future[CompiledScript]] = []
    compiler.start(job("(vprobe VMM1Hz (foo))"), results.append)
    handle(selector, LIMIT)
    with pytest.raises(ScriptRefused):
        results[0].result()


def test_one_result_may_start_the_next_script(selector: selectors.BaseSelector, compiler: CompilerThread) -> None:
    results: list[Future[CompiledScript]] = []
    compiler.start(job("(vprobe VMM1Hz 0)"), lambda _: compiler.start(job("(vprobe In 0)"), results.append))
    handle(selector, LIMIT)
    handle(selector, LIMIT)
    assert results[0].result().program.probes[0].point.name == "In"


def test_closing_waits_for_the_compiler(selector: selectors.BaseSelector) -> None:
    compiler = CompilerThread(selector)
    results: list[Future[CompiledScript]] = []
    compiler.start(job("(vprobe VMM1Hz 0)"), results.append)
    compiler.close()
    assert not compiler.is_busy
    assert results == []
