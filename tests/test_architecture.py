# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the house: who may import whom, where unsafe code may stand, what every file begins with."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "engine" / "core" / "src"
PYTHON = sorted(path for part in ("engine", "vptop") for path in (ROOT / part).rglob("*.py"))
KINDS = {".py", ".c", ".h", ".S", ".ld", ".vp", ".lark", ".tcss"}
ALL = sorted(
    path
    for part in ("buildtools", "engine", "vptop", "guestimg", "tests")
    for path in (ROOT / part).rglob("*")
    if path.suffix in KINDS and "bundled" not in path.parent.name
)
SOURCES_ABOVE = [ROOT / name for name in ("pyproject.toml", "Makefile", ".ci/run")]
LONGEST = 400
"""lines of a file; longer ones hold more than one thing"""

MAY_IMPORT = {
    "engine.errors": set(),
    "engine.files": set(),
    "engine.text": set(),
    "engine.core": set(),
    "engine.vp": {"engine.core"},
    "engine.emmett": {"engine.vp"},
    "engine.guest": {"engine.core"},
    "engine.machine": {"engine.core"},
    "engine.probes": {"engine.core", "engine.vp", "engine.emmett", "engine.guest", "engine.machine"},
    "engine.vm": {"engine.core", "engine.vp", "engine.guest", "engine.machine", "engine.probes"},
    "engine": {"engine.vm", "engine.probes"},
    "vptop": {"engine", "engine.core", "engine.vp", "engine.emmett", "engine.guest", "engine.probes", "engine.vm"},
}
"""What the modules of a package may import besides their own package and EVERYWHERE. Imports go down only."""
EVERYWHERE = {"engine.errors", "engine.files", "engine.text"}
UNSAFE = {"cffi", "ctypes", "unicorn", "mmap"}
UNSAFE_HOMES = {
    "engine/core/allocation.py",
    "engine/core/library.py",
    "engine/core/binding.py",
    "engine/machine/cpu.py",
}


def package_of(module: str) -> str:
    """The part of the house that a module belongs to."""
    words = module.split(".")
    return ".".join(words[:2]) if words[0] == "engine" and ".".join(words[:2]) in MAY_IMPORT else words[0]


Import = ast.Import | ast.ImportFrom
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where statements have statements within them."""


@cache
def parsed(path: Path) -> tuple[list[Import], list[Import]]:
    """The imports of a file: those that are made while it is being imported itself, and all."""
    top = ast.parse(path.read_text("utf-8")).body
    found: list[Import] = []
    waiting: list[ast.AST] = [*top]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Import):
            found.append(node)
        for block in BLOCKS:
            waiting += getattr(node, block, ())
    return [node for node in top if isinstance(node, Import)], found


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions."""
    for node in parsed(path)[1]:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_go_down_only() -> None:
    for path in PYTHON:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        own = package_of(module)
        for imported in imports(path):
            if imported.split(".")[0] in ("engine", "vptop"):
                other = package_of(imported)
                assert other == own or other in MAY_IMPORT[own] | EVERYWHERE, f"{module} imports {imported}"


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """A path in a directed graph that ends where it begins; empty when there is none."""
    finished: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in finished:
            return []
        for other in sorted(graph.get(node, ())):
            if found := visit(other, [*path, node]):
                return found
        finished.add(node)
        return []

    return next((found for node in sorted(graph) if (found := visit(node, []))), [])


def imports_of_modules() -> dict[str, set[str]]:
    """Of each module, the modules it imports while it is being imported itself."""
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in PYTHON}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        imported: set[str] = set()
        for node in parsed(path)[0]:
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                submodules = {f"{node.module}.{name.name}" for name in node.names}
                imported |= submodules & modules.keys() or {node.module}
        graph[module] = imported & modules.keys() - {module}
    return graph


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert not cycle(imports_of_modules())


CORE_FOLDERS = ("include", "guest", "vp", "emulator", "cpu", "probes", ".")
"""Folders of the core's sources: each may include its own headers and those of the folders before it."""


