import pytest

from canaries import Canaries


@pytest.fixture
def canaries():
    return Canaries()
