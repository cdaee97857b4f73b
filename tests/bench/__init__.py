# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast it is: ratios in one run (`make bench`)."""
