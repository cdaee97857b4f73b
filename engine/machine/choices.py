# SPDX-License-Identifier: GPL-2.0-or-later
"""What a configuration chooses a machine's devices from, by name."""

from __future__ import annotations

from typing import Literal, TypeAlias

DiskBus: TypeAlias = Literal["ide", "nvme", "virtio"]
"""What a disk is attached to: the chipset's channels, or a card."""
NetworkCard: TypeAlias = Literal["rtl8139", "virtio"]
TypingDevice: TypeAlias = Literal["auto", "keyboard", "serial"]
"""Where keys are typed: at the keyboard, at the console, or where the guest listens."""
Vendor: TypeAlias = Literal["intel", "amd"]
"""Of the CPU."""
Latency: TypeAlias = Literal["hdd", "ssd", "nvme"]
"""Latency model of a disk."""
