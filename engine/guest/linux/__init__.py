# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of a Linux kernel in the guest: symbols, types, processes, modules, unwind tables."""
