# SPDX-License-Identifier: GPL-2.0-or-later
"""A compiled script as the core takes it: names become literals, variables their initial values."""

from __future__ import annotations

from engine.core.image import AggregateShape, Body, ProgramImage
from engine.vp.program import Program


def image_of(program: Program) -> ProgramImage:
    """The program without the language behind it."""
    literals = list(program.literals)
    numbers = {literal: number for number, literal in enumerate(literals)}

    def literal_number(name: str) -> int:
        text = name.encode()
        if text not in numbers:
            numbers[text] = len(literals)
            literals.append(text)
        return numbers[text]

    probes = tuple(
        Body(probe.entry, probe.slots, probe.locals, name=literal_number(probe.point.name)) for probe in program.probes
    )
    aggregates = tuple(
        AggregateShape(literal_number(info.name), info.integer_keys, info.string_keys) for info in program.aggregates
    )
    return ProgramImage(
        code=program.code,
        literals=tuple(literals),
        integers=tuple(initial for _, initial in program.integers),
        strings=tuple(literal for _, literal in program.strings),
        functions=tuple(Body(f.entry, f.slots, f.locals, parameters=f.parameters) for f in program.functions),
        probes=probes,
        aggregates=aggregates,
        bags=tuple(bag.capacity for bag in program.bags),
    )
