# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of an NVMe controller (NVM Express Base Specification 1.4, chapters 5 and 6)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, NamedTuple, TypeAlias

from engine.machine.devices import nvme_registers as nvm
from engine.machine.devices.disk_contents import ImageError
from engine.machine.devices.disk_image import SECTOR
from engine.machine.devices.disk_queue import DiskQueue
from engine.machine.devices.nvme_queues import CompletionQueue, Queues, SubmissionQueue
from engine.machine.devices.nvme_registers import FEATURES, LOG_BYTES, PAGE, Admin, Feature, Io, Status
from engine.machine.memory import Memory

_OUTSTANDING_EVENTS = 4
_MOST_BYTES = nvm.MOST_PAGES * PAGE
_INTERRUPTS, _CONTIGUOUS = 2, 1
_ENTRY = 8
"""Bytes of an entry of a PRP list."""


class Result(NamedTuple):
    """How a command ended."""

    status: Status = Status.SUCCESS
    value: int = 0
    """double words 0 and 1 of the completion"""


class Command(NamedTuple):
    """The fields of a command (4.2)."""

    opcode: int
    identifier: int
    namespace: int
    prp1: int
    prp2: int
    words: tuple[int, ...]
    """command double words 10 to 15"""


Finish: TypeAlias = Callable[[Result], None]
Region: TypeAlias = tuple[int, int]
"""Address and bytes."""


