# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages between APICs (Intel SDM volume 3, 10.6)."""

from __future__ import annotations

from engine.machine.devices.apic_bus import ApicBus, Delivery, Message, widen


class Agent:
    def __init__(self, number: int, priority: int = 0) -> None:
        self.number = number
        self.priority = priority
        self.taken: list[int] = []

    def is_addressed(self, message: Message) -> bool:
        return message.destination in (0xFFFFFFFF, self.number)

    def accept(self, message: Message) -> None:
        self.taken.append(message.vector)


def test_a_message_reaches_all_that_it_addresses() -> None:
    bus, agents = ApicBus(), [Agent(0), Agent(1)]
    bus.agents += agents
    bus.send(Message(0x40, Delivery.FIXED))
    bus.send(Message(0x41, Delivery.FIXED, destination=1))
    bus.send(Message(0x42, Delivery.FIXED), without=agents[1])
    assert [agent.taken for agent in agents] == [[0x40, 0x42], [0x40, 0x41]]


def test_lowest_priority_reaches_one() -> None:
    bus, agents = ApicBus(), [Agent(0, priority=0x80), Agent(1, priority=0x20)]
    bus.agents += agents
    bus.send(Message(0x40, Delivery.LOWEST_PRIORITY))
    assert [agent.taken for agent in agents] == [[], [0x40]]


def test_a_message_to_nobody_is_lost() -> None:
    ApicBus().send(Message(0x40, Delivery.LOWEST_PRIORITY))


def test_ends_of_level_triggered_interrupts_are_passed_on() -> None:
    bus = ApicBus()
    ended: list[int] = []
    bus.end_of_interrupt(0x30)
    bus.ended = ended.append
    bus.end_of_interrupt(0x31)
    assert ended == [0x31]


def test_destinations_of_8_bits() -> None:
    assert widen(0xFF, logical=False) == 0xFFFFFFFF
    assert widen(0xFF, logical=True) == 0xFF
    assert widen(3, logical=False) == 3
