# SPDX-License-Identifier: GPL-2.0-or-later
"""`--cpu`: models by name, and their list."""

from __future__ import annotations

import pytest

from engine.vm.settings import ConfigurationError
from vptop.cli.configuration import MachineOptions, SettingOptions, power_on
from vptop.cli.cpu_list import chosen


def test_a_name_is_that_of_a_model() -> None:
    assert chosen("Haswell") == {"cpu": "haswell"}
    with pytest.raises(ConfigurationError, match=r"--cpu: found 'modem'; .* did you mean modern"):
        chosen("modem")


def test_the_list_has_each_model_with_its_features(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        power_on(MachineOptions(cpu="list"), SettingOptions())
    assert end.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines if not line.startswith(" ")] == ["modern", "haswell", "minimal"]
    features = {word for line in lines if line.startswith(" ") for word in line.split()}
    assert {"smap", "fsgsbase", "sse2"} <= features
    assert all(len(line) <= 100 for line in lines)
