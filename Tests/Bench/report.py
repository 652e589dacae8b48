"""What the benchmark says in the end: the machine, a table, the ratios."""
import os
import platform
import statistics
import subprocess
import time
from pathlib import Path

COLUMNS = [  # figure, heading, format
    ("events_per_s", "events/s", ",.0f"), ("deliveries_per_s", "deliveries/s", ",.0f"), ("acks_per_s", "acks/s", ",.0f"),
    ("p50_ms", "ack p50 ms", ".2f"), ("p99_ms", "p99 ms", ".2f"), ("p999_ms", "p99.9 ms", ".2f"),
    ("cpu_us", "CPU us", ".0f"), ("peak_mib", "peak MiB", ".0f"), ("ledger_bytes", "ledger B", ",.0f"),
]


def table(medians):
    print("\nCPU and ledger bytes are those of one event, of one delivery in (a).")
    print(" " * 40 + "".join(f"{heading:>13}" for _, heading, _ in COLUMNS))
    for row, figures in medians.items():
        cells = (format(figures[name], style) if figures.get(name) else "" for name, _, style in COLUMNS)
        print(f"{row:40}" + "".join(f"{cell:>13}" for cell in cells))


# Each row beside what it is measured against, with the figure that is compared.
RATIOS = [
    ("fan-out {n}: c/a", "(c) {n} subscribers", "(a) bare libcurl", "deliveries_per_s"),
    ("fan-out {n}: c/b, b as nginx's manual has it", "(c) {n} subscribers", "(b) mirror to {n}", "events_per_s"),
    ("fan-out {n}: c/b, b with kept connections", "(c) {n} subscribers", "(b) mirror to {n}, kept", "events_per_s"),
    ("intake / nginx return 200", "(c) 0 subscribers", "nginx return 200", "events_per_s"),
    ("intake of 512 connections / nginx return 200", "512 connections, 0 subscribers",
     "nginx return 200, 512 connections", "events_per_s"),
    ("TLS intake / nginx return 200 over TLS", "TLS, 0 subscribers", "nginx return 200 over TLS", "events_per_s"),
    ("64 KiB bodies: c/a", "64 KiB bodies, 3 subscribers", "(a) bare libcurl, 64 KiB", "deliveries_per_s"),
    ("a million events / empty ledger", "a million events before, no search index", "no search index, 3 subscribers",
     "events_per_s"),
    ("one of three hanging / none", "one of 3 hanging", "(c) 3 subscribers", "events_per_s"),
    ("two cores / one", "(c) 3 subscribers", "on one core, 3 subscribers", "events_per_s"),
]


def ratios(medians, fan_outs):
    found = {}
    for name, ours, theirs, figure in RATIOS:
        for n in fan_outs if "{n}" in name else [0]:
            mine, other = medians.get(ours.format(n=n)), medians.get(theirs.format(n=n))
            if mine and other:
                found[name.format(n=n)] = mine[figure] / other[figure]
    return found


def machine(directory):
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) >> 20
    disk = subprocess.run(["stat", "-f", "-c", "%T", directory], capture_output=True, text=True).stdout.strip()
    return (f"{os.cpu_count()} x {cpu}, {memory} GiB, Linux {platform.release()}, ledger on {disk}, "
            f"one sync {sync_ms(directory):.2f} ms, load {os.getloadavg()[0]:.1f} before")


def sync_ms(directory):
    """The median of fdatasync after 4 KiB: what bounds a commit."""
    path = directory / "sync"
    times = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            start = time.monotonic()
            os.fdatasync(file.fileno())
            times.append(time.monotonic() - start)
    path.unlink()
    return statistics.median(times) * 1e3
