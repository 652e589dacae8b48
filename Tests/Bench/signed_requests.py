"""The provider's requests, signed beforehand: signing in the load generator would measure the load generator."""
import hmac
import os

BODY = 1024
SECRET = "a secret of the benchmark, long enough"
ROUTE = {"verify": "github", "secrets": {"SECRET": SECRET}}


def parts(number, noise, size=BODY):
    """Body and fields of one request. The noise differs at every place of the body that LuaJIT's string hash looks at:
    without it all requests would share a bucket of its table."""
    head = b'{"ref":"refs/heads/main","number":%09d,"noise":"' % number
    body = head + noise[: size - len(head) - 2] + b'"}'
    signature = hmac.digest(SECRET.encode(), body, "sha256").hex()
    return body, {
        "User-Agent": "GitHub-Hookshot/044aadd", "Content-Type": "application/json", "X-GitHub-Event": "push",
        "X-GitHub-Delivery": f"72d3162e-cc78-11e3-81ab-{number:012d}", "X-Hub-Signature-256": f"sha256={signature}"}


def one(number, noise, size=BODY):
    """Of one length for every number."""
    body, fields = parts(number, noise, size)
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST /bench HTTP/1.1\r\nHost: gateway\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def make(directory, count, size=BODY):
    """The file, and the length of each request in it. Kept between runs."""
    length = len(one(0, b"0" * size, size))
    path = directory / f"requests-{count}-{size}"
    if not path.exists() or path.stat().st_size != count * length:
        with open(path, "wb") as out:
            for number in range(count):
                out.write(one(number, os.urandom(size // 2).hex().encode(), size))
    return path, length
