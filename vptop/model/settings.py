# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user sets for the dashboard: a TOML file with settings and a key map.

A mistake in the file never keeps the dashboard from starting: the setting keeps its default, and the mistake is
reported with its place and the nearest known name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.vp.diagnostics.nearest import nearest
from vptop.model.ring import BYTES, FRAMES

FILE = "settings.toml"
KEYS = "keys"
"""the table of the file that maps actions to keys"""
MOST_FRAMES = 86_400
MOST_MIB = 65_536
MOST_REFRESH = 60


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings with their defaults."""

    theme: str = ""
    """name of a theme; empty: the one used last, else the first"""
    view: str = ""
    """view to open at the start; empty: the one used last, else the overview"""
    ascii: bool = False
    """draw with ASCII characters alone"""
    restore: bool = True
    """open with the view, theme, filters and orders of the last session"""
    frames: int = FRAMES
    """Frames (guest seconds) that are kept to look back at"""
    memory_mib: int = BYTES >> 20
    """MiB of memory that these Frames may take"""
    refresh: int = 1
    """guest seconds from one picture of the live machine to the next"""
    keys: Mapping[str, Keys] = field(default_factory=dict)
    """keys by the id of their action, as written in the file"""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one action as the user wrote them."""

    place: str
    """file and line"""
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table of settings."""

    name: str
    expected: str
    valid: Callable[[object], bool]
    help: str


def _number(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


TABLE = (
    Setting("theme", "the name of a theme in quotes", _is_text, "theme of the dashboard; empty: the one used last"),
    Setting("view", "the name of a view in quotes", _is_text, "view to open at the start; empty: the one used last"),
    Setting("ascii", "true or false", _is_bool, "draw with ASCII characters alone"),
    Setting("restore", "true or false", _is_bool, "open with the view, theme, filters and orders of the last session"),
    Setting("frames", f"a number from 2 to {MOST_FRAMES}", _number(2, MOST_FRAMES), "guest seconds to look back at"),
    Setting("memory_mib", f"a number from 1 to {MOST_MIB}", _number(1, MOST_MIB), "MiB that these seconds may take"),
    Setting(
        "refresh",
        f"a number from 1 to {MOST_REFRESH}",
        _number(1, MOST_REFRESH),
        "guest seconds from picture to picture",
    ),
)
_ROWS = {row.name: row for row in TABLE}


def read(path: Path) -> tuple[Settings, list[str]]:
    """The settings in a file, and what is wrong with it. A file that does not exist sets nothing."""
    try:
        text = path.read_text("utf-8")
        known = tomllib.loads(text)
    except FileNotFoundError:
        return Settings(), []
    except (OSError, UnicodeDecodeError) as error:
        return Settings(), [f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"]
    except tomllib.TOMLDecodeError as error:
        return Settings(), [_misread(path, str(error))]
    return _settings(known, lambda name: f"{path}:{_line_of(text, name)}")


_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
"""How tomllib ends its messages, except at the end of a file."""


def _misread(path: Path, message: str) -> str:
    """What tomllib says, with the place before it."""
    found = _PLACE.search(message)
    words, place = (message[: found.start()], f":{found[1]}:{found[2]}") if found else (message, "")
    return f"{path}{place}: not valid TOML: {words[:1].lower()}{words[1:]}"


def _settings(known: Mapping[str, object], place: Callable[[str], str]) -> tuple[Settings, list[str]]:
    problems: list[str] = []
    values: dict[str, object] = {}
    for name, value in known.items():
        if name == KEYS:
            continue
        row = _ROWS.get(name)
        if row is None:
            problems.append(f"{place(name)}: unknown setting `{name}`; {suggestion(name, [*_ROWS, KEYS])}")
        elif not row.valid(value):
            problems.append(f"{place(name)}: {name}: found {value!r}; expected {row.expected}")
        else:
            values[name] = value
    keys: dict[str, Keys] = {}
    for action, wanted in _flat(known.get(KEYS, {}), ""):
        words = [wanted] if isinstance(wanted, str) else wanted
        where = place(action)
        if action and isinstance(words, list) and words and all(isinstance(word, str) for word in words):
            keys[action] = Keys(where, tuple(words))
        else:
            expected = 'expected a key or a list of keys, such as "z" or ["z", "f11"]'
            problems.append(f"{where}: {action or KEYS}: found {wanted!r}; {expected}")
    return replace(Settings(keys=keys), **values), problems  # type: ignore[arg-type] # by the table


def _flat(table: object, before: str) -> Iterator[tuple[str, object]]:
    """The entries of a table; `panel.zoom = "z"` is one entry, with or without quotes around its name."""
    if not isinstance(table, dict):
        yield before, table
        return
    for name, value in table.items():
        yield from _flat(value, f"{before}.{name}" if before else name)


def _line_of(text: str, name: str) -> int:
    """The line that sets a name; 1 when it is written in a way that is not looked for."""
    last = name.rsplit(".", 1)[-1]
    for wanted in (name, last):
        pattern = re.compile(rf"\s*\[?\s*\"?{re.escape(wanted)}\"?\s*[=\].]")
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.match(line):
                return number
    return 1


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest known names, or all of them where none is near."""
    known = list(known)
    near = nearest(name, known)
    return f"did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else f"known: {', '.join(known)}"
