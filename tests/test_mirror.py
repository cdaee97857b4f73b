# SPDX-License-Identifier: GPL-2.0-or-later
"""Every module has a test file of its name, at its place: engine/vm/pace.py has tests/engine/vm/test_pace.py."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "vptop", "buildtools")

EXEMPT: dict[str, str] = {
    "vptop/ui/editor/actions.py": "a table only; tests/vptop/ui/test_keymap.py checks it",
    "vptop/ui/editor/messages.py": "messages only",
    "engine/machine/choices.py": "names of choices only",
    "engine/machine/config.py": "values only",
    "engine/machine/kernel.py": "a protocol only",
    "engine/machine/linux/errors.py": "an exception only",
    "engine/vm/past/messages.py": "messages only; tests/engine/vm/past/test_relay.py sends each",
    "engine/vm/past/task.py": "messages only; tests/engine/vm/past/test_wire.py sends them",
    "engine/emmett/syntax/ast.py": "a tree only",
    "vptop/__main__.py": "calls main only; tests/vptop/ui/test_terminal.py starts it",
    "vptop/export/format.py": "a type only",
    "vptop/source/source.py": "a protocol only",
    "engine/vp/syntax/ast.py": "a tree only",
    "engine/vp/guest_types.py": "types and a protocol only",
    "engine/vp/limits.py": "values only",
    "engine/core/declarations.py": "built; tests/buildtools/test_declarations.py tests what builds it",
    "engine/core/image.py": "values and a protocol only",
    "engine/core/stops.py": "numbers only; tests/engine/core/test_tables.py compares them with the C header",
    "engine/core/runtime_errors.py": "numbers only; tests/engine/core/test_tables.py compares them with the C header",
    "engine/core/points.py": "numbers only; tests/engine/core/test_tables.py compares them with the C header",
    "engine/core/variables.py": "numbers only; tests/engine/core/test_tables.py compares them with the C header",
}
"""Modules that need no test file of their own, and why."""


def modules() -> list[str]:
    found = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    ]
    return sorted(found)


def mirror_of(module: str) -> Path:
    path = Path("tests") / module
    return path.with_name(f"test_{path.stem.strip('_')}.py")


def test_a_module_has_a_test_file_of_its_name() -> None:
    mirrors = {module: mirror_of(module) for module in modules() if module not in EXEMPT}
    assert {module: path for module, path in mirrors.items() if not (ROOT / path).is_file()} == {}


def test_exemptions_are_needed() -> None:
    assert set(EXEMPT) <= set(modules()), "an exempt module does not exist"
    assert [module for module in EXEMPT if (ROOT / mirror_of(module)).exists()] == [], "an exempt module has its test"
