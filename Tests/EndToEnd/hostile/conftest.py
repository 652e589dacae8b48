"""What stands between the gateway and the C library: interpose.c."""
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def interposer(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("clang")
    assert compiler, "a C compiler comes with Swift's own needs"
    library = tmp_path_factory.mktemp("interposer") / "interpose.so"
    source = Path(__file__).with_name("interpose.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture
def watched(gateway, interposer, tmp_path):
    """Starts the gateway with these answers to names under .test; gives what it dialled."""
    dials = tmp_path / "dials"
    dials.touch()

    def start(answers, **environment):
        (tmp_path / "answers").write_text("".join(f"{name} {' '.join(found)}\n" for name, found in answers.items()))
        gateway.start(env={"LD_PRELOAD": str(interposer), "ANSWERS": str(tmp_path / "answers"), "DIALS": str(dials),
                           **environment})
        return lambda: dials.read_text().split()
    return start
