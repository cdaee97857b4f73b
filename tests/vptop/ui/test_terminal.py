# SPDX-License-Identifier: GPL-2.0-or-later
"""The real program in a real terminal (tmux), on the real guest."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE = 60
"""Seconds after which something that has not happened will not."""


class Terminal:
    """One tmux server with one window."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = str(folder / "tmux")

    def tmux(self, *arguments: str) -> str:
        """Run a tmux command."""
        command = ["tmux", "-S", self.socket, "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def start(self, columns: int, lines: int, *arguments: str, variables: str = "") -> None:
        """Start vptop; when it ends, its exit status stays on screen."""
        command = f"{variables} {sys.executable} -m vptop {' '.join(arguments)}; echo status=$?; cat"
        self.open(columns, lines, command)

    def open(self, columns: int, lines: int, command: str) -> None:
        """Open the window on a command."""
        environment = {**os.environ, "COLORTERM": "truecolor", "PYTHONPATH": str(Path(__file__).parents[3])}
        environment |= {
            "LC_ALL": "C.UTF-8",
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }
        for size in ("COLUMNS", "LINES"):  # pytest-xdist sets them; the size is the terminal's
            environment.pop(size, None)
        server = ["tmux", "-S", self.socket, "-f", "/dev/null"]
        window = ["new-session", "-d", "-x", str(columns), "-y", str(lines), "-c", str(self.folder)]
        subprocess.run([*server, *window, command], check=True, env=environment)

    def keys(self, *keys: str) -> None:
        """Press keys."""
        self.tmux("send-keys", *keys)

    def screen(self) -> str:
        """What is on screen."""
        return self.tmux("capture-pane", "-p")

    def until(self, done: Callable[[str], bool]) -> str:
        """Wait for a screen of which something is so."""
        end = time.monotonic() + PATIENCE
        while not done(screen := self.screen()):
            assert time.monotonic() < end, f"it did not happen; on screen:\n{screen}"
            time.sleep(0.05)
        return screen

    def shows(self, *texts: str) -> str:
        """Wait until all texts are on screen."""
        return self.until(lambda screen: all(text in screen for text in texts))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    subprocess.run(["tmux", "-S", terminal.socket, "kill-server"], capture_output=True, check=False)
    ended(lambda: processes(terminal))


def ended(running: Callable[[], list[int]]) -> None:
    """Wait until no such process is left."""
    end = time.monotonic() + PATIENCE
    while running():
        assert time.monotonic() < end, "a process outlives its terminal"
        time.sleep(0.05)


def vm_processes(terminal: Terminal) -> list[int]:
    """Process ids of VM processes that were started in that terminal."""
    return processes(terminal, b"--ready-fd")


def dashboard(terminal: Terminal) -> int:
    """Process id of the dashboard: the parent of the VM process."""
    return parent(vm_process(terminal))


def vm_process(terminal: Terminal) -> int:
    """Process id of the VM process itself: its checkpoints are its children."""
    found = vm_processes(terminal)
    (pid,) = (pid for pid in found if parent(pid) not in found)
    return pid


def parent(pid: int) -> int:
    """The parent of a process; 0 when it has ended."""
    try:
        return int(Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def processes(terminal: Terminal, argument: bytes = b"") -> list[int]:
    """Ids of processes that were started in that terminal, with that argument if one is given."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            ours = process.name.isdigit() and terminal.socket.encode() in Path(process, "environ").read_bytes()
            if ours and (not argument or argument in Path(process, "cmdline").read_bytes().split(b"\0")):
                found.append(int(process.name))
        except OSError:  # it ended while we looked
            continue
    return found


@pytest.mark.parametrize(("columns", "lines"), [(120, 40), (80, 24)])
def test_live_data_keys_kill_restart_quit(terminal: Terminal, columns: int, lines: int) -> None:
    terminal.start(columns, lines)
    terminal.shows("LIVE", "IRQ top by process", "cruncher", "swapper", "running")
    terminal.keys("2")
    terminal.shows("CNT/S", "0x20")
    terminal.keys("Space")
    terminal.shows("FROZEN")
    terminal.keys("Space", "6")
    terminal.shows("Guest_IRQ", "Disk_IOFinish")
    pid = vm_process(terminal)
    os.kill(pid, signal.SIGKILL)
    terminal.shows("SIGKILL", "Enter starts the machine again")
    terminal.keys("Enter")
    terminal.until(lambda screen: "SIGKILL" not in screen and "LIVE" in screen and "1.0×" in screen)
    terminal.keys("q")
    terminal.shows("status=0")
    assert vm_processes(terminal) == []


def test_edit_apply_and_be_refused(terminal: Terminal) -> None:
    (terminal.folder / "mine.vp").write_text(
        '(defaggr ticks 0 1)\n(vprobe VMM10Hz (aggr ticks () ("one") 1))\n(vprobe VMM1Hz (logaggr ticks))\n'
    )
    terminal.start(120, 40, "mine.vp")
    terminal.shows("LIVE", "one")
    terminal.keys("e")
    terminal.shows("mine.vp", "v1 runs", "/s")
    terminal.keys("C-End", "(vprobe Guest_IR 1)")
    terminal.shows("unknown probe Guest_IR")
    terminal.keys("C-s")
    terminal.shows("not applied: 1 error", "v1 runs")
    terminal.keys("C-g")
    terminal.until(lambda screen: "(vprobe Guest_IRQ 1)" in screen and "Problems" not in screen)
    terminal.keys("C-s")
    terminal.shows("v1 → v2", "v2 runs")
    terminal.keys("C-q")
    terminal.shows("status=0")


def test_suspend_and_resume(terminal: Terminal) -> None:
    """By the job control of a shell; while a dialog is open, too."""
    terminal.open(100, 30, "bash --norc")
    terminal.keys(f"{sys.executable} -m vptop", "Enter")
    terminal.shows("LIVE", "cruncher")
    terminal.keys("C-z")
    terminal.until(lambda screen: "Stopped" in screen and "LIVE" not in screen)
    terminal.keys("fg", "Enter")
    terminal.shows("LIVE", "IRQ top by process", "cruncher", "Guest stacks", "q Quit")
    terminal.keys("?")
    terminal.shows("Keys that work here")
    terminal.keys("C-z")
    terminal.until(lambda screen: screen.count("Stopped") > 1)
    terminal.keys("fg", "Enter")
    terminal.shows("Keys that work here")
    terminal.keys("Escape", "q")
    terminal.until(lambda screen: "LIVE" not in screen)


def test_resizing_the_terminal(terminal: Terminal) -> None:
    terminal.start(120, 40)
    terminal.shows("LIVE", "cruncher")
    terminal.tmux("resize-window", "-x", "80", "-y", "24")
    terminal.shows("1Over", "cruncher")
    terminal.tmux("resize-window", "-x", "30", "-y", "6")
    terminal.shows("vptop needs")
    terminal.tmux("resize-window", "-x", "160", "-y", "50")
    terminal.shows("1 Overview", "Guest console", "cruncher")
    terminal.keys("q")
    terminal.shows("status=0")


def test_a_script_that_is_wrong_is_told_and_can_be_mended_in_place(terminal: Terminal) -> None:
    (terminal.folder / "bad.vp").write_text("(vprobe VMM1Hz (logint RAXX))\n")
    terminal.start(100, 30, "bad.vp")
    terminal.shows("not loaded: bad.vp:1:24: unknown ident RAXX")
    terminal.keys("e")
    terminal.shows("Problems 1", "bad.vp  not loaded")
    terminal.keys("C-g", "C-s")
    terminal.shows("loaded bad.vp: 1 probe", "v1 runs")
    terminal.keys("C-q")
    terminal.shows("status=0")


@pytest.mark.parametrize("quitting", [False, True])
def test_closing_the_terminal_ends_everything(terminal: Terminal, quitting: bool) -> None:
    terminal.start(100, 30)
    terminal.shows("LIVE", "cruncher")
    assert vm_processes(terminal)
    if quitting:
        terminal.keys("q")
        terminal.until(lambda screen: "LIVE" not in screen)
    terminal.tmux("kill-server")
    ended(lambda: processes(terminal))


def test_the_smallest_terminal(terminal: Terminal) -> None:
    terminal.start(40, 10)
    terminal.shows("LIVE", "1Over 2 3", "cruncher")
    terminal.keys("2")
    terminal.shows("2 Aggregates", "1 2Agg 3", "cruncher")
    terminal.keys("?")
    terminal.shows("Keys that work here")
    terminal.keys("Escape")
    terminal.until(lambda screen: "Keys that work" not in screen)
    terminal.keys("q")
    terminal.shows("status=0")


def test_a_terminal_without_colour(terminal: Terminal) -> None:
    """Only shades of grey, as Textual renders with NO_COLOR: what colours mean, glyphs say too."""
    terminal.start(120, 40, variables="NO_COLOR=1")
    terminal.shows("LIVE", "cruncher", "running")
    painted = terminal.tmux("capture-pane", "-e", "-p")
    exact = [{red, green, blue} for red, green, blue in re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", painted)]
    indexed = {int(index) for index in re.findall(r"[34]8;5;(\d+)", painted)}
    assert exact or indexed
    assert {len(colour) for colour in exact} <= {1}
    assert indexed <= set(range(232, 256))  # the greys of the palette of 256
    terminal.keys("q")
    terminal.shows("status=0")


def test_an_export_to_a_full_disk_leaves_the_old_file(terminal: Terminal) -> None:
    """A limit on the size of the files that the dashboard writes stands for the disk."""
    terminal.start(200, 30)
    terminal.shows("LIVE", "cruncher")
    terminal.keys("x")
    (number,) = re.findall(r"Export frame (\d+)", terminal.shows("Export frame", "JSON lines"))
    path = terminal.folder / f"vptop-{int(number):06}.json"
    path.write_text("old")
    resource.prlimit(dashboard(terminal), resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
    terminal.keys("Enter")
    terminal.shows("cannot export", "File too large")
    assert path.read_text() == "old"
    assert list(terminal.folder.glob("*vptop-*")) == [path]
    terminal.keys("q")
    terminal.shows("status=0")


def test_a_terminated_dashboard_takes_its_machine_along(terminal: Terminal) -> None:
    terminal.start(100, 30)
    terminal.shows("LIVE", "cruncher")
    os.kill(dashboard(terminal), signal.SIGTERM)
    terminal.shows("status=")
    ended(lambda: vm_processes(terminal))


def test_the_past_is_visited_and_asked(terminal: Terminal) -> None:
    terminal.start(120, 40)
    terminal.shows("LIVE", "cruncher")
    terminal.keys("Space")
    terminal.shows("FROZEN")
    terminal.keys("M")
    terminal.shows("RIP", "RAX")
    terminal.keys("Escape")
    terminal.until(lambda screen: "A moment" not in screen)
    terminal.keys("q")
    terminal.shows("status=0")
