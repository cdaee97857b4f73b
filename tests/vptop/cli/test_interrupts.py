# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGINT that waits until a command looks at it."""

from __future__ import annotations

import signal

import pytest

from vptop.cli.interrupts import deferred


def test_the_first_signal_is_only_noted() -> None:
    with deferred() as interrupted:
        assert not interrupted()
        signal.raise_signal(signal.SIGINT)
        assert interrupted()


def test_the_second_signal_interrupts_at_once() -> None:
    with deferred():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_handler_before_is_restored() -> None:
    before = signal.getsignal(signal.SIGINT)
    with deferred():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
