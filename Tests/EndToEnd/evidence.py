"""Checks a file of evidence from the description in Sources/Ledgers/EVIDENCE.md alone: nothing of headgate is used."""
import base64
import functools
import hashlib
import ipaddress
import json
import re
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
OUTCOMES = ["ok", "http", "dns", "connect", "tls", "timeout-before-send", "timeout-after-send", "reset", "protocol",
            "too-large", "blocked", "unknown"]
VERIFIED = ["none", "address", "partial", "full"]
ACTIONS = {1: "pause", 2: "resume", 3: "retry", 4: "discard", 5: "cancel", 6: "send-now", 7: "start-job", 8: "replay",
           9: "end-job", 10: "stop-job", 40: "redact", 41: "remove-bodies", 42: "remove-events"}
STATES = ["pending", "held", "delivered", "dead"]


class NotProven(Exception):
    pass


def demand(condition, what):
    if not condition:
        raise NotProven(what)


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def big(number, size):
    demand(type(number) is int, f"{number!r} is no integer")
    try:
        return number.to_bytes(size, "big", signed=True)
    except OverflowError:
        raise NotProven(f"{number} does not fit {size} bytes") from None


def framed(data):
    return len(data).to_bytes(4, "big") + data


def text(value):
    demand(type(value) is str, f"{value!r} is no text")
    return framed(value.encode())


def unbase64(value):
    demand(type(value) is str, f"{value!r} is no base 64")
    try:
        data = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise NotProven(str(error)) from None
    demand(base64.b64encode(data).decode() == value, "another spelling of base 64")
    return data


def unhex(value, size=32):
    demand(type(value) is str and re.fullmatch(f"[0-9a-f]{{{2 * size}}}", value), f"{value!r} is no hash")
    return bytes.fromhex(value)


def content(member):
    data = unbase64(member["base64"])
    demand(member["text"] is None or member["text"].encode() == data, "text is not base64")
    return data


def optional(member):
    return b"\xff\xff\xff\xff" if member is None else framed(content(member))


def time(value):
    demand(type(value) is str and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value), f"{value!r} is no time")
    try:
        moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise NotProven(str(error)) from None
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


def number_of(digits):
    demand(len(digits) == 13 and all(digit in DIGITS for digit in digits), f"{digits!r} is no id")
    number = functools.reduce(lambda value, digit: value * 32 + DIGITS.index(digit), digits, 0)
    demand(number < 2**63, "the id is too large")
    return number


def event_id(value):
    demand(type(value) is str and value.startswith("evt_"), f"{value!r} is no event's id")
    return number_of(value[4:])


def delivery_id(value):
    match = re.fullmatch(r"dlv_(\w{13})-([1-9]\d*)", value) if type(value) is str else None
    demand(match, f"{value!r} is no delivery's id")
    return number_of(match[1]), int(match[2])


def address(value):
    try:
        parsed = ipaddress.ip_address(value)
    except ValueError as error:
        raise NotProven(str(error)) from None
    return bytes(10) + b"\xff\xff" + parsed.packed if parsed.version == 4 else parsed.packed


@functools.lru_cache(maxsize=None)
def is_signed(message, signature, pem):
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        for name, data in (("message", message), ("signature", signature), ("key", pem.encode())):
            (place / name).write_bytes(data)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", place / "key", "-rawin", "-in", place / "message",
             "-sigfile", place / "signature"], capture_output=True).returncode == 0


def open_note(note, pem):
    """Number of batches, root, and the rest of a checkpoint that this key signed."""
    signed, _, signatures = note.partition("\n\n")
    signed += "\n"
    lines = signed.split("\n")
    match = re.fullmatch("— (\\S+) (\\S+)\n", signatures)
    demand(match and match[1] == lines[0] and lines[0].startswith("headgate/"), "the note is not as described")
    blob = unbase64(match[2])
    body = "".join(line for line in pem.split("\n") if not line.startswith("-----"))
    public = unbase64(body)[-32:]
    demand(blob[:4] == H(lines[0].encode(), b"\x0a\x01", public)[:4], "signed with another key")
    demand(is_signed(signed.encode(), blob[4:], pem), "the signature is wrong")
    rest = [line.split(" ") for line in lines[3:8]]
    demand([line[0] for line in rest] == ["head", "time", "events", "attempts", "actions"], "the note's lines")
    return int(lines[1]), unbase64(lines[2])


