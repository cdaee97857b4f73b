# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagnostics of a script: codes, places, fixes, and how they are printed."""