class _CommandError(Exception):
    """A command ends with a status."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status


def _decoded(raw: bytes) -> Command:
    opcode, _, identifier, namespace = struct.unpack_from("<BBHI", raw)
    prp1, prp2 = struct.unpack_from("<QQ", raw, 24)
    return Command(opcode, identifier, namespace, prp1, prp2, struct.unpack_from("<6I", raw, 40))


class Commands:
    """Executes commands of the admin queue and of I/O queues."""

    def __init__(self, queues: Queues, disk: DiskQueue, memory: Memory, vendor: int) -> None:
        self._queues = queues
        self._disk = disk
        self._memory = memory
        self._vendor = vendor
        self.clear()

    def clear(self) -> None:
        """Controller reset."""
        self._features = {int(feature): value for feature, value in FEATURES.items()}
        self._events = 0

    def execute(self, queue: int, raw: bytes, finish: Finish) -> None:
        """Begin a command; `finish` is called when it is done, perhaps much later."""
        command = _decoded(raw)
        handlers = self._ADMIN if queue == 0 else self._IO
        try:
            result = handlers.get(command.opcode, Commands._unknown)(self, command, finish)
        except _CommandError as error:
            result = Result(error.status)
        if result is not None:
            finish(result)

    def _unknown(self, command: Command, finish: Finish) -> Result:
        del command, finish
        return Result(Status.INVALID_OPCODE)

    # --- queues ------------------------------------------------------------------------------------------------------

    def _create_completion_queue(self, command: Command, finish: Finish) -> Result:
        del finish
        number, size = self._new_queue(command, self._queues.completion)
        if command.words[1] >> 16:
            raise _CommandError(Status.INVALID_VECTOR)
        interrupts = bool(command.words[1] & _INTERRUPTS)
        self._queues.completion[number] = CompletionQueue(command.prp1, size, interrupts)
        return Result()

    def _create_submission_queue(self, command: Command, finish: Finish) -> Result:
        del finish
        number, size = self._new_queue(command, self._queues.submission)
        completions = command.words[1] >> 16
        if completions == 0 or completions not in self._queues.completion:
            raise _CommandError(Status.INVALID_COMPLETION_QUEUE)
        self._queues.submission[number] = SubmissionQueue(command.prp1, size, completions)
        return Result()

    @staticmethod
    def _new_queue(command: Command, queues: Mapping[int, object]) -> tuple[int, int]:
        number, size = command.words[0] & 0xFFFF, (command.words[0] >> 16) + 1
        if not 0 < number <= nvm.QUEUES or number in queues:
            raise _CommandError(Status.INVALID_QUEUE)
        if not 1 < size <= nvm.QUEUE_ENTRIES:
            raise _CommandError(Status.INVALID_QUEUE_SIZE)
        if not command.words[1] & _CONTIGUOUS:
            raise _CommandError(Status.INVALID_FIELD)
        if command.prp1 % PAGE:
            raise _CommandError(Status.INVALID_PRP_OFFSET)
        return number, size

    def _delete_submission_queue(self, command: Command, finish: Finish) -> Result:
        del finish
        number = command.words[0] & 0xFFFF
        if number == 0 or self._queues.submission.pop(number, None) is None:
            raise _CommandError(Status.INVALID_QUEUE)
        return Result()

    def _delete_completion_queue(self, command: Command, finish: Finish) -> Result:
        del finish
        number = command.words[0] & 0xFFFF
        if any(queue.completions == number for queue in self._queues.submission.values()):
            raise _CommandError(Status.INVALID_QUEUE)
        if number == 0 or self._queues.completion.pop(number, None) is None:
            raise _CommandError(Status.INVALID_QUEUE)
        return Result()

    # --- information -------------------------------------------------------------------------------------------------

    def _identify(self, command: Command, finish: Finish) -> Result:
        del finish
        structure = command.words[0] & 0xFF
        if structure == 1:
            data = nvm.controller(self._vendor)
        elif structure == 2:
            data = nvm.namespace_list(command.namespace)
        elif structure in (0, 3):
            wanted = (nvm.NAMESPACE, nvm.ALL_NAMESPACES) if structure == 0 else (nvm.NAMESPACE,)
            if command.namespace not in wanted:
                raise _CommandError(Status.INVALID_NAMESPACE)
            data = nvm.namespace(self._disk.disk.sectors) if structure == 0 else nvm.namespace_identifiers()
        else:
            raise _CommandError(Status.INVALID_FIELD)
        self._scatter(self._regions(command, len(data)), data)
        return Result()

    def _get_log_page(self, command: Command, finish: Finish) -> Result:
        """Nothing has ever gone wrong; the temperature is 20 degrees Celsius."""
        del finish
        page = command.words[0] & 0xFF
        if page not in LOG_BYTES:
            raise _CommandError(Status.INVALID_LOG_PAGE)
        wanted = ((command.words[1] & 0xFFFF) << 16 | command.words[0] >> 16) * 4 + 4
        data = bytearray(LOG_BYTES[page])
        if page == 2:
            struct.pack_into("<BHBB", data, 0, 0, 293, 100, 10)
        elif page == 3:
            data[0] = 1
            data[8:16] = b"1.0     "
        if wanted > _MOST_BYTES:
            raise _CommandError(Status.INVALID_FIELD)
        self._scatter(self._regions(command, wanted), bytes(data[:wanted]).ljust(wanted, b"\0"))
        return Result()

    def _get_features(self, command: Command, finish: Finish) -> Result:
        del finish
        feature = command.words[0] & 0xFF
        if feature not in self._features:
            raise _CommandError(Status.INVALID_FIELD)
        return Result(value=self._features[feature])

    def _set_features(self, command: Command, finish: Finish) -> Result:
        del finish
        feature = command.words[0] & 0xFF
        if feature not in self._features:
            raise _CommandError(Status.INVALID_FIELD)
        if command.words[0] >> 31:  # save
            raise _CommandError(Status.INVALID_FIELD)
        if feature == Feature.QUEUES:  # all there are, whatever is asked for
            return Result(value=self._features[feature])
        self._features[feature] = command.words[1]
        return Result()

    def _abort(self, command: Command, finish: Finish) -> Result:
        """It was too late: bit 0 of the result says so (5.1)."""
        del command, finish
        return Result(value=1)

    def _async_event_request(self, command: Command, finish: Finish) -> Result | None:
        """Stays outstanding, since there is never anything to report."""
        del command, finish
        if self._events == _OUTSTANDING_EVENTS:
            raise _CommandError(Status.EVENT_LIMIT)
        self._events += 1
        return None

    # --- data --------------------------------------------------------------------------------------------------------

    def _flush(self, command: Command, finish: Finish) -> Result:
        del finish
        self._check_namespace(command, nvm.ALL_NAMESPACES)
        return Result()

    def _read_or_write(self, command: Command, finish: Finish) -> None:
        first, count = self._sectors(command)
        if count * SECTOR > _MOST_BYTES:
            raise _CommandError(Status.INVALID_FIELD)
        regions = self._regions(command, count * SECTOR)
        write = command.opcode == Io.WRITE
        done = partial(self._written if write else self._was_read, first, count, regions, finish)
        self._disk.submit(write=write, first=first, count=count, entries=len(regions), finished=done)

    def _write_zeroes(self, command: Command, finish: Finish) -> None:
        first, count = self._sectors(command)
        done = partial(self._zeroed, first, count, finish)
        self._disk.submit(write=True, first=first, count=count, entries=0, finished=done)

    def _sectors(self, command: Command) -> tuple[int, int]:
        self._check_namespace(command)
        first, count = command.words[0] | command.words[1] << 32, (command.words[2] & 0xFFFF) + 1
        if not self._disk.holds(first, count):
            raise _CommandError(Status.LBA_OUT_OF_RANGE)
        return first, count

    @staticmethod
    def _check_namespace(command: Command, *others: int) -> None:
        if command.namespace not in (nvm.NAMESPACE, *others):
            raise _CommandError(Status.INVALID_NAMESPACE)

    def _was_read(self, first: int, count: int, regions: list[Region], finish: Finish) -> None:
        try:
            data = self._disk.disk.read(first, count)
        except ImageError:
            finish(Result(Status.UNRECOVERED_READ_ERROR))
            return
        self._scatter(regions, data)
        finish(Result())

    def _written(self, first: int, count: int, regions: list[Region], finish: Finish) -> None:
        del count
        self._write(first, b"".join(self._memory.read(address, size) for address, size in regions), finish)

    def _zeroed(self, first: int, count: int, finish: Finish) -> None:
        self._write(first, bytes(count * SECTOR), finish)

    def _write(self, first: int, data: bytes, finish: Finish) -> None:
        try:
            self._disk.disk.write(first, data)
        except ImageError:
            finish(Result(Status.WRITE_FAULT))
            return
        finish(Result())

    def _scatter(self, regions: list[Region], data: bytes) -> None:
        for address, size in regions:
            self._memory.write(address, data[:size])
            data = data[size:]

    def _regions(self, command: Command, size: int) -> list[Region]:
        """Where data lie: PRP entry 1, then PRP entry 2 or the list it points to (4.3)."""
        if command.prp1 & 3:
            raise _CommandError(Status.INVALID_PRP_OFFSET)
        taken = min(size, PAGE - command.prp1 % PAGE)
        regions = [(command.prp1, taken)]
        left = size - taken
        if 0 < left <= PAGE:
            return [*regions, (self._page(command.prp2), left)]
        place = command.prp2
        while left:
            entry = self._memory.read_int(place, _ENTRY)
            if place % PAGE == PAGE - _ENTRY and left > PAGE:  # the last entry of a page leads to the next list
                place = self._page(entry)
                continue
            regions.append((self._page(entry), min(left, PAGE)))
            left -= min(left, PAGE)
            place += _ENTRY
        return regions

    @staticmethod
    def _page(address: int) -> int:
        if address % PAGE:
            raise _CommandError(Status.INVALID_PRP_OFFSET)
        return address

    _ADMIN: ClassVar[Mapping[int, Callable[..., Result | None]]] = {
        Admin.DELETE_SUBMISSION_QUEUE: _delete_submission_queue,
        Admin.CREATE_SUBMISSION_QUEUE: _create_submission_queue,
        Admin.GET_LOG_PAGE: _get_log_page,
        Admin.DELETE_COMPLETION_QUEUE: _delete_completion_queue,
        Admin.CREATE_COMPLETION_QUEUE: _create_completion_queue,
        Admin.IDENTIFY: _identify,
        Admin.ABORT: _abort,
        Admin.SET_FEATURES: _set_features,
        Admin.GET_FEATURES: _get_features,
        Admin.ASYNC_EVENT_REQUEST: _async_event_request,
    }
    _IO: ClassVar[Mapping[int, Callable[..., Result | None]]] = {
        Io.FLUSH: _flush, Io.WRITE: _read_or_write, Io.READ: _read_or_write, Io.WRITE_ZEROES: _write_zeroes,
    }  # fmt: skip
