# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m vptop`."""

from vptop.cli.main import main

if __name__ == "__main__":
    main()
