# SPDX-License-Identifier: GPL-2.0-or-later
"""`make bench`."""

from __future__ import annotations

from tests.bench import (
    bundled,
    core,
    dashboard,
    exits,
    exporting,
    grub_start,
    inserting,
    kinds,
    linux,
    live,
    painting,
    past,
    pause,
    saturated,
    speed,
    standstills,
    starts,
)


def main() -> None:
    """Everything, in one run."""
    print("vptop bench: the best of several turns; ratios within this run")
    speed.speed()
    speed.firings()
    kinds.kinds()
    inserting.inserting()
    exits.exits()
    grub_start.grub_start()
    starts.starts()
    bundled.bundled()
    linux.linux()
    past.past()
    core.operations()
    core.rows()
    core.loading()
    pause.pause()
    painting.painting()
    dashboard.dashboard()
    live.live()
    standstills.standstills()
    exporting.exporting(100_000)
    saturated.saturated()


if __name__ == "__main__":
    main()
