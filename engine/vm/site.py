# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings of the whole host: `vprobe.allow` (manual p. 7)."""

from __future__ import annotations

from pathlib import Path

from platformdirs import site_config_path, user_config_path

from engine.vm.settings import is_true, read_lines

FILES = (
    Path("/etc/vmware/config"),
    site_config_path("vptop") / "config",
    user_config_path("vptop") / "config",
)
"""In the order in which they are read; each setting of a later file wins. The last one is the user's own."""


def allows_vprobes(files: tuple[Path, ...] = FILES) -> bool:
    """Whether the host lets users load scripts.

    Raises:
        ConfigurationError: a file that exists cannot be read, or a line of it is wrong.
    """
    allowed = False
    for path in files:
        if not path.is_file():
            continue
        for line in read_lines(path):
            if line.key.lower() == "vprobe.allow":
                allowed = is_true(line)
    return allowed
