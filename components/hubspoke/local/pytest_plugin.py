"""Fixtures for pytest. In your conftest.py: `from hubspoke.local.pytest_plugin import simulated_clouds`."""

from pathlib import Path

import pytest

from hubspoke.local.testing import SimulatedClouds


@pytest.fixture
def simulated_clouds(tmp_path: Path) -> SimulatedClouds:
    """Empty simulated clouds for one test."""
    return SimulatedClouds(tmp_path)
