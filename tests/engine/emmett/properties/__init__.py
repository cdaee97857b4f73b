# SPDX-License-Identifier: GPL-2.0-or-later
"""Random Emmett programs, what they mean, and what holds for all of them."""
