# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of the operating system inside the guest."""
