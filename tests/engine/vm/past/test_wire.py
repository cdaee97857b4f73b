# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages between a VM process and a woken checkpoint."""

from __future__ import annotations

import socket

import pytest

from engine.vm.past import task
from engine.vm.past.messages import Cancel, Step
from engine.vm.past.wire import Abandoned, Wire


def test_messages_arrive_whole_and_end_with_the_connection() -> None:
    ours, theirs = socket.socketpair()
    sender, receiver = Wire(ours, task.decoder), Wire(theirs, task.decoder)
    sent = [Step(1, 7, "block"), Step(2, 7, "second", backward=True)]
    for message in sent:
        sender.send(message)
    sender.close()
    assert list(receiver.messages()) == sent
    receiver.close()


def test_messages_that_have_come_are_seen_before_they_are_taken() -> None:
    ours, theirs = socket.socketpair()
    sender, receiver = Wire(ours, task.decoder), Wire(theirs, task.decoder)
    assert [*receiver.come()] == []
    sent = [Step(1, 7, "block"), Cancel(2, 1)]
    for message in sent:
        sender.send(message)
    assert [*receiver.come()] == sent
    messages = receiver.messages()
    assert next(messages) == sent[0]
    assert [*receiver.come()] == sent[1:]
    sender.close()
    assert [*messages] == sent[1:]
    with pytest.raises(Abandoned):
        receiver.come()
    receiver.close()


def test_a_closed_other_side_is_noticed_and_an_open_one_is_not() -> None:
    ours, theirs = socket.socketpair()
    wire = Wire(ours, task.decoder)
    wire.check()
    theirs.send(b"x")
    wire.check()
    theirs.close()  # what it sent has not been read yet
    with pytest.raises(Abandoned):
        wire.check()
    ours.close()


def test_waiting_for_a_message_can_be_given_up() -> None:
    ours, theirs = socket.socketpair()
    other, gone = socket.socketpair()
    gone.close()
    wire, asked = Wire(ours, task.decoder), Wire(other, task.decoder)
    with pytest.raises(Abandoned):
        next(wire.messages(asked.check))
    for one in (ours, theirs, other):
        one.close()