def leaves_of(batch, size, root):
    leaves = unbase64(batch["leaves"])
    demand(len(leaves) % 32 == 0, "leaves are 32 bytes each")
    action = batch["lastAction"]
    hashed = H(
        b"\x03" if action is None else b"\x05", unhex(batch["previous"]), big(batch["id"], 8), big(time(batch["at"]), 8),
        big(event_id(batch["lastEvent"]), 8), big(batch["lastAttempt"], 8), b"" if action is None else big(action, 8),
        big(len(leaves) // 32, 4), leaves)
    fn, sn, r = batch["id"] - 1, size - 1, H(b"\x00", hashed)
    demand(0 <= fn <= sn, "the batch is beyond the checkpoint")
    for p in map(unhex, batch["path"]):
        demand(sn != 0, "the path is too long")
        if fn % 2 == 1 or fn == sn:
            r = H(b"\x01", p, r)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn // 2, sn // 2
        else:
            r = H(b"\x01", r, p)
        fn, sn = fn // 2, sn // 2
    demand(sn == 0 and r == root, f"batch {batch['id']} is not in the checkpoint")
    return {leaves[place:place + 32] for place in range(0, len(leaves), 32)}


def verify(document, pem=None):
    """Raises NotProven, or whatever Python raises at a member that is missing or of another kind."""
    demand(document["format"] == "headgate-evidence/1", "the format")
    size, root = open_note(document["checkpoint"], pem or document["publicKey"])
    leaves = set().union(*(leaves_of(batch, size, root) for batch in document["batches"]))
    event, route = document["event"], document["event"]["route"]
    number = event_id(event["id"])

    actions = {}
    for action in document["actions"]:
        demand(ACTIONS.get(action["code"]) == action["action"], "the action's name")
        demand(H(b"\x04", big(action["id"], 8), big(time(action["at"]), 8), action["code"].to_bytes(1, "big"),
                 text(action["actor"]), text(action["target"]), text(action["reason"]), big(action["done"], 8),
                 big(action["skipped"], 8), framed(unbase64(action["deliveries"]))) in leaves, "an action")
        actions[action["id"]] = action

    endpoints = []
    for place, delivery in enumerate(document["deliveries"]):
        own, ordinal = delivery_id(delivery["id"])
        demand((own, ordinal) == (number, place + 1), "the order of deliveries")
        endpoint, whole = unhex(delivery["endpoint"]), delivery["urlIsWhole"]
        named = H(b"\x10", text(route), text(delivery["subscriber"]), text(delivery["url"]))
        hidden = re.fullmatch(r"[^?]*\?(([^&=]*=)?\*\*\*(&(?!$)|$))+", delivery["url"])
        demand(whole is False and hidden or whole is True and endpoint == named, "the endpoint")
        if place < event["fanout"]:
            demand(delivery["madeBy"] is None and delivery["replayOf"] is None, "an accepted delivery")
            endpoints.append(endpoint)
        else:
            maker = actions[delivery["madeBy"]]
            repeated = 0 if delivery["replayOf"] is None else delivery_id(delivery["replayOf"])[1]
            touched = unbase64(maker["deliveries"])
            made = big(number, 8) + big(ordinal, 4) + big(repeated, 4) + endpoint
            demand(maker["code"] == 8 and made in [touched[n:n + 48] for n in range(0, len(touched), 48)], "a replay")
        previous, last = None, None
        for count, attempt in enumerate(delivery["attempts"], 1):
            demand(attempt["number"] == count and attempt["previous"] == previous, "the order of attempts")
            demand(H(b"\x02", big(attempt["id"], 8), big(number, 8), big(ordinal, 4), big(count, 4), big(previous or 0, 8),
                     big(time(attempt["startedAt"]), 8), big(attempt["tookMicroseconds"], 8),
                     OUTCOMES.index(attempt["outcome"]).to_bytes(1, "big"), big(attempt["status"], 4),
                     *(big(attempt[f"{phase}Microseconds"], 4) for phase in ("resolved", "connected", "secured", "firstByte")),
                     bytes(16) if attempt["address"] is None else address(attempt["address"]),
                     framed(content(attempt["response"]))) in leaves, f"attempt {count} of {delivery['id']}")
            previous, last = attempt["id"], attempt["outcome"]
        demand(delivery["state"] in STATES and (delivery["state"] == "delivered") == (last == "ok"), "the state")
    demand(len(endpoints) == event["fanout"], "deliveries are missing")
    for action in actions.values():
        touched = unbase64(action["deliveries"]) if action["code"] == 8 else b""
        for start in range(0, len(touched), 48):
            ordinal = int.from_bytes(touched[start + 8:start + 12], "big")
            demand(touched[start:start + 8] != big(number, 8) or ordinal <= len(document["deliveries"]), "a replay is missing")

    digest = unhex(event["bodySha256"])
    if event["body"] is not None:
        body = content(event["body"])
        demand(H(body) == digest and len(body) == event["bodyBytes"], "the body")
    if event["redaction"] is not None:
        said = event["redaction"]
        demand(any(action["code"] == 40 and action["target"] == event["id"]
                   and all(action[part] == said[part] for part in ("at", "actor", "reason"))
                   for action in actions.values()), "the redaction")
    conflict = 0 if event["conflictsWith"] is None else event_id(event["conflictsWith"])
    demand(H(b"\x01", big(number, 8), text(route), big(time(event["receivedAt"]), 8), address(event["source"]),
             optional(event["providerEventId"]), optional(event["type"]),
             VERIFIED.index(event["verified"]).to_bytes(1, "big"), text(event["provenBy"]), big(conflict, 8),
             framed(content(event["headers"])), big(event["bodyBytes"], 8), digest, big(event["fanout"], 4),
             *endpoints) in leaves, "the event")
    return size


def is_proven(document, pem=None):
    try:
        return bool(verify(json.loads(json.dumps(document)), pem))
    except (NotProven, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return False
