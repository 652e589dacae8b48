"""The provider's requests, signed beforehand: signing in the load generator would measure the load generator."""
import hmac
import os

BODY = 1024
SECRET = "a secret of the benchmark, long enough"
ROUTE = {"verify": "github", "secrets": {"SECRET": SECRET}}


def one(number, noise):
    """Of one length for every number. The noise differs at every place of the body that LuaJIT's string hash looks at:
    without it all requests would share a bucket of its table."""
    head = b'{"ref":"refs/heads/main","number":%09d,"noise":"' % number
    body = head + noise[: BODY - len(head) - 2] + b'"}'
    signature = hmac.digest(SECRET.encode(), body, "sha256").hex().encode()
    return (b"POST /bench HTTP/1.1\r\nHost: gateway\r\nUser-Agent: GitHub-Hookshot/044aadd\r\n"
            b"Content-Type: application/json\r\nX-GitHub-Event: push\r\n"
            b"X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-%012d\r\nX-Hub-Signature-256: sha256=%s\r\n"
            b"Content-Length: %d\r\n\r\n" % (number, signature, BODY)) + body


def make(directory, count):
    """The file, and the length of each request in it. Kept between runs."""
    length = len(one(0, b"0" * BODY))
    path = directory / f"requests-{count}"
    if not path.exists() or path.stat().st_size != count * length:
        with open(path, "wb") as out:
            for number in range(count):
                out.write(one(number, os.urandom(BODY // 2).hex().encode()))
    return path, length
