# SPDX-License-Identifier: GPL-2.0-or-later
"""Submission and completion queues of an NVMe controller (NVM Express Base Specification 1.4, 4.1)."""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import dataclass, field

from engine.machine.devices.nvme_registers import COMMAND_BYTES, COMPLETION_BYTES
from engine.machine.memory import Memory


@dataclass(slots=True)
class CompletionQueue:
    """Where the controller reports."""

    address: int
    size: int
    interrupts: bool
    head: int = 0
    tail: int = 0
    phase: int = 1
    waiting: deque[bytes] = field(default_factory=deque)
    """completions that found the queue full, without their phase"""

    def post(self, memory: Memory) -> None:
        """Write what waits, as far as there is room (4.6)."""
        while self.waiting and (self.tail + 1) % self.size != self.head:
            entry = bytearray(self.waiting.popleft())
            entry[14] |= self.phase
            memory.write(self.address + COMPLETION_BYTES * self.tail, entry)
            self.tail = (self.tail + 1) % self.size
            if self.tail == 0:
                self.phase ^= 1


@dataclass(slots=True)
class SubmissionQueue:
    """Where commands come from."""

    address: int
    size: int
    completions: int
    """number of the completion queue"""
    head: int = 0
    tail: int = 0

    def take(self, memory: Memory) -> bytes:
        """The next command."""
        command = memory.read(self.address + COMMAND_BYTES * self.head, COMMAND_BYTES)
        self.head = (self.head + 1) % self.size
        return command


class Queues:
    """The queues of a controller by their numbers; 0 are the admin queues."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.submission: dict[int, SubmissionQueue] = {}
        self.completion: dict[int, CompletionQueue] = {}

    def clear(self) -> None:
        """Controller reset: there are none."""
        self.submission.clear()
        self.completion.clear()

    def finish(self, number: int, command: int, status: int, value: int) -> None:
        """Report the end of a command that came from a submission queue; in vain when that has been deleted.

        Args:
            number: of the submission queue.
            command: its identifier.
            status: code and type, with the phase below and DNR above still missing.
            value: double words 0 and 1.
        """
        queue = self.submission.get(number)
        completions = None if queue is None else self.completion.get(queue.completions)
        if queue is None or completions is None:
            return
        do_not_retry = 0x8000 if status else 0
        completions.waiting.append(
            struct.pack("<QHHHH", value, queue.head, number, command, status << 1 | do_not_retry)
        )
        completions.post(self._memory)

    @property
    def interrupting(self) -> bool:
        """Whether a queue with interrupts holds completions that the driver has not taken (7.5.1)."""
        return any(queue.interrupts and queue.head != queue.tail for queue in self.completion.values())
