"""The benchmark: what a verified, synced, fanned-out event costs here, beside the same work without any of that.

Provider: wrk. Subscribers: nginx. All on this machine, in one run, so the ratios mean something and the absolute figures
are those of a machine that does everything at once.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd"))

import signed_requests  # noqa: E402
from headgate import BINARY, REPOSITORY, Gateway  # noqa: E402
from programs import Ceiling, Nginx, Subscribers, free_ports, mirror, wait_for_port, wrk  # noqa: E402

BUDGET = 9 * 60  # seconds: no round starts that would end beyond it
FAN_OUTS = (1, 3, 10)
TICKS = os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self, directory, options):
        self.directory, self.options = directory, options
        self.requests, self.length = signed_requests.make(directory, options.requests)
        self.ceiling = Ceiling(directory)
        self.samples = {}

    def load(self, port):
        return wrk(port, self.requests, self.length, self.options.seconds, self.options.connections)

    def note(self, row, **figures):
        self.samples.setdefault(row, []).append(figures)
        text = "  ".join(f"{name} {value:,.6g}" for name, value in figures.items())
        print(f"  {row:28} {text}", flush=True)

    # One round: everything once.

    def round(self):
        with Subscribers(self.directory, max(FAN_OUTS)) as subscribers:
            figures = self.ceiling.measure(subscribers.urls[:3], self.options.seconds, 64, signed_requests.BODY)
            self.note("(a) bare libcurl", deliveries_per_s=figures["transfers_per_second"],
                      cpu_us_per_delivery=figures["cpu_us_per_transfer"])
            for fan_out in () if self.options.gateway else FAN_OUTS:
                for kept in (False, True):
                    self.mirror(subscribers, fan_out, kept)
        if not self.options.gateway:
            self.return_200()
        if not self.options.baselines:
            for fan_out in (0, *FAN_OUTS):
                with Subscribers(self.directory, max(FAN_OUTS)) as subscribers:
                    self.gateway(subscribers, fan_out)

    def mirror(self, subscribers, fan_out, kept):
        with mirror(self.directory, subscribers, fan_out, kept) as nginx:
            wait_for_port(nginx.port)
            before, start = subscribers.received(), time.monotonic()
            result = self.load(nginx.port)
            took = self.drained(subscribers, before + result["requests"] * fan_out, start)
        self.report(f"(b) mirror to {fan_out}" + ", kept" * kept, result, took, fan_out)

    def return_200(self):
        port, = free_ports(1)
        server = f"server {{ listen 127.0.0.1:{port} backlog=4096; return 200; }}"
        with Nginx(self.directory, "plain", server):
            wait_for_port(port)
            result = self.load(port)
        self.report("    nginx return 200", result, result["seconds"], 0)

    def gateway(self, subscribers, fan_out):
        ledgers = self.directory / f"ledger-{fan_out}"
        subprocess.run(["rm", "-rf", ledgers], check=True)
        gateway = Gateway(ledgers)
        gateway.route("bench", **signed_requests.ROUTE, subscribers=[
            {"name": f"s{n}", "url": url, "concurrency": max(1, self.options.connections // max(fan_out, 1))} for n, url in enumerate(subscribers.urls[:fan_out])])
        gateway.intake_port, gateway.admin_port = free_ports(2)
        gateway.start("--log-level", "warning", "--listen", f"127.0.0.1:{gateway.intake_port}",
                      "--admin", f"127.0.0.1:{gateway.admin_port}", wait=False)
        try:
            wait_for_port(gateway.admin_port)
            cpu, start = cpu_seconds(gateway.process.pid), time.monotonic()
            result = self.load(gateway.intake_port)
            took = self.drained(subscribers, result["requests"] * fan_out, start) if fan_out else result["seconds"]
            cpu = cpu_seconds(gateway.process.pid) - cpu
            peak = gateway.memory("VmHWM")
            if result["requests"] > self.options.requests:
                raise SystemExit("more requests than were made beforehand: the rest were duplicates; use --requests")
            size = sum(file.stat().st_size for file in gateway.ledger.parent.iterdir())
            if gateway.stop() != 0:
                raise SystemExit(f"the gateway did not drain:\n{gateway.log_text()[-2000:]}")
        except BaseException:
            gateway.kill()
            print(gateway.log_text()[-2000:], file=sys.stderr)
            raise
        self.report(f"(c) headgate, {fan_out} subscribers" if fan_out != 1 else "(c) headgate, 1 subscriber", result, took,
                    fan_out, cpu_us_per_event=cpu / result["requests"] * 1e6, peak_mib=peak / 2**20,
                    ledger_bytes_per_event=size / result["requests"])
        subprocess.run(["rm", "-rf", ledgers], check=True)

    def report(self, row, result, took, fan_out, **more):
        """`took` runs until the last subscriber has the last event: what was only accepted does not count."""
        if result["refused"] or result["broken"]:
            print(f"  {row}: {result['refused']} refused, {result['broken']} broken", file=sys.stderr)
        accepted = result["requests"] - result["refused"]
        self.note(row, events_per_s=accepted / took, deliveries_per_s=accepted * fan_out / took,
                  acks_per_s=accepted / result["seconds"], p50_ms=result["p50_ms"], p99_ms=result["p99_ms"],
                  p999_ms=result["p999_ms"], **more)

    @staticmethod
    def drained(subscribers, expected, start):
        deadline = time.monotonic() + 120
        while subscribers.received() < expected:
            if time.monotonic() > deadline:
                raise SystemExit(f"{subscribers.received()} of {expected} deliveries after two minutes")
            time.sleep(0.02)
        return time.monotonic() - start

    # The end: medians and ratios.

    def medians(self):
        return {row: {name: statistics.median(one[name] for one in samples) for name in samples[0]}
                for row, samples in self.samples.items()}


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def machine(directory):
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) >> 20
    disk = subprocess.run(["stat", "-f", "-c", "%T", directory], capture_output=True, text=True).stdout.strip()
    return (f"{os.cpu_count()} x {cpu}, {memory} GiB, Linux {platform.release()}, ledger on {disk}, "
            f"one sync {sync_ms(directory):.2f} ms")


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


COLUMNS = [  # figure, heading, format
    ("events_per_s", "events/s", ",.0f"), ("deliveries_per_s", "deliveries/s", ",.0f"), ("acks_per_s", "acks/s", ",.0f"),
    ("p50_ms", "ack p50 ms", ".2f"), ("p99_ms", "p99 ms", ".2f"), ("p999_ms", "p99.9 ms", ".2f"),
    ("cpu_us_per_event", "CPU us/event", ".0f"), ("peak_mib", "peak MiB", ".0f"),
    ("ledger_bytes_per_event", "ledger B/event", ",.0f"),
]


def table(medians):
    print("\n" + " " * 30 + "".join(f"{heading:>15}" for _, heading, _ in COLUMNS))
    for row, figures in medians.items():
        cells = (format(figures[name], style) if figures.get(name) else "" for name, _, style in COLUMNS)
        print(f"{row:30}" + "".join(f"{cell:>15}" for cell in cells))


def ratios(medians):
    """c/a in deliveries, c/b in events: b as the manual shows it, and with kept connections."""
    found = {}
    for fan_out in FAN_OUTS:
        ours = medians.get(f"(c) headgate, {fan_out} subscriber" + "s" * (fan_out > 1))
        if not ours:
            continue
        found[f"fan-out {fan_out}: c/a"] = ours["deliveries_per_s"] / medians["(a) bare libcurl"]["deliveries_per_s"]
        for row, theirs in medians.items():
            if row in (f"(b) mirror to {fan_out}", f"(b) mirror to {fan_out}, kept"):
                found[f"fan-out {fan_out}: c/{row[4:]}"] = ours["events_per_s"] / theirs["events_per_s"]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="the figures are medians of so many rounds")
    parser.add_argument("--seconds", type=int, default=6, help="of load for each figure")
    parser.add_argument("--connections", type=int, default=64, help="of the provider")
    parser.add_argument("--requests", type=int, default=300_000, help="signed beforehand, each used once")
    parser.add_argument("--gateway", action="store_true", help="only (a) and (c)")
    parser.add_argument("--baselines", action="store_true", help="only (a), (b) and nginx: no gateway")
    options = parser.parse_args()
    if not options.baselines and not BINARY.exists():
        raise SystemExit(f"{BINARY} is not there: make build")
    directory = REPOSITORY / ".build" / "bench"
    directory.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    about = machine(directory)
    print(f"{about}\n1 KiB bodies, HMAC-SHA256 verified, {options.connections} provider connections, "
          f"{options.seconds} s a figure")
    bench, longest = Bench(directory, options), 0
    for number in range(1, options.rounds + 1):
        began = time.monotonic()
        if began - start + longest > BUDGET:
            print(f"stopping after {number - 1} rounds: ten minutes are enough")
            break
        print(f"round {number}")
        bench.round()
        longest = max(longest, time.monotonic() - began)
    medians = bench.medians()
    table(medians)
    found = ratios(medians)
    if found:
        print("\n" + "\n".join(f"{name:40} {value:.2f}" for name, value in found.items()))
    result = directory / "result.json"
    result.write_text(json.dumps(
        {"machine": about, "options": vars(options), "medians": medians, "ratios": found, "samples": bench.samples}, indent=1))
    print(f"\n{result.relative_to(REPOSITORY)} holds every figure; {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
