# SPDX-License-Identifier: GPL-2.0-or-later
"""What a VM process sends to a woken checkpoint: one Task, then for a visit further requests."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from engine.machine.inputs import Input
from engine.vm.past.messages import Question, ReadMemory, Step


class Task(msgspec.Struct, tag="task", frozen=True):
    """A question with what it needs to be answered."""

    question: Question
    inputs: tuple[Input, ...]
    """that came in after the checkpoint, in order"""
    begin: int
    """tick at which scripts are loaded"""
    until: int
    """tick up to which the past is known"""


Incoming: TypeAlias = Task | Step | ReadMemory
"""What a woken checkpoint receives."""
decoder: msgspec.msgpack.Decoder[Incoming] = msgspec.msgpack.Decoder(Incoming)
