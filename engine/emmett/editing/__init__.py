# SPDX-License-Identifier: GPL-2.0-or-later
"""Emmett in editors: highlighting and completion."""
