"""Secrets that can be recognised wherever they turn up, also in another spelling.

A new place for a secret needs one line: `canaries.text("name")` (or `whsec`, `pem`) where the secret is configured or sent.
"""
import base64
import secrets
import subprocess


class Canaries:
    def __init__(self):
        self.known = {}  # name -> the secret's bytes

    def text(self, name):
        """Letters and digits that no other text contains."""
        return self.note(name, "canary" + secrets.token_hex(20))

    def whsec(self, name):
        """A Standard Webhooks secret: the key inside counts as the secret too."""
        key = secrets.token_bytes(32)
        self.known[name + " (key)"] = key
        return self.note(name, "whsec_" + base64.b64encode(key).decode())

    def pem(self, name, directory, *command):
        """A private key; what is secret is its numbers."""
        path = directory / f"{name.replace(' ', '-')}.pem"
        subprocess.run([*command, "-out", path], check=True, capture_output=True)
        path.chmod(0o600)
        lines = path.read_text().strip().splitlines()
        # Lines of the key itself: the first ones of an encoding are the same in all keys.
        self.note(name, lines[len(lines) // 2])
        self.known[name + " (key)"] = base64.b64decode("".join(lines[1:-1]))[64:128]
        return path

    def note(self, name, text):
        self.known[name] = text.encode()
        return text

    def found(self, haystack):
        """`name as spelling` of each that stands in these bytes."""
        small = haystack.lower()
        hits = []
        for name, secret in self.known.items():
            for spelling, needle in spellings(secret):
                if needle.lower() in small if spelling == "hex" else needle in haystack:
                    hits.append(f"{name} as {spelling}")
        return hits


def spellings(secret):
    yield "text", secret
    yield "hex", secret.hex().encode()
    yield "reversed", secret[::-1]
    yield "percent", b"".join(b"%%%02X" % byte for byte in secret)
    for shift in range(3):  # base64 of a longer text shows it at one of three places
        shown = base64.b64encode(bytes(shift) + secret)
        inner = shown[(shift * 8 + 5) // 6:-4].rstrip(b"=")
        yield "base64", inner
        yield "base64url", inner.replace(b"+", b"-").replace(b"/", b"_")
