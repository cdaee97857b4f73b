# SPDX-License-Identifier: GPL-2.0-or-later
"""The hot path, in C, behind one header. `binding` is how Python sees it."""
