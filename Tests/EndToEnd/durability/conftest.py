from pathlib import Path

import pytest

from disk import Disk, compile_library


@pytest.fixture(scope="session")
def faulty_disk_library(tmp_path_factory):
    return compile_library(tmp_path_factory.mktemp("faulty-disk"))


@pytest.fixture
def disk(faulty_disk_library, gateway, tmp_path):
    """Under the ledger of `gateway`, which has to be started with `env=disk.env`."""
    return Disk(faulty_disk_library, gateway.ledger.parent, tmp_path / "disk")


@pytest.fixture
def traced_disk(faulty_disk_library, gateway, tmp_path):
    return Disk(faulty_disk_library, gateway.ledger.parent, tmp_path / "disk", traced=True)
