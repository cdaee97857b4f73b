# SPDX-License-Identifier: GPL-2.0-or-later
"""Listings of bytecode."""

from __future__ import annotations

from engine.vp.codegen.disassemble import disassemble
from tests.engine.vp.compiling import program_of

SOURCE = (
    '(definteger hits)\n(defun next () (+ hits 1))\n(vprobe VMM1Hz\n  (setint hits (next))\n  (logstr "a\\n\\"b\\""))\n'
)


def test_each_body_has_a_heading_and_its_source_lines() -> None:
    lines = disassemble(program_of(SOURCE), 8192).splitlines()
    assert lines[0].startswith("a.vp: ")
    assert lines[0].endswith(" of 8192 bytes of code")
    headings = [line for line in lines if line.startswith(("defun", "vprobe"))]
    assert [heading.split(":")[0] for heading in headings] == ["defun next", "vprobe VMM1Hz"]
    assert "  ; a.vp:4  (setint hits (next))" in lines


def test_operands_have_their_names_and_literals_their_quotes() -> None:
    text = disassemble(program_of(SOURCE), 8192)
    assert "GET_INTEGER     hits" in text
    assert "CALL            next" in text
    assert r'LITERAL         "a\n\"b\""' in text


def test_jumps_show_the_offset_they_lead_to() -> None:
    lines = disassemble(program_of("(vprobe VMM1Hz (cond (RAX (logint 1))))"), 8192).splitlines()
    offsets = {line.split()[0] for line in lines if line.strip()[:1].isdigit()}
    jumps = [line.split()[2] for line in lines if " JUMP" in line]
    assert len(jumps) == 2
    assert set(jumps) <= offsets
