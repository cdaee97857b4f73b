# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines with @ at the start of a file."""

from __future__ import annotations

from engine.emmett import Options, translate
from engine.vp.diagnostics.source import SourceText


def opened(name: str, _including: str) -> SourceText | None:
    return SourceText(name, "c0001000 main\n") if name == "k.sym" else None


def result(text: str) -> tuple[str, list[str]]:
    found = translate([SourceText("a", text)], Options(opener=opened, height=99))
    return "" if found.vp is None else found.vp.text, [one.code for one in found.diagnostics]


def test_model_and_symbols_are_set() -> None:
    text, codes = result('@VM1 = web\n@MEMORY_MODEL = guest32\n@SYMBOL_FILE = "k.sym"\nint *p;\nGUEST:main x = p[1];\n')
    assert codes == []
    assert text.endswith("(vprobe GUEST:0xc0001000 (setint x (& 4294967295 (getguest (+ p 4)))))\n")


def test_what_does_not_work_here_is_refused() -> None:
    assert result("@VMK\nVMM1Hz x++;")[1] == ["E634"]
    assert result("@MEMORY_MODEL = vmw64\nVMM1Hz x++;")[1] == ["E610"]
    assert result("@SYMBOL_FILE = nothing\nVMM1Hz x++;")[1] == ["E606"]
    assert result("@VM1\nVMM1Hz x++;")[1] == ["E605"]


def test_offsets_of_members_are_something_else() -> None:
    assert result("struct s { @8 int a; } *p; VMM1Hz x = &p->a;")[1] == []
