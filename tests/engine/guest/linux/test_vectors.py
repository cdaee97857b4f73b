# SPDX-License-Identifier: GPL-2.0-or-later
"""Vectors that Linux keeps for itself are above those it gives to devices."""

from __future__ import annotations

from engine.guest.linux.vectors import SYSTEM

INT80, LOCAL_TIMER, SPURIOUS = 0x80, 0xEC, 0xFF


def test_the_vectors_of_the_local_apic_have_names() -> None:
    assert (SYSTEM[LOCAL_TIMER], SYSTEM[SPURIOUS]) == ("lapic", "spurious")


def test_no_vector_of_a_device_has_a_name() -> None:
    assert all(vector >= LOCAL_TIMER or vector == INT80 for vector in SYSTEM)
