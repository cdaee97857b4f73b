# SPDX-License-Identifier: GPL-2.0-or-later
"""Which test kernels to run: files with their command lines, and lists in the format of kvm-unit-tests."""

from __future__ import annotations

import configparser
import itertools
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from engine.errors import InputError
from engine.vm.conformance.runner import Case
from engine.vm.files import read
from engine.vm.options import Vendor

LIST_SUFFIX = ".cfg"
_UNITS = {"m": 1, "g": 1024}
"""Suffixes of a size of memory, in MiB."""
_APPEND, _MEMORY, _MODULE = ("-append", "--append"), ("-m", "--m"), ("-initrd", "--initrd")
_CPU = ("-cpu", "--cpu")
_VENDORS: Mapping[str, Vendor] = {"vendor=GenuineIntel": "intel", "vendor=AuthenticAMD": "amd"}
"""Properties of QEMU's `-cpu` that choose one here, too."""


class SuiteError(InputError):
    """A list of test kernels that cannot be read. Correct the place that the message names."""


def named(words: str, default: Case) -> list[Case]:
    """The test kernels of one argument: "FILE", "FILE WORDS" with its command line, or a list (`unittests.cfg`).

    Args:
        words: the argument.
        default: how a kernel is run that does not say it itself.

    Raises:
        SuiteError: a list cannot be read.
        BootError: its file cannot be read.
    """
    file, _, rest = (words, "", "") if Path(words).exists() else words.partition(" ")
    if file.endswith(LIST_SUFFIX) and not rest:
        return list(_listed(Path(file), default))
    return [msgspec.structs.replace(default, file=file, words=rest.strip() or default.words)]


def _listed(path: Path, default: Case) -> Iterator[Case]:
    """The sections of a list whose file is there: others are for another architecture, or were not built."""
    parser = configparser.RawConfigParser(strict=False, comment_prefixes=("#",), interpolation=None)
    try:
        parser.read_string(read(path).decode("utf-8", "replace"), str(path))
    except configparser.Error as error:
        raise SuiteError(f"{path}: not a list of test kernels: {str(error).splitlines()[0]}") from error
    for name in parser.sections():
        section = parser[name]
        file = section.get("file")
        if file is None:
            raise SuiteError(f"{path}: [{name}]: no `file`; expected the name of a test kernel")
        where = path.parent / file
        if where.exists():
            yield _from_section(f"{path}: [{name}]", where, section, default)


def _from_section(where: str, file: Path, section: configparser.SectionProxy, default: Case) -> Case:
    words, memory, modules, vendor = default.words, default.memory_mib, default.modules, default.vendor
    try:
        parameters = shlex.split(section.get("extra_params", section.get("qemu_params", "")))
    except ValueError as error:
        raise SuiteError(f"{where}: extra_params: {error}") from error
    for option, value in itertools.pairwise(parameters):
        if option in _APPEND:
            words = value
        elif option in _MEMORY:
            memory = _mib(where, value)
        elif option in _MODULE:
            modules = (value,)
        elif option in _CPU:
            vendor = next((_VENDORS[word] for word in value.split(",") if word in _VENDORS), vendor)
    smp = section.get("smp", "")
    cpus = int(smp) if smp.isdecimal() else default.cpus
    return Case(str(file), words, modules, memory, cpus, default.cpu, vendor)


def _mib(where: str, value: str) -> int:
    number, unit = (value[:-1], value[-1].lower()) if value[-1:].isalpha() else (value, "m")
    if not number.isdecimal() or unit not in _UNITS:
        raise SuiteError(f"{where}: -m {value}: expected a number of MiB, or one with the suffix M or G")
    return int(number) * _UNITS[unit]
