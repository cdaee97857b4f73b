# SPDX-License-Identifier: GPL-2.0-or-later
"""Hatchling's build hook: compile before files are collected, and tag the wheel for its platform.

The core and the guest depend on no Python version, so the tag is `py3-none-PLATFORM`.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # hatchling loads this file by its path

from buildtools.bios import BIOS
from buildtools.core import CORE, GLIBC, LINUX
from buildtools.guest import GUEST


def wheel_tag() -> str:
    """The tag of a wheel that is built here, such as `py3-none-manylinux_2_28_x86_64`."""
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if LINUX:
        platform = platform.replace("linux_", f"manylinux_{GLIBC.replace('.', '_')}_")
    return f"py3-none-{platform}"


class BuildHook(BuildHookInterface[BuilderConfig]):
    """Builds the core, the BIOS and the bundled guest for every wheel and every editable install."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before files are collected. `version` is `standard` or `editable`."""
        del version
        if self.target_name == "wheel":
            for target in (CORE, BIOS, GUEST):
                target.build()
            build_data["pure_python"] = False
            build_data["tag"] = wheel_tag()