def includes_of_sources() -> dict[str, set[str]]:
    """Of each C file of the core, the files of the core it includes."""
    paths = sorted(path for path in SOURCES.rglob("*.[ch]"))
    pattern = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
    return {str(path.relative_to(SOURCES)): set(pattern.findall(path.read_text("utf-8"))) for path in paths}


def test_includes_of_the_core_go_down_only() -> None:
    graph = includes_of_sources()
    assert not cycle(graph)
    for name, included in graph.items():
        allowed = CORE_FOLDERS[: CORE_FOLDERS.index(str(Path(name).parent)) + 1]
        assert included <= graph.keys(), f"{name} includes what is not there"
        for other in included:
            assert str(Path(other).parent) in allowed, f"{name} includes {other}"


def test_headers_of_the_core_declare_what_stands_beside_them() -> None:
    """So a call needs the header of the folder it goes to: the compiler asks for a prototype of every function."""
    for name in includes_of_sources():
        if name.endswith(".h") and not name.startswith("include/"):
            declared = re.findall(r"^\w[\w *]*?\b(\w+)\([^{}]*?\);", (SOURCES / name).read_text("utf-8"), re.MULTILINE)
            source = SOURCES / Path(name).with_suffix(".c")
            defined = source.read_text("utf-8") if declared else ""
            for function in declared:
                assert re.search(rf"^\w[^;={{}}]*\b{function}\([^;]*?\)\s*{{", defined, re.MULTILINE), (
                    f"{name}: {function}"
                )


def test_the_engine_knows_no_user_interface_and_unsafe_code_has_its_place() -> None:
    for path in PYTHON:
        name = name_of(path)
        for imported in imports(path):
            root = imported.split(".")[0]
            if name.startswith("engine"):
                assert root not in {"textual", "rich", "plotext"}, f"{name} imports {imported}"
            if root == "plotext":
                assert name == "vptop/ui/render/plot.py"
            if root in UNSAFE:
                assert name in UNSAFE_HOMES, f"{name} imports {imported}"


UNWANTED = {
    "unfinished": r"\b(TODO|FIXME|XXX|NotImplementedError)\b",
    "a test that is left out": r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b",
    "an exemption that names no rule": r"#\s*(noqa(?!: [A-Z])|type:\s*ignore(?!\[))",
}


def test_every_file_names_its_licence_and_is_finished() -> None:
    for path in [*ALL, *SOURCES_ABOVE]:
        text = path.read_text("utf-8")
        first, second = text.splitlines()[:2]
        head = second if first.startswith("#!") else first
        assert "SPDX-License-Identifier: GPL-2.0-or-later" in head, name_of(path)
        if path != Path(__file__):
            found = {what: match[0] for what, pattern in UNWANTED.items() if (match := re.search(pattern, text))}
            assert not found, name_of(path)


def test_modules_have_a_size_that_can_be_read() -> None:
    lines = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in ALL if path.suffix != ".vp"}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"].values()
ENTRY_POINTS = {"vptop.screenshots", *(value.partition(":")[0] for value in SCRIPTS)}


def test_modules_are_used() -> None:
    """A module that nothing imports is dead, unless it is an entry point."""
    imported = {name for path in [*PYTHON, *(ROOT / "tests").rglob("*.py")] for name in imports(path)}
    imported |= {
        f"{node.module}.{alias.name}"
        for path in PYTHON
        for node in parsed(path)[1]
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for path in PYTHON:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        entry = path.name in {"__init__.py", "__main__.py"} or module in ENTRY_POINTS
        assert entry or module in imported, f"{module} is imported by nothing"


def folder(module: str) -> str:
    """The folder of a module of vptop; modules of vptop.ui itself stand for themselves."""
    parts = module.split(".")
    return ".".join(parts[:3]) if parts[1] == "ui" else ".".join(parts[:2])


def test_folders_of_the_dashboard_import_down_only() -> None:
    graph: dict[str, set[str]] = {}
    for module, imported in imports_of_modules().items():
        if module.startswith("vptop."):
            others = {folder(other) for other in imported if other.startswith("vptop.")}
            graph.setdefault(folder(module), set()).update(others - {folder(module)})
    assert not cycle(graph)
