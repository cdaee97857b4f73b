# SPDX-License-Identifier: GPL-2.0-or-later
"""What a VM process sends to a woken checkpoint: one Task, then for a visit further requests."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from engine.machine.inputs import Input
from engine.vm.past.messages import Cancel, Question, ReadMemory, Step, Visit
from engine.vm.protocol import Event


class Earlier(msgspec.Struct, tag="earlier", frozen=True):
    """A step of a visit leads to before the checkpoint that the visit began at: an earlier one has to go on."""

    id: int
    """of the step"""
    visit: Visit
    step: Step
    tick: int
    """of the visited moment"""
    begin: int
    """tick of the checkpoint"""
    until: int
    """tick up to which the past is known"""


class Task(msgspec.Struct, tag="task", frozen=True):
    """A question with what it needs to be answered."""

    question: Question
    inputs: tuple[Input, ...]
    """that came in after the checkpoint, in order"""
    begin: int
    """tick at which scripts are loaded"""
    until: int
    """tick up to which the past is known"""
    is_oldest: bool = False
    """no earlier checkpoint is kept"""
    earlier: Earlier | None = None
    """the step that a visit begins with, from the moment that is given there; None: it begins at its own moment"""


Outgoing: TypeAlias = Event | Earlier
"""What a woken checkpoint sends."""
answers: msgspec.msgpack.Decoder[Outgoing] = msgspec.msgpack.Decoder(Outgoing)
earlier: msgspec.msgpack.Decoder[Earlier] = msgspec.msgpack.Decoder(Earlier)
Incoming: TypeAlias = Task | Step | ReadMemory | Cancel
"""What a woken checkpoint receives."""
decoder: msgspec.msgpack.Decoder[Incoming] = msgspec.msgpack.Decoder(Incoming)
