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
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from engine.probes.frame import AggregateData, AggregateId, Frame, Row, labels


class AggregateJson(msgspec.Struct, frozen=True):
    """One aggregate as JSON has it; fields as in `AggregateData`."""

    script: str
    name: str
    integer_keys: int
    string_keys: int
    rows: list[Row]
    dropped: int
    logged: bool


def encode(frame: Frame) -> bytes:
    """The Frame as UTF-8 JSON without a line end."""
    fields: dict[str, Any] = msgspec.structs.asdict(frame)
    label = labels(frame.aggregates)
    fields["aggregates"] = {label[which]: _aggregate(which, data) for which, data in frame.aggregates.items()}
    return msgspec.json.encode(fields)


def _aggregate(which: AggregateId, data: AggregateData) -> AggregateJson:
    return AggregateJson(
        which.script, which.name, data.integer_keys, data.string_keys, list(data), data.dropped, data.logged
    )


def frame_type() -> type[msgspec.Struct]:
    """The type of what `encode` writes: fields as in `Frame`, but for the aggregates."""
    kinds = {field.name: field.type for field in msgspec.structs.fields(Frame)}
    kinds["aggregates"] = dict[str, AggregateJson]
    return msgspec.defstruct("FrameJson", [*kinds.items()], frozen=True)


def schema() -> bytes:
    """The JSON Schema (2020-12) of a Frame, for programs that read what vptop writes."""
    made = msgspec.json.schema(frame_type())
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A Frame of vptop"} | made
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(schema())
