# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture is packed and written in a thread: of a long session that takes a second, of a large Frame as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from queue import SimpleQueue
from threading import Thread

from textual.message import Message

from vptop.model.capture import CaptureError, CaptureWriter, Record


class CaptureEnded(Message):
    """A capture has ended, and its file is closed.

    Args:
        capture: which one.
        trouble: why it could not be written further; empty: all of it is written.
    """

    def __init__(self, capture: CaptureThread, trouble: str = "") -> None:
        super().__init__()
        self.capture, self.trouble = capture, trouble


class CaptureThread:
    """Writes records in the order in which they come.

    Args:
        writer: of the file.
        tell: takes a message from that thread.
    """

    def __init__(self, writer: CaptureWriter, tell: Callable[[Message], object]) -> None:
        self.writer = writer
        self._tell = tell
        self._queue: SimpleQueue[Iterable[Record] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    def put(self, records: Iterable[Record]) -> None:
        """Write these after what came before. They are read in the thread."""
        self._queue.put(records)

    def end(self) -> None:
        """Close the file when all is written; CaptureEnded tells when."""
        self._queue.put(None)

    def wait(self) -> None:
        """Until the file is closed."""
        self._thread.join()

    def _run(self) -> None:
        trouble = ""
        try:
            while (records := self._queue.get()) is not None:
                for record in records:
                    self.writer.add(record)
        except CaptureError as error:
            trouble = str(error)
        finally:
            self.writer.close()
            self._tell(CaptureEnded(self, trouble))
