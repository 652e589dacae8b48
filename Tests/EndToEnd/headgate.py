"""The gateway as a process, driven only through what its users have: files, flags, signals, sockets, its log."""
import ctypes
import http.client
import json
import os
import re
import resource
import signal
import subprocess
from pathlib import Path

from waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("HEADGATE_BINARY", REPOSITORY / ".build/release/headgate")).resolve()
SIGNING_SECRET = "whsec_" + "aGVhZGdhdGUtdGVzdC1zaWduaW5nLXNlY3JldCE="
ADMIN_TOKEN = "test-admin-token-that-is-long-enough"

_libc = ctypes.CDLL(None)


def _die_with_parent():
    """Nothing outlives the test run, also when that is killed itself."""
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def clean_environment(**extra):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEADGATE_")}
    return {**kept, **extra}


def run(*arguments, env=None, seconds=30, **options):
    """A headgate command that ends by itself."""
    return subprocess.run(
        [str(BINARY), *map(str, arguments)], capture_output=True, text=True, timeout=seconds,
        env=clean_environment(**(env or {})), preexec_fn=_die_with_parent, **options)


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.fields = response.getheaders()
        self.body = response.read()

    def __getitem__(self, name):
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Gateway:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.routes = self.directory / "routes"
        self.routes.mkdir(parents=True, exist_ok=True)
        self.ledger = self.directory / "data" / "ledger.db"
        self.ledger.parent.mkdir(exist_ok=True)
        self.log_path = self.directory / "log"
        self.process = None
        self.flags, self.env = (), {}
        self.under = ()  # a program that runs it, such as a debugger, with its arguments
        self.limits = {}  # resource.RLIMIT_… -> (soft, hard), from the next start on
        self.admin_token = ADMIN_TOKEN
        self.intake_port = self.admin_port = None

    def route(self, name, **definition):
        """JSON is JSON5; a file is one route."""
        path = self.routes / f"{name}.json5"
        path.write_text(json.dumps(definition, indent=2))
        return path

    def start(self, *flags, env=None, wait=True, log=None):
        """With the flags and the environment of the last start, when none are given. `log`: another file for standard error."""
        self.flags, self.env = flags or self.flags, env or self.env
        self._mark = self.log_path.stat().st_size if self.log_path.exists() else 0
        with open(self.log_path, "ab") as usual:
            self.process = subprocess.Popen(
                [*self.under, BINARY, *self._serve(self.flags)], stdin=subprocess.DEVNULL, stdout=usual, stderr=log or usual,
                env=self._environment(self.env), cwd=self.directory, preexec_fn=self._before_start)
        if wait:
            self.wait_until_ready()
        return self

    def _before_start(self):
        _die_with_parent()
        for kind, bounds in self.limits.items():
            resource.setrlimit(kind, bounds)

    def _serve(self, flags):
        defaults = {
            "--routes": self.routes, "--ledger": self.ledger, "--listen": "127.0.0.1:0", "--admin": "127.0.0.1:0",
            "--log-format": "json",
        }
        given = {flag.split("=")[0] for flag in flags if str(flag).startswith("--")}
        return ["serve", *(str(part) for flag, value in defaults.items() if flag not in given for part in (flag, value)),
                *map(str, flags)]

    def _environment(self, extra):
        secrets = {"HEADGATE_SIGNING_SECRET": SIGNING_SECRET}
        if self.admin_token:
            secrets["HEADGATE_ADMIN_TOKEN"] = self.admin_token
        return clean_environment(**{**secrets, **extra})

    def run_serve(self, *flags, env=None, seconds=15):
        """A start that is expected to end by itself."""
        return run(*self._serve(flags), env=self._environment(env or {}), seconds=seconds, cwd=self.directory)

    def wait_until_listening(self, seconds=15):
        line = until(lambda: self._alive() and self.logged("listening"), seconds, "the log line `listening`")[-1]
        self.intake_port, self.admin_port = self._port(line["intake"]), self._port(line["admin"])

    def wait_until_ready(self, seconds=15):
        self.wait_until_listening(seconds)
        until(lambda: self._alive() and self.admin("/readyz").status == 200, seconds, "GET /readyz with 200")

    @staticmethod
    def _port(addresses):
        first = addresses[0] if isinstance(addresses, list) else addresses.split(",")[0]
        return int(first.rpartition(":")[2])

    def _alive(self):
        status = self.process.poll()
        assert status is None, f"headgate ended with {status}:\n{self.log_text()[-3000:]}"
        return True

    # What it says.

    def log_text(self):
        """Of this start."""
        with open(self.log_path, "rb") as log:
            log.seek(self._mark)
            return log.read().decode("utf-8", "replace")

    def logged(self, event):
        lines = [line for line in self.log_text().split("\n")[:-1] if line.startswith("{")]
        return [line for line in map(json.loads, lines) if line.get("event") == event]

    # What it is asked.

    def connection(self, timeout=15):
        return http.client.HTTPConnection("127.0.0.1", self.intake_port, timeout=timeout)

    def post(self, path, body, headers=(), method="POST"):
        """One request on a connection of its own. `headers` is a dictionary, or pairs when names repeat."""
        return self._ask(self.intake_port, method, path, body, headers)

    def admin(self, path, method="GET", body=None, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            return self._ask(self.admin_port, method, path, body, headers)
        except ConnectionRefusedError:
            self._alive()
            raise

    @staticmethod
    def _ask(port, method, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items() if isinstance(headers, dict) else headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def metric(self, name, **labels):
        """The sum over all series of `name` with these labels."""
        total = 0.0
        for line in self.admin("/metrics").body.decode().splitlines():
            found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if found and found[1] == name:
                series = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
                if all(series.get(key) == value for key, value in labels.items()):
                    total += float(found[3])
        return total

    def command(self, *arguments):
        """An operator's command against this gateway's admin listener."""
        return run(*arguments, env={
            "HEADGATE_ADMIN": f"127.0.0.1:{self.admin_port}", "HEADGATE_ADMIN_TOKEN": ADMIN_TOKEN})

    def rows(self, *arguments):
        """JSON lines of an operator's command."""
        result = self.command(*arguments, "--json")
        assert result.returncode == 0, f"{arguments}: {result.stderr}"
        return [json.loads(line) for line in result.stdout.splitlines()]

    # What happens to it.

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def stop(self, seconds=35):
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait(seconds)

    def memory(self, line="VmRSS"):
        """Bytes, from the kernel; VmHWM is the peak."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{line}:\s+(\d+) kB", text)[1]) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def first_free_descriptor(self):
        """The number that the next one gets; a limit is one on numbers."""
        taken = {int(name) for name in os.listdir(f"/proc/{self.process.pid}/fd")}
        return next(number for number in range(len(taken) + 1) if number not in taken)

    def limit(self, kind, most):
        """A limit of the running process: `resource.RLIMIT_…`, from now on."""
        resource.prlimit(self.process.pid, kind, (most, resource.prlimit(self.process.pid, kind)[1]))

    def processor_time(self):
        """Seconds, of all its threads so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
