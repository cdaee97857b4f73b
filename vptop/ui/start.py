# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening the dashboard with the user's settings, over a VM or over a capture."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from dataclasses import replace as changed
from pathlib import Path

from platformdirs import user_config_path, user_state_path

from engine.core.allocation import give_back_large_blocks
from vptop.model.drafts import DraftStore
from vptop.model.playback import large_session
from vptop.model.scriptfiles import ScriptFile
from vptop.model.session import Session
from vptop.model.settings import FILE, read
from vptop.source.replay import ReplaySource
from vptop.source.source import Source
from vptop.ui.app import VptopApp
from vptop.ui.keymap import checked

APP = "vptop"
SESSION = "session.json"
SWITCH_SECONDS = 0.0005
"""For which a thread that exports or sorts keeps the screen's from running; 5 ms is the interpreter's own choice."""

YOUNGER = 1000
"""Collections of younger objects between two of all: each of these stops every thread for a tenth of a second when very
many rows are counted, and finds a few hundred objects."""


def run(scripts: Sequence[ScriptFile], source: Source, *, in_ascii: bool = False) -> int:
    """Show the dashboard over a VM until the person quits. Returns the exit status.

    Args:
        scripts: those to edit.
        source: the VM.
        in_ascii: draw with ASCII characters, whatever the settings say.
    """
    return _show(source, scripts, DraftStore(user_state_path(APP) / "drafts"), in_ascii=in_ascii)


def replay(path: Path, *, in_ascii: bool = False) -> int:
    """Show the dashboard over a capture until the person quits. Returns the exit status.

    Raises:
        CaptureError: the file cannot be read, or is no capture.
    """
    session = large_session()
    session.is_replay = True
    return _show(ReplaySource(path), session=session, in_ascii=in_ascii)


def _show(
    source: Source,
    scripts: Sequence[ScriptFile] = (),
    drafts: DraftStore | None = None,
    session: Session | None = None,
    *,
    in_ascii: bool,
) -> int:
    settings, problems = read(user_config_path(APP) / FILE)
    keys, wrong_keys = checked(settings.keys)
    settings = changed(settings, ascii=settings.ascii or in_ascii)
    app = VptopApp(source, scripts, drafts, session, settings, keys)
    app.remember(user_state_path(APP) / SESSION, [*problems, *wrong_keys])
    settle()
    app.run()
    return app.return_code or 0


def settle() -> None:
    """Let the screen's thread run soon and seldom wait for garbage, and give freed columns back to the system."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*gc.get_threshold()[:2], YOUNGER)
    give_back_large_blocks()
