"""What takes part in a measurement and is not the gateway: nginx, wrk, the bare libcurl loop."""
import ctypes
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).parent
_libc = ctypes.CDLL(None)


def die_with_parent():
    _libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: an interrupted benchmark leaves nothing running


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def program(*names):
    for name in names:
        if found := shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin"):
            return found
    raise SystemExit(f"none of {names} is installed: .make/install bench")


class Nginx:
    """One nginx with its own configuration, files and workers."""

    def __init__(self, directory, name, http, workers=1):
        self.directory = directory / name
        self.directory.mkdir(parents=True, exist_ok=True)
        user = "user root;" if os.geteuid() == 0 else ""
        paths = "".join(f"{kind}_temp_path {self.directory}/{kind};" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.directory / "nginx.conf").write_text(f"""
            daemon off; worker_processes {workers}; pid {self.directory}/pid; {user}
            error_log {self.directory}/error.log crit;
            events {{ worker_connections 8192; }}
            http {{
                access_log off; keepalive_requests 1000000000; keepalive_timeout 300;
                client_body_buffer_size 16k; {paths}
                {http}
            }}""")

    def __enter__(self):
        self.process = subprocess.Popen(
            [program("nginx"), "-p", self.directory, "-c", self.directory / "nginx.conf"], preexec_fn=die_with_parent,
            stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


class Subscribers(Nginx):
    """`return 200` on several ports, one worker, and a count of what came."""

    def __init__(self, directory, count):
        *ports, self.status_port = free_ports(count + 1)
        self.urls = [f"http://127.0.0.1:{port}/hook" for port in ports]
        self.asked = 0
        listens = "".join(f"listen 127.0.0.1:{port} backlog=4096;" for port in ports)
        super().__init__(directory, "subscribers", f"""
            server {{ {listens} return 200; }}
            server {{ listen 127.0.0.1:{self.status_port}; location / {{ stub_status; }} }}""")

    def __enter__(self):
        super().__enter__()
        wait_for_port(self.status_port)
        return self

    def received(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.status_port, timeout=10)
        connection.request("GET", "/")
        text = connection.getresponse().read().decode()
        connection.close()
        self.asked += 1
        return int(re.search(r"\n *\d+ +\d+ +(\d+)", text)[1]) - self.asked


def mirror(directory, subscribers, fan_out, kept):
    """nginx doing the same fan-out: to the first subscriber by proxy, to the others by `mirror`, one worker a core.

    As its manual shows it, nginx dials for every request; `kept` connections need upstream blocks and two more directives.
    """
    port, = free_ports(1)
    hosts = [url.split("/")[2] for url in subscribers.urls[:fan_out]]
    keep = "keepalive 256; keepalive_requests 1000000000;" if kept else ""
    version = 'proxy_http_version 1.1; proxy_set_header Connection "";' if kept else ""
    upstreams = "".join(f"upstream s{n} {{ server {host}; {keep} }}" for n, host in enumerate(hosts))
    mirrors = "".join(f"mirror /m{n};" for n in range(1, fan_out))
    locations = "".join(f"location = /m{n} {{ internal; proxy_pass http://s{n}/hook; }}" for n in range(1, fan_out))
    nginx = Nginx(directory, "mirror", f"""
        {upstreams}
        server {{
            listen 127.0.0.1:{port} backlog=4096; {version}
            location / {{ {mirrors} proxy_pass http://s0/hook; }}
            {locations}
        }}""", os.cpu_count())
    nginx.port = port
    return nginx


def wait_for_port(port, seconds=10):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def wrk(url, requests, length, seconds, connections):
    result = subprocess.run(
        [program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", HERE / "provider.lua",
         url, "--", requests, str(length)],
        check=True, capture_output=True, text=True, preexec_fn=die_with_parent)
    return json.loads(re.search(r"RESULT (.*)", result.stdout)[1])


class Ceiling:
    """The bare libcurl loop, compiled here."""

    def __init__(self, directory):
        self.path = directory / "ceiling"
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libcurl"], check=True, capture_output=True, text=True)
        subprocess.run([program("clang", "cc", "gcc"), "-O2", "-o", self.path, HERE / "ceiling.c", *flags.stdout.split()],
                       check=True)

    def measure(self, urls, seconds, concurrency, body):
        result = subprocess.run([self.path, str(seconds), str(concurrency), str(body), *urls],
                                check=True, capture_output=True, text=True, preexec_fn=die_with_parent)
        return json.loads(result.stdout)
