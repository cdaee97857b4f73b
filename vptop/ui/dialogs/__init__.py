# SPDX-License-Identifier: GPL-2.0-or-later
"""What opens above the dashboard and asks or explains."""
