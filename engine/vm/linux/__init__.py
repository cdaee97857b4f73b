# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux as the guest: kernel files, drivers for the machine's devices, a demonstration userland."""
