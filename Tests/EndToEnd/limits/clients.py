"""Clients that are no good: each holds a connection in a state of its own."""
import select
import socket
import time


def dial(gateway, receive=None):
    raw = socket.socket()
    if receive:  # a client that never reads fills its own buffer first
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    raw.settimeout(30)
    raw.connect(("127.0.0.1", gateway.intake_port))
    return raw


def head(path="/in", *fields, method="POST"):
    return "".join(f"{line}\r\n" for line in (f"{method} {path} HTTP/1.1", "Host: gateway", *fields, "")).encode()


def request(path, webhook, *fields):
    """Of a provider, ready to be sent."""
    own = [f"{name}: {value}" for name, value in webhook.headers.items()]
    return head(path, *own, f"Content-Length: {len(webhook.body)}", *fields) + webhook.body


def is_open(raw):
    """Nothing came from the other side, an end least of all."""
    return not _comes(raw, 0)


def _comes(raw, seconds):
    """select(2) knows no descriptors beyond 1023."""
    poll = select.poll()
    poll.register(raw, select.POLLIN)
    return poll.poll(seconds * 1000)


def answer(raw):
    """The status line of what comes, or nothing."""
    try:
        return raw.recv(4096).split(b"\r\n")[0]
    except (ConnectionResetError, BrokenPipeError):
        return b""


def drip(raw, piece, gap, most):
    """Sends `piece` every `gap` seconds for as long as the other side stands it. Seconds until it ended the connection,
    and what it said."""
    began, said = time.monotonic(), b""
    while time.monotonic() - began < most:
        try:
            if piece:
                raw.sendall(piece)
            if _comes(raw, gap):
                more = raw.recv(65536)
                if not more:
                    break
                said += more
        except (ConnectionResetError, BrokenPipeError):
            break
    return time.monotonic() - began, said
