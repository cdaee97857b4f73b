# SPDX-License-Identifier: GPL-2.0-or-later
"""The trace of the interpreter."""

from __future__ import annotations

import io

import pytest

from engine.core.binding import Core
from engine.probes.image import image_of
from engine.probes.script_host import ScriptHost
from engine.probes.trace import is_wanted, tracer
from engine.vp import Limits, compile_script

SOURCE = """(definteger x)
(defun twice (n) (+ n n))
(vprobe VMM1Hz
  (setint x (twice 21)))
"""


def test_operations_with_their_places_and_the_top_of_the_stack() -> None:
    program = compile_script(SOURCE, "a.vp").program
    assert program is not None
    out = io.StringIO()
    core = Core.detached()
    loaded = core.program(image_of(program))
    loaded.trace(tracer(program, out))
    core.fire(loaded, 0)
    lines = [line.split("  ") for line in out.getvalue().splitlines()]
    operations = [" ".join(words[2:-1]).split()[0] for words in lines]
    assert operations[:2] == ["INT8", "CALL"]
    assert operations[-1] == "END"
    assert {words[1] for words in lines} == {"VMM1Hz"}
    assert {words[0].rsplit(":", 1)[0] for words in lines} == {"a.vp:2", "a.vp:4"}
    assert (
        next(words[-1] for words, operation in zip(lines, operations, strict=True) if operation == "CALL") == "top 0x15"
    )
    assert next(words[-1] for words, one in zip(lines, operations, strict=True) if one == "SET_INTEGER") == "top 0x2a"
    told = out.getvalue()
    loaded.trace(None)
    core.fire(loaded, 0)
    assert out.getvalue() == told
    loaded.free()
    core.close()


def test_the_environment_asks_for_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert is_wanted("ports,vp")
    assert not is_wanted("ports")
    for value, lines in (("vp", True), ("", False)):
        monkeypatch.setenv("VPTOP_TRACE", value)
        core = Core.detached()
        host = ScriptHost(core, 1, None, Limits())
        host.load("a.vp", "(vprobe VMMLoad (logint 1))")
        host.reset()
        core.close()
        assert ("a.vp:1:17  VMMLoad  LOG_INTEGER  top 0x1" in capsys.readouterr().err) is lines
