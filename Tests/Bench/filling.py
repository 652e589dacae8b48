"""A ledger with a past, for the gateway that is measured."""
import os
import time

import signed_requests
from full_ledger import copy_events

REAL = 2000


def fill(gateway, count):
    began = time.monotonic()
    gateway.start("--log-level", "warning", wait=True)
    connection = gateway.connection()
    for number in range(REAL):
        body, headers = signed_requests.parts(10**8 + number, os.urandom(signed_requests.BODY // 2).hex().encode())
        connection.request("POST", "/bench", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    connection.close()
    assert gateway.stop() == 0
    copy_events(gateway.ledger, count)
    size = gateway.ledger.stat().st_size
    print(f"  {count:,} events, {size / 2**30:.1f} GiB, made in {time.monotonic() - began:.0f} s", flush=True)
