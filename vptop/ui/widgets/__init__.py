# SPDX-License-Identifier: GPL-2.0-or-later
"""Widgets that several views share."""
