# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual PC on Unicorn. Knows no VP."""
