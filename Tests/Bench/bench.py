"""The benchmark: what a verified, synced, fanned-out event costs here, beside the same work without any of that.

Provider: wrk. Subscribers: nginx. All on this machine, in one run, so the ratios mean something and the absolute figures
are those of a machine that does everything at once.
"""
import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd"))

from headgate import BINARY, REPOSITORY  # noqa: E402
from programs import Subscribers  # noqa: E402
from report import machine, ratios, table  # noqa: E402
from runs import Runs  # noqa: E402

BUDGET = 9.5 * 60  # seconds: no round starts that would end beyond it
FAN_OUTS = (1, 3, 10)
LARGE = 64 << 10
MILLION = 1_000_000


def subscribers(runs):
    """Fresh ones for each figure: their count of requests begins at nothing."""
    return Subscribers(runs.directory, max(FAN_OUTS))


def others(runs):
    with subscribers(runs) as urls:
        runs.bare_libcurl("(a) bare libcurl", urls)
        for fan_out in FAN_OUTS:
            runs.mirror(f"(b) mirror to {fan_out}", urls, fan_out, kept=False)
            runs.mirror(f"(b) mirror to {fan_out}, kept", urls, fan_out, kept=True)
    runs.return_200("nginx return 200")


def ours(runs):
    for fan_out in (0, *FAN_OUTS):
        with subscribers(runs) as urls:
            runs.gateway(f"(c) {fan_out} subscribers", urls, fan_out)


def conditions(runs):
    """What other circumstances make of it; three subscribers unless another number is said."""
    runs.return_200("nginx return 200 over TLS", scheme="https")
    runs.return_200("nginx return 200, 512 connections", connections=512)
    with subscribers(runs) as urls:
        runs.bare_libcurl("(a) bare libcurl, 64 KiB", urls, LARGE)
        runs.gateway("TLS, 0 subscribers", urls, 0, scheme="https")
        runs.gateway("512 connections, 0 subscribers", urls, 0, connections=512)
        runs.gateway("64 KiB bodies, 3 subscribers", urls, 3, body=LARGE)
        runs.gateway("1 connection, 0 subscribers", urls, 0, connections=1)
        runs.gateway("1 connection, 3 subscribers", urls, 3, connections=1)
        runs.gateway("512 connections, 3 subscribers", urls, 3, connections=512)
        runs.gateway("on one core, 3 subscribers", urls, 3, cores={0})
        runs.gateway("one of 3 hanging", urls, 2, hanging=1)
        # Making a million events leaves the disk busy: the empty ledger is measured before and after. Without the index, which
        # would be made for all of them meanwhile.
        alone = ("--search-size", "0")
        for before in (0, MILLION, 0):
            row = "a million events before, no search index" if before else "no search index, 3 subscribers"
            runs.gateway(row, urls, 3, before=before, flags=alone)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="the figures are medians of so many rounds")
    parser.add_argument("--seconds", type=int, default=5, help="of load for each figure")
    parser.add_argument("--connections", type=int, default=64, help="of the provider; transfers under way in (a)")
    parser.add_argument("--requests", type=int, default=400_000, help="signed beforehand, each used once")
    parser.add_argument("--only", choices=("others", "ours", "conditions"), nargs="+",
                        default=("others", "ours", "conditions"), help="parts of a round; conditions are measured once")
    options = parser.parse_args()
    if not BINARY.exists():
        raise SystemExit(f"{BINARY} is not there: make build")
    directory = REPOSITORY / ".build" / "bench"
    directory.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    about = machine(directory)
    print(f"{about}\n1 KiB bodies, HMAC-SHA256 verified, {options.connections} provider connections, "
          f"{options.seconds} s a figure, no warm-up")
    runs, longest = Runs(directory, options), 0
    for number in range(1, options.rounds + 1):
        began = time.monotonic()
        if began - start + longest > BUDGET:
            print(f"stopping after {number - 1} rounds: ten minutes are enough")
            break
        print(f"round {number}")
        if "others" in options.only:
            others(runs)
        if "ours" in options.only:
            ours(runs)
        longest = max(longest, time.monotonic() - began)
        if "conditions" in options.only and number == 1:
            print("other conditions")
            conditions(runs)
    medians = runs.medians()
    table(medians)
    found = ratios(medians, FAN_OUTS)
    if found:
        print("\n" + "\n".join(f"{name:50} {value:.2f}" for name, value in found.items()))
    result = directory / "result.json"
    result.write_text(json.dumps(
        {"machine": about, "options": vars(options), "medians": medians, "ratios": found, "samples": runs.samples}, indent=1))
    print(f"\n{result.relative_to(REPOSITORY)} holds every figure; {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
