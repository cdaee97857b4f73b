# SPDX-License-Identifier: GPL-2.0-or-later
"""vptop's engine: the VP language, the virtual PC, and what joins them."""
