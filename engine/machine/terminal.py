# SPDX-License-Identifier: GPL-2.0-or-later
"""The terminal at the other end of a console: it answers the reports that programs ask for (ECMA-48, 8.3.35 DSR).

Line editors ask where the cursor is before they read a line. One that gets no answer may wait for it: busybox's shell
sleeps 20 ms after each line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

COLUMNS, ROWS = 80, 25
"""What a program assumes where nobody has set a size (VIRTIO 1.2, 5.3.4 has the same two numbers)."""
_TAB = 8
_LONGEST = 64
"""Bytes kept of a control sequence; no longer one is acted on."""
_ESC, _CANCEL, _SUBSTITUTE, _BELL = 0x1B, 0x18, 0x1A, 0x07
_CSI, _STRINGS = ord("["), b"]PX^_"
"""Second bytes of a control sequence and of control strings (ECMA-48, 5.4 and 5.6)."""
_PRIVATE = ord("<")
"""The least first byte of parameters that are private (ECMA-48, 5.4.1)."""
_CONTINUATION, _CONTINUATION_MASK = 0x80, 0xC0
"""Bytes of an UTF-8 character behind its first."""


class Terminal:
    """Follows the cursor in what is shown, and replies to requests for its position and for the terminal's status."""

    def __init__(self, reply: Callable[[bytes], object]) -> None:
        """`reply` gets what the terminal sends to the guest."""
        self._reply = reply
        self._row = self._column = 0
        self._saved = (0, 0)
        self._sequence = bytearray()

    def show(self, data: bytes) -> None:
        """Characters from the guest, with control functions."""
        for byte in data:
            if self._sequence or byte == _ESC:
                self._collect(byte)
            elif byte < ord(" "):
                self._control(byte)
            elif byte & _CONTINUATION_MASK != _CONTINUATION:
                self._advance()

    def _advance(self) -> None:
        """The character behind the last column stands on the next line, and the cursor waits there until it comes."""
        if self._column >= COLUMNS:
            self._column = 0
            self._down(1)
        self._column += 1

    def _control(self, byte: int) -> None:
        if byte == ord("\r"):
            self._column = 0
        elif byte in b"\n\v\f":
            self._down(1)
        elif byte == ord("\b"):
            self._left(1)
        elif byte == ord("\t"):
            self._to_column(self._column // _TAB * _TAB + _TAB)

    def _collect(self, byte: int) -> None:
        """A byte of an escape sequence, a control sequence or a control string."""
        if byte in (_CANCEL, _SUBSTITUTE):
            self._sequence.clear()
            return
        if byte == _ESC:
            self._sequence[:] = [_ESC]
            return
        self._sequence += bytes([byte]) if len(self._sequence) < _LONGEST else b""
        kind, first = self._sequence[1], len(self._sequence) == len(b"\x1b[")
        if kind == _CSI:
            ended = not first and byte >= ord("@")
        elif kind in _STRINGS:
            ended = byte == _BELL
        else:
            ended = byte >= ord("0")
        if ended:
            sequence, self._sequence = bytes(self._sequence), bytearray()
            self._act(kind, sequence)

    def _act(self, kind: int, sequence: bytes) -> None:
        if kind == _CSI:
            words, action = sequence[2:-1], self._ACTIONS.get(sequence[-1:])
            if action is not None and not (words and words[0] >= _PRIVATE):
                action(self, _numbers(words))
        elif sequence == b"\x1b7":
            self._saved = self._row, self._column
        elif sequence == b"\x1b8":
            self._row, self._column = self._saved
        elif sequence == b"\x1bc":
            self._row = self._column = 0

    # --- the cursor ---

    def _to_row(self, row: int) -> None:
        self._row = min(max(row, 0), ROWS - 1)

    def _to_column(self, column: int) -> None:
        self._column = min(max(column, 0), COLUMNS - 1)

    def _down(self, rows: int) -> None:
        self._to_row(self._row + rows)

    def _left(self, columns: int) -> None:
        self._to_column(min(self._column, COLUMNS - 1) - columns)

    def _place(self, numbers: list[int]) -> None:
        self._to_row(numbers[0] - 1)
        self._to_column(numbers[1] - 1 if len(numbers) > 1 else 0)

    def _report(self, numbers: list[int]) -> None:
        """Device status report: 5 asks for the status, 6 for the cursor's position."""
        if numbers[0] == 5:
            self._reply(b"\x1b[0n")
        elif numbers[0] == 6:
            self._reply(b"\x1b[%d;%dR" % (self._row + 1, min(self._column, COLUMNS - 1) + 1))

    _ACTIONS: Mapping[bytes, Callable[[Terminal, list[int]], None]] = {
        b"A": lambda self, n: self._down(-max(n[0], 1)),
        b"B": lambda self, n: self._down(max(n[0], 1)),
        b"C": lambda self, n: self._left(-max(n[0], 1)),
        b"D": lambda self, n: self._left(max(n[0], 1)),
        b"G": lambda self, n: self._to_column(n[0] - 1),
        b"H": _place,
        b"d": lambda self, n: self._to_row(n[0] - 1),
        b"f": _place,
        b"n": _report,
    }
    """By final byte (ECMA-48, 8.3: CUU, CUD, CUF, CUB, CHA, CUP, VPA, HVP, DSR)."""


def _numbers(words: bytes) -> list[int]:
    """The parameters; one that is left out, or is no number, is 0."""
    return [int(word) if word.isdigit() else 0 for word in words.split(b";")]
