# SPDX-License-Identifier: GPL-2.0-or-later
"""vptop: what people see."""
