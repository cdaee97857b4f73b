# SPDX-License-Identifier: GPL-2.0-or-later
"""Types of Emmett: memory models, structures and their layout."""
