# SPDX-License-Identifier: GPL-2.0-or-later
"""Joins language and machine: script life cycle and Frames."""
