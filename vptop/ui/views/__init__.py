# SPDX-License-Identifier: GPL-2.0-or-later
"""The views of the dashboard: one module each, with its panels, its View and its row in the table."""

from vptop.ui.views import aggregates, edit, guest, irq, latency, log, overview, probes, stacks
from vptop.ui.views.view import View, ViewRow

VIEWS: tuple[ViewRow, ...] = (
    overview.ROW,
    aggregates.ROW,
    irq.ROW,
    latency.ROW,
    stacks.ROW,
    probes.ROW,
    log.ROW,
    edit.ROW,
    guest.ROW,
)
"""In the order of their digits, from 1."""

__all__ = ["VIEWS", "View", "ViewRow"]
