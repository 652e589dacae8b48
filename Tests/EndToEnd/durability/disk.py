"""A disk with faults under a process, by faulty_disk.c: what it does is set, and what it did is read, while it runs."""
import mmap
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("faulty_disk.c")
FOREVER = 1 << 40


def compile_library(directory):
    library = directory / "faulty_disk.so"
    compiler = os.environ.get("CC") or shutil.which("clang") or "cc"  # Swift's toolchain brings clang
    subprocess.run(
        [compiler, "-std=gnu11", "-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o", library, SOURCE, "-ldl"],
        check=True)
    return library


class Disk:
    """`env` puts it under a process. Attributes are the fields of `struct control`, which live in a shared page."""
    FIELDS = ("syncs", "kill_before", "kill_after", "fail_from", "fail_count", "fail_what", "failed", "space",
              "write_error", "delay", "clock")
    ANY, LOG, DATABASE = range(3)  # fail_what

    def __init__(self, library, directory, place, traced=False):
        place.mkdir(parents=True, exist_ok=True)
        control, self.trace_path = place / "control", place / "trace"
        control.write_bytes(bytes(4096))
        with open(control, "r+b") as file:
            self._page = mmap.mmap(file.fileno(), 4096)
        self.space = -1
        self.env = {
            "LD_PRELOAD": str(library), "FAULTY_DISK_DIRECTORY": str(directory), "FAULTY_DISK_CONTROL": str(control)}
        if traced:
            self.env["FAULTY_DISK_TRACE"] = str(self.trace_path)

    def __getattr__(self, name):
        return struct.unpack_from("q", self._page, 8 * self.FIELDS.index(name))[0]

    def __setattr__(self, name, value):
        if name in self.FIELDS:
            struct.pack_into("q", self._page, 8 * self.FIELDS.index(name), value)
        else:
            super().__setattr__(name, value)

    def fail(self, count=1, after=0, what=ANY):
        """Of the syncs to come, the first `after` go well and the next `count` of them fail."""
        self.fail_what = what
        self.fail_count = count
        self.fail_from = self.syncs + 1 + after

    def heal(self):
        self.fail_count = self.fail_from = self.write_error = self.delay = 0
        self.space = -1

    def trace(self):
        return list(read_trace(self.trace_path.read_bytes()))


@dataclass(frozen=True)
class Record:
    kind: str
    path: str
    offset: int
    data: bytes


def read_trace(raw):
    at = 0
    while at < len(raw):
        kind, path, offset, size = struct.unpack_from("c3xIqq", raw, at)
        at += 24
        yield Record(kind.decode(), raw[at:at + path].decode(), offset, raw[at + path:at + path + size])
        at += path + size
