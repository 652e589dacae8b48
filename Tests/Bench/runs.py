"""One measurement each: a load, and what came of it."""
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import signed_requests
from certificates import make_certificate
from filling import fill
from headgate import Gateway
from programs import Ceiling, Nginx, free_ports, mirror, wait_for_port, wrk

TICKS = os.sysconf("SC_CLK_TCK")


class Runs:
    def __init__(self, directory, options):
        self.directory, self.options = directory, options
        self.ceiling = Ceiling(directory)
        self.certificate = make_certificate(directory, "bench")
        self.samples = {}

    def note(self, row, **figures):
        self.samples.setdefault(row, []).append(figures)
        text = "  ".join(f"{name} {value:,.6g}" for name, value in figures.items())
        print(f"  {row:38} {text}", flush=True)

    def medians(self):
        return {row: {name: statistics.median(one[name] for one in samples) for name in samples[0]}
                for row, samples in self.samples.items()}

    def load(self, port, body=signed_requests.BODY, connections=None, scheme="http"):
        """wrk's figures. Requests were signed beforehand, and begin again when none are left."""
        count = self.options.requests if body == signed_requests.BODY else self.options.requests // 20
        requests, length = signed_requests.make(self.directory, count, body)
        result = wrk(f"{scheme}://127.0.0.1:{port}/bench", requests, length, self.options.seconds,
                     connections or self.options.connections)
        return {**result, "repeats": max(result["requests"] - count, 0)}

    # What others do.

    def bare_libcurl(self, row, subscribers, body=signed_requests.BODY):
        figures = self.ceiling.measure(subscribers.urls[:3], self.options.seconds, self.options.connections, body)
        self.note(row, deliveries_per_s=figures["transfers_per_second"], cpu_us=figures["cpu_us_per_transfer"])

    def mirror(self, row, subscribers, fan_out, kept):
        with mirror(self.directory, subscribers, fan_out, kept) as nginx:
            wait_for_port(nginx.port)
            before, start = subscribers.received(), time.monotonic()
            result = self.load(nginx.port)
            took = drained(subscribers, before + result["requests"] * fan_out, start)
        self.report(row, result, took, fan_out)

    def return_200(self, row, scheme="http", **load):
        port, = free_ports(1)
        certificate, key = self.certificate
        secure = f"ssl_certificate {certificate}; ssl_certificate_key {key};" if scheme == "https" else ""
        listen = f"listen 127.0.0.1:{port} {'ssl' if secure else ''} backlog=4096;"
        with Nginx(self.directory, "plain", f"server {{ {listen} {secure} return 200; }}"):
            wait_for_port(port)
            result = self.load(port, scheme=scheme, **load)
        self.report(row, result, result["seconds"], 0)

    # What we do.

    def gateway(self, row, subscribers, fan_out, hanging=0, before=0, cores=None, scheme="http", flags=(), **load):
        """`fan_out` subscribers that answer, and `hanging` that take a request and never do. As many transfers are under
        way at once as in the bare loop, shared among the subscribers."""
        directory = self.directory / "gateway"
        shutil.rmtree(directory, ignore_errors=True)
        gateway = Gateway(directory)
        mute = [socket.create_server(("127.0.0.1", 0), backlog=4096) for _ in range(hanging)]
        urls = subscribers.urls[:fan_out] + [f"http://127.0.0.1:{one.getsockname()[1]}/hook" for one in mute]
        concurrency = max(self.options.connections // max(len(urls), 1), 1)
        gateway.route("bench", **signed_requests.ROUTE, subscribers=[
            {"name": f"s{n}", "url": url, "concurrency": concurrency} for n, url in enumerate(urls)])
        if before:
            fill(gateway, before)
        gateway.intake_port, gateway.admin_port = free_ports(2)
        secure = zip(("--tls-cert", "--tls-key"), self.certificate) if scheme == "https" else ()
        gateway.start("--log-level", "warning", "--listen", f"127.0.0.1:{gateway.intake_port}",
                      "--admin", f"127.0.0.1:{gateway.admin_port}", *flags, *(str(part) for pair in secure for part in pair),
                      wait=False)
        try:
            wait_for_port(gateway.admin_port)
            self.drive(row, gateway, subscribers, fan_out, cores, scheme=scheme, **load)
            # One that hangs is waited for by its attempts' timeout: nobody needs that.
            if not hanging and gateway.stop() != 0:
                raise SystemExit(f"the gateway did not drain:\n{gateway.log_text()[-2000:]}")
        except BaseException:
            print(gateway.log_text()[-2000:], file=sys.stderr)
            raise
        finally:
            if gateway.process.poll() is None:
                gateway.kill()
            for one in mute:
                one.close()
            shutil.rmtree(directory, ignore_errors=True)

    def drive(self, row, gateway, subscribers, fan_out, cores, **load):
        pid = gateway.process.pid
        for task in os.listdir(f"/proc/{pid}/task") if cores else ():
            os.sched_setaffinity(int(task), cores)
        size, cpu = ledger_bytes(gateway), cpu_seconds(pid)
        received, start = subscribers.received(), time.monotonic()
        result = self.load(gateway.intake_port, **load)
        if result["repeats"]:
            raise SystemExit("more requests than were made beforehand: the rest were duplicates; use --requests")
        took = drained(subscribers, received + result["requests"] * fan_out, start) if fan_out else result["seconds"]
        cpu = cpu_seconds(pid) - cpu
        self.report(
            row, result, took, fan_out, cpu_us=cpu / result["requests"] * 1e6, peak_mib=gateway.memory("VmHWM") / 2**20,
            ledger_bytes=(ledger_bytes_at_rest(gateway) - size) / result["requests"])

    def report(self, row, result, took, fan_out, **more):
        """`took` runs until the last subscriber has the last event: what was only accepted does not count."""
        if result["refused"] or result["broken"]:
            print(f"  {row}: {result['refused']} refused, {result['broken']} broken", file=sys.stderr)
        accepted = result["requests"] - result["refused"]
        self.note(row, events_per_s=accepted / took, deliveries_per_s=accepted * fan_out / took,
                  acks_per_s=accepted / result["seconds"], p50_ms=result["p50_ms"], p99_ms=result["p99_ms"],
                  p999_ms=result["p999_ms"], **more)


def drained(subscribers, expected, start):
    deadline = time.monotonic() + 120
    while subscribers.received() < expected:
        if time.monotonic() > deadline:
            raise SystemExit(f"{subscribers.received()} of {expected} deliveries after two minutes")
        time.sleep(0.02)
    return time.monotonic() - start


def ledger_bytes(gateway):
    """The search index follows in its own time, and is measured by search_pages.py."""
    return sum(file.stat().st_size for file in gateway.ledger.parent.iterdir() if ".search" not in file.name)


def ledger_bytes_at_rest(gateway):
    """Without the log, which is some megabytes long however many events come, and is written back after a second without
    any. One who hangs keeps it from that."""
    log = gateway.ledger.with_name(gateway.ledger.name + "-wal")
    deadline = time.monotonic() + 5
    while log.stat().st_size > 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    return ledger_bytes(gateway)


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
