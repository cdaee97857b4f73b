# SPDX-License-Identifier: GPL-2.0-or-later
"""The test kernels, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.building import build


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel that ends as its command line says."""
    return build("outcomes", tmp_path_factory.mktemp("kernels"))
