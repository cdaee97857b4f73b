# SPDX-License-Identifier: GPL-2.0-or-later
"""A compiled script as the core takes it."""

from __future__ import annotations

from engine.probes.image import image_of
from engine.vp import compile_script

SOURCE = """
(defaggr reads 2 1) (defbag bag 5) (definteger n 7) (defstring s "hello")
(defun twice (x) (+ x x))
(vprobe In (setint n (twice 2)) (printf "hello\\n"))
"""


def test_names_become_literals_and_tables_keep_their_order() -> None:
    program = compile_script(SOURCE, "a.vp").program
    assert program is not None
    image = image_of(program)
    assert image.code == program.code
    assert image.integers == (7,)
    assert image.literals[image.strings[0]] == b"hello"
    assert image.literals[image.probes[0].name] == b"In"
    (shape,) = image.aggregates
    assert (image.literals[shape.name], shape.integer_keys, shape.string_keys) == (b"reads", 2, 1)
    assert image.bags == (5,)
    assert [(body.parameters, body.name) for body in image.functions] == [(1, 0)]


def test_a_literal_that_is_there_is_used_again() -> None:
    program = compile_script('(vprobe In (printf "In"))', "a.vp").program
    assert program is not None
    assert image_of(program).literals.count(b"In") == 1
