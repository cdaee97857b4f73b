# SPDX-License-Identifier: GPL-2.0-or-later
"""A script is compiled apart from the machine that it is loaded into."""

from __future__ import annotations

import pytest

from engine.probes.compiled_script import CompileJob, ScriptRefused, count
from engine.vp import Limits, Prelude

ANSWER = Prelude("<prelude>", "(defun answer () 42)")


def test_errors_are_counted_and_have_their_places() -> None:
    with pytest.raises(ScriptRefused, match=r"a\.vp was not loaded: 2 errors") as refused:
        CompileJob("a.vp", "(vprobe VMM1Hz (foo))\n(vprobe VMM1Hz (bar))\n", None, Limits()).compile()
    assert [diagnostic.span.line for diagnostic in refused.value.diagnostics] == [1, 2]
    assert "a.vp:2:17" in str(refused.value)


def test_the_result_is_what_the_core_takes() -> None:
    compiled = CompileJob("a.vp", "(definteger x 7)\n(vprobe VMM1Hz (setint x (answer)))", ANSWER, Limits()).compile()
    assert compiled.program.name == "a.vp"
    assert compiled.image.integers == (7,)
    assert compiled.image.code == compiled.program.code
    assert len(compiled.image.functions) == 1


def test_the_limits_are_those_of_the_job() -> None:
    with pytest.raises(ScriptRefused):
        CompileJob("a.vp", '(vprobe VMM1Hz (printf "text"))', None, Limits(code_bytes=1)).compile()


@pytest.mark.parametrize(("number", "words"), [(0, "0 probes"), (1, "1 probe"), (2, "2 probes")])
def test_numbers_of_things(number: int, words: str) -> None:
    assert count(number, "probe") == words
