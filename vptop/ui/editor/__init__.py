# SPDX-License-Identifier: GPL-2.0-or-later
"""The editor for the script that runs."""

from vptop.ui.editor.pane import EditorPane

__all__ = ["EditorPane"]
