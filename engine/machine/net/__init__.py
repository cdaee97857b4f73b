# SPDX-License-Identifier: GPL-2.0-or-later
"""The network outside the machine: a wire and a host at its far end. Everything happens in guest time."""
