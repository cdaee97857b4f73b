# SPDX-License-Identifier: GPL-2.0-or-later
"""Values worked out once."""

from __future__ import annotations

from threading import Event, Thread

from vptop.model.cached import cached


class Slow:
    """Has a value that takes as long as the test wants."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.begun, self.go_on = Event(), Event()

    @cached
    def value(self) -> int:
        """Twice the number."""
        self.begun.set()
        self.go_on.wait(10)
        return 2 * self.number


def test_a_value_is_worked_out_once_and_nobody_waits_for_another_one() -> None:
    one, other = Slow(1), Slow(2)
    thread = Thread(target=lambda: one.value)
    thread.start()
    assert one.begun.wait(10)
    other.go_on.set()
    assert other.value == 4, "while the thread is at work on its own"
    one.go_on.set()
    thread.join()
    assert vars(one)["value"] == 2
    other.number = 9
    assert other.value == 4
    assert Slow.value.__doc__ == "Twice the number."
