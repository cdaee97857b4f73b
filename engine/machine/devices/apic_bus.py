# SPDX-License-Identifier: GPL-2.0-or-later
"""The bus between local APICs and IO-APIC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

EVERYBODY = 0xFFFFFFFF
"""The destination that addresses every local APIC."""
_EVERYBODY_8 = 0xFF


class Delivery(IntEnum):
    """Delivery modes of interrupt messages (Intel SDM volume 3, 10.5.1)."""

    FIXED = 0
    LOWEST_PRIORITY = 1
    SMI = 2
    NMI = 4
    INIT = 5
    START_UP = 6
    EXTINT = 7


def widen(destination: int, *, logical: bool) -> int:
    """A destination of 8 bits, as xAPICs and IO-APICs write it, as one of 32 bits."""
    return EVERYBODY if destination == _EVERYBODY_8 and not logical else destination


@dataclass(frozen=True, slots=True)
class Message:
    """An interrupt on its way to local APICs."""

    vector: int
    delivery: int
    destination: int = EVERYBODY
    """32 bits, as x2APICs have them"""
    logical: bool = False
    level_triggered: bool = False


class Agent(Protocol):
    """A local APIC, as the bus sees it."""

    def is_addressed(self, message: Message) -> bool:
        """Whether a message's destination is, or is also, this one."""
        ...

    def accept(self, message: Message) -> None:
        """Take a message."""
        ...

    @property
    def priority(self) -> int:
        """What is compared for lowest-priority delivery."""
        ...


class ApicBus:
    """Carries messages to the local APICs they address, and ends of level-triggered interrupts to the IO-APIC."""

    def __init__(self) -> None:
        self.agents: list[Agent] = []
        self.ended: Callable[[int], None] | None = None
        """called with the vector when a level-triggered interrupt has been served"""

    def send(self, message: Message, *, without: Agent | None = None) -> None:
        """Deliver a message to all it addresses, or of these to the one of lowest priority if it says so."""
        addressed = [agent for agent in self.agents if agent is not without and agent.is_addressed(message)]
        if message.delivery == Delivery.LOWEST_PRIORITY and addressed:
            addressed = [min(addressed, key=lambda agent: agent.priority)]
        for agent in addressed:
            agent.accept(message)

    def end_of_interrupt(self, vector: int) -> None:
        """A local APIC has got the EOI of a level-triggered interrupt."""
        if self.ended is not None:
            self.ended(vector)
