# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of the probe points; src/points.h holds the same list for C (a test compares them)."""

from __future__ import annotations

from enum import IntEnum


class Point(IntEnum):
    """A kind of event at which probes can be armed (manual, table 3-3)."""

    VMM1HZ = 0
    VMM10HZ = 1
    USEC = 2
    VMX1HZ = 3
    GUEST_IRQ = 4
    GUEST_TRIPLE_FAULT = 5
    GUEST_CR3_WRITE = 6
    HV_EXIT = 7
    HV_RESUME = 8
    HV_NPF = 9
    IN = 10
    OUT = 11
    SMM_SMI_PRE = 12
    SMM_SMI_POST = 13
    SMM_RSM_PRE = 14
    SMM_RSM_POST = 15
    DISK_IO_START = 16
    DISK_IO_FINISH = 17
    MAC_SEND_PACKET = 18
    MAC_RECEIVE_PACKET = 19
    VMM_LOAD = 20
    VMM_UNLOAD = 21
    VMX_LOAD = 22
    VMX_UNLOAD = 23
    GUEST_EXEC = 24
    GUEST_READ = 25
    GUEST_WRITE = 26
    GUEST_ENTER = 27
    GUEST_EXIT = 28
    GUEST_OFFSET = 29
    VMX_USEC = 30
    FAULT0 = 31
    """of exception vector 0; each further vector has the next number"""
