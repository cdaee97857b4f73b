# SPDX-License-Identifier: GPL-2.0-or-later
"""The serial EEPROM beside a network card."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = 64
_START_BITS = 1
_OPCODE_BITS = 2
_ADDRESS_BITS = 6
_COMMAND_BITS = _START_BITS + _OPCODE_BITS + _ADDRESS_BITS
_READ, _WRITE, _ERASE, _SPECIAL = 2, 1, 3, 0
_WRITE_DISABLE, _WRITE_ALL, _ERASE_ALL, _WRITE_ENABLE = range(4)


class Eeprom93C46:
    """National Semiconductor NM93C46 (Microwire, 64 words of 16 bits): instructions come in bit by bit at rising edges
    of the clock while the chip is selected. Writing takes no time.
    """

    def __init__(self, words: Sequence[int]) -> None:
        """Content from word 0 on; the rest is erased."""
        self.words = [*words, *[0xFFFF] * (WORDS - len(words))]
        self.output = True
        self._enabled = False
        self._selected = self._clock = False
        self._begin()

    def _begin(self) -> None:
        self._bits = 0
        self._taken = 0
        self._address = 0
        self._opcode: int | None = None
        self._shift = 0
        self._left = 0
        self.output = True  # ready

    def drive(self, selected: bool, clock: bool, data: bool) -> None:
        """The levels of CS, SK and DI."""
        if not selected:
            if self._selected:
                self._begin()
        elif clock and not self._clock:
            self._edge(int(data))
        self._selected, self._clock = selected, clock

    def _edge(self, bit: int) -> None:
        if self._opcode is None:
            if not self._taken and not bit:
                return  # waits for the start bit
            self._bits = self._bits << 1 | bit
            self._taken += 1
            if self._taken == _COMMAND_BITS:
                self._decode()
        elif self._opcode == _READ:
            self._shift_out()
        elif self._left:
            self._shift = self._shift << 1 | bit
            self._left -= 1
            if not self._left:
                self._store()

    def _decode(self) -> None:
        self._opcode = self._bits >> _ADDRESS_BITS & 3
        self._address = self._bits & (1 << _ADDRESS_BITS) - 1
        special = self._address >> _ADDRESS_BITS - 2
        if self._opcode == _READ:
            self._shift, self._left = self.words[self._address], 16
            self.output = False  # a dummy 0 comes first
        elif self._opcode == _WRITE or (self._opcode == _SPECIAL and special == _WRITE_ALL):
            self._shift, self._left = 0, 16
        elif self._opcode == _ERASE:
            self._set([self._address], 0xFFFF)
        elif special == _ERASE_ALL:
            self._set(range(WORDS), 0xFFFF)
        else:
            self._enabled = special == _WRITE_ENABLE

    def _shift_out(self) -> None:
        if not self._left:  # continues with the next word
            self._address = (self._address + 1) % WORDS
            self._shift, self._left = self.words[self._address], 16
        self._left -= 1
        self.output = bool(self._shift >> self._left & 1)

    def _store(self) -> None:
        self._set([self._address] if self._opcode == _WRITE else range(WORDS), self._shift)

    def _set(self, addresses: Sequence[int], value: int) -> None:
        if self._enabled:
            for address in addresses:
                self.words[address] = value
