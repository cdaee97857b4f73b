# SPDX-License-Identifier: GPL-2.0-or-later
"""The bundled VP scripts, each with a comment that explains it to a newcomer."""
