import os

import pytest


def pytest_runtest_setup(item):
    if item.get_closest_marker("slow") and not os.environ.get("HEADGATE_SLOW"):
        pytest.skip("takes minutes: HEADGATE_SLOW=1 runs it")
