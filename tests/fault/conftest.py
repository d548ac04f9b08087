# SPDX-License-Identifier: GPL-2.0-or-later
import pytest

from faulting import SCENARIOS, TEN, Scenario, folder_for


@pytest.fixture(params=SCENARIOS)
def scenario(request, tmp_path):
    """Each kind of run, before anything went wrong."""
    with folder_for(tmp_path) as folder:
        yield Scenario(type(tmp_path)(folder), *SCENARIOS[request.param]).undisturbed()


@pytest.fixture
def place(tmp_path):
    """An index of ten records."""
    with folder_for(tmp_path) as folder:
        yield Scenario(type(tmp_path)(folder), TEN, TEN)
