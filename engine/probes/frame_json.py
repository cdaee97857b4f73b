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

from typing import Any

import msgspec

from engine.probes.frame import AggregateData, AggregateId, Frame, labels


def encode(frame: Frame) -> bytes:
    """The Frame as UTF-8 JSON without a line end."""
    fields: dict[str, Any] = msgspec.structs.asdict(frame)
    label = labels(frame.aggregates)
    fields["aggregates"] = {label[which]: _aggregate(which, data) for which, data in frame.aggregates.items()}
    return msgspec.json.encode(fields)


def _aggregate(which: AggregateId, data: AggregateData) -> dict[str, Any]:
    return {
        "script": which.script,
        "name": which.name,
        "integer_keys": data.integer_keys,
        "string_keys": data.string_keys,
        "rows": list(data),
        "dropped": data.dropped,
        "logged": data.logged,
    }
