# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux kernels without a boot loader: kernel images, their compression, and the 64-bit boot protocol."""
