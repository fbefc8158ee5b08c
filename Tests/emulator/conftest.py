"""One service for all tests of this folder, as just started before each of them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from client import Service  # noqa: E402


@pytest.fixture(scope="session")
def running_service():
    with Service(bad_tls=True) as service:
        yield service


@pytest.fixture
def service(running_service):
    running_service.reset()
    yield running_service
    # A defect that was answered with a 500 must fail the test that met it.
    assert running_service.stats()["internal_errors"] == 0
