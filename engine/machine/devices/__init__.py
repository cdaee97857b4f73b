# SPDX-License-Identifier: GPL-2.0-or-later
"""Device models, each after its data sheet."""
