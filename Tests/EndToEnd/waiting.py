"""Waiting for an event with a deadline, never for a time to pass."""
import time


class TooLate(AssertionError):
    pass


def until(probe, seconds=10.0, what="the expected state"):
    """Asks again and again; the first true answer is the result."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TooLate(f"{what} did not come within {seconds} s; last seen: {answer!r}")
        time.sleep(0.005)
