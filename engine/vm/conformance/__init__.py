# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs test kernels, as those of kvm-unit-tests, and judges them."""
