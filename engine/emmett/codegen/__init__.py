# SPDX-License-Identifier: GPL-2.0-or-later
"""Operations to VP text, with a map from its places back to Emmett."""
