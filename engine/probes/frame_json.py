# SPDX-License-Identifier: GPL-2.0-or-later
"""A Frame as one JSON object: what `vptop run --json` prints a line of, and what the dashboard exports.

Fields are those of `Frame`, except `aggregates`: an object with a member for each aggregate, whose key is the bare
name of the aggregate. Where several loaded scripts use a name, the first loaded has the bare name as its key, and each
other one `NAME (SCRIPT)`. The members `script` and `name` of each say which aggregate it is, so no program needs to
take a key apart.

    "aggregates": {
        "running": {"script": "a.vp", "name": "running", "integer_keys": 1, "string_keys": 1, "rows": [...], ...},
        "running (b.vp)": {"script": "b.vp", "name": "running", ...}
    }

The dashboard adds a member `baseline` when it compares with another Frame: what that one had counted.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from engine.core.columns import pack
from engine.probes.frame import VALUES, AggregateData, AggregateId, Frame, Row, labels

MASK = (1 << 64) - 1
BATCH = 1000
"""Items that are encoded at once: of a million rows, a part at a time is in memory."""


class AggregateJson(msgspec.Struct, frozen=True):
    """One aggregate as JSON has it; fields as in `AggregateData`."""

    script: str
    name: str
    integer_keys: int
    string_keys: int
    rows: list[Row]
    dropped: int
    logged: bool
    since: int
    until: int


class BaselineJson(msgspec.Struct, frozen=True):
    """The Frame that another one is compared with; fields as there."""

    frame: int
    guest_seconds: float
    tsc: int
    began: int
    aggregates: dict[str, AggregateJson]


def encode(frame: Frame, baseline: Frame | None = None) -> bytes:
    """The Frame as UTF-8 JSON without a line end, with what a baseline had counted, if one is given."""
    return b"".join(parts(frame, baseline))


def parts(frame: Frame, baseline: Frame | None = None) -> Iterator[bytes]:
    """What `encode` returns, in order."""
    fields: dict[str, Any] = {**msgspec.structs.asdict(frame), "aggregates": _aggregates(frame)}
    if baseline is not None:
        fields["baseline"] = _object(
            {name: getattr(baseline, name) for name in BaselineJson.__struct_fields__[:-1]}
            | {"aggregates": _aggregates(baseline)}
        )
    return _object(fields)


def items(values: Iterable[object]) -> Iterator[bytes]:
    """Values as JSON with commas in between, for a long array."""
    rest, comma = iter(values), b""
    while batch := list(islice(rest, BATCH)):
        yield comma + msgspec.json.encode(batch)[1:-1]
        comma = b","


def _object(members: dict[str, object]) -> Iterator[bytes]:
    """A JSON object; of a member that is an iterator, the parts of its value."""
    before = b"{"
    for name, value in members.items():
        yield before + msgspec.json.encode(name) + b":"
        if isinstance(value, Iterator):
            yield from value
        else:
            yield msgspec.json.encode(value)
        before = b","
    yield b"}" if members else b"{}"


def _aggregates(frame: Frame) -> Iterator[bytes]:
    label = labels(frame.aggregates)
    return _object({label[which]: _aggregate(which, data) for which, data in frame.aggregates.items()})


def _aggregate(which: AggregateId, data: AggregateData) -> Iterator[bytes]:
    made = AggregateJson(
        which.script, which.name, data.integer_keys, data.string_keys, [],
        data.dropped, data.logged, data.since, data.until,
    )  # fmt: skip
    return _object({**msgspec.structs.asdict(made), "rows": _array(data)})


def _array(values: Iterable[object]) -> Iterator[bytes]:
    yield b"["
    yield from items(values)
    yield b"]"


def decode(line: bytes) -> Frame:
    """The Frame that a line of JSON holds. Its strings are as they were shown: with escapes for what is no text.

    Raises:
        msgspec.DecodeError: the line is no Frame.
    """
    found = msgspec.structs.asdict(msgspec.json.decode(line, type=frame_type()))
    del found["baseline"]
    aggregates: list[AggregateJson] = list(found["aggregates"].values())
    found["aggregates"] = {AggregateId(one.script, one.name): _packed(one) for one in aggregates}
    return Frame(**found)


def _packed(found: AggregateJson) -> AggregateData:
    keys = found.integer_keys + found.string_keys
    arena, places, columns = bytearray(1), dict[str, int](), [array("Q") for _ in range(keys + VALUES)]
    for row in found.rows:
        for text in row.strings:
            if text not in places:
                places[text] = len(arena)
                arena += text.encode() + b"\0"
        total = row.avg * row.count
        values = row.count, total & MASK, row.min, row.max, row.latest, total >> 64
        numbers = *row.integers, *map(places.__getitem__, row.strings), *values
        try:
            for column, number in zip(columns, numbers, strict=True):
                column.append(number)
        except (ValueError, OverflowError) as error:
            raise msgspec.ValidationError(f"a row that is none of {found.name}: {error}") from error
    packed = pack(len(found.rows), columns)
    return AggregateData(
        found.integer_keys, found.string_keys, packed, bytes(arena),
        found.dropped, found.logged, found.since, found.until,
    )  # fmt: skip


def frame_type() -> type[msgspec.Struct]:
    """The type of what `encode` writes: fields as in `Frame`, but for the aggregates and the baseline."""
    kinds = {field.name: field.type for field in msgspec.structs.fields(Frame)}
    kinds["aggregates"] = dict[str, AggregateJson]
    baseline = ("baseline", BaselineJson | msgspec.UnsetType, msgspec.UNSET)
    return msgspec.defstruct("FrameJson", [*kinds.items(), baseline], frozen=True)


def schema() -> bytes:
    """The JSON Schema (2020-12) of a Frame, for programs that read what vptop writes."""
    made = msgspec.json.schema(frame_type())
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A Frame of vptop"} | made
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(schema())
