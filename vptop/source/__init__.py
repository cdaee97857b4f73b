# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the dashboard's Frames come from."""
