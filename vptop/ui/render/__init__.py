# SPDX-License-Identifier: GPL-2.0-or-later
"""Pure renderers: what is known of a moment, and a width, become Strips. No widgets here."""
