# SPDX-License-Identifier: GPL-2.0-or-later
"""A Frame as one line of JSON."""

from __future__ import annotations

from engine.probes.frame_json import encode
from vptop.export.format import Format

FORMAT = Format(
    ".json", "JSON", "the whole Frame, as `vptop run --json` prints it", lambda moment: encode(moment.frame) + b"\n"
)
