# SPDX-License-Identifier: GPL-2.0-or-later
"""A Frame as one JSON object: what `vptop run --json` prints a line of, and what the dashboard exports."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.probes.frame import AggregateData, Frame


def encode(frame: Frame) -> bytes:
    """The Frame as UTF-8 JSON without a line end. Fields as in Frame, aggregates with their rows spelled out."""
    fields: dict[str, Any] = msgspec.structs.asdict(frame)
    fields["aggregates"] = {name: _aggregate(data) for name, data in frame.aggregates.items()}
    return msgspec.json.encode(fields)


def _aggregate(data: AggregateData) -> dict[str, Any]:
    return {
        "integer_keys": data.integer_keys,
        "string_keys": data.string_keys,
        "rows": list(data),
        "dropped": data.dropped,
        "logged": data.logged,
    }
