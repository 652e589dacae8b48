"""A place where providers publish their keys: HTTPS under an authority of our own, made by the openssl command."""
import base64
import http.server
import json
import ssl
import subprocess
import threading
import time


def openssl(*arguments, input=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=input, check=True, capture_output=True).stdout


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authority:
    def __init__(self, directory, name="Authority of the tests"):
        self.directory, self.name = directory, name.replace(" ", "-")
        self.certificate, self.key = directory / f"{self.name}.crt", directory / f"{self.name}.key"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                "-keyout", self.key, "-out", self.certificate)

    def under(self, directory, issuer):
        """An authority that this one vouches for, whose certificates say where its own is."""
        lower = object.__new__(Authority)
        lower.directory, lower.name, lower.issuer = directory, "intermediate", issuer
        lower.certificate, lower.key = directory / "intermediate.crt", directory / "intermediate.key"
        request, extensions = directory / "intermediate.csr", directory / "intermediate.ext"
        extensions.write_text("basicConstraints=critical,CA:TRUE")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", lower.key, "-subj", "/CN=Intermediate", "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-days", 2, "-extfile", extensions, "-out", lower.certificate)
        return lower

    issuer = None

    def issue(self, name, *hosts, key=None, days=2):
        """A certificate for these hosts, and its key."""
        certificate = self.directory / f"{name}.crt"
        extensions, request = self.directory / f"{name}.ext", self.directory / f"{name}.csr"
        extensions.write_text("subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts) + (
            f"\nauthorityInfoAccess=caIssuers;URI:{self.issuer}" if self.issuer else ""))
        if key is None:
            key = self.directory / f"{name}.key"
            openssl("genrsa", "-out", key, "2048")
        openssl("req", "-new", "-key", key, "-subj", "/CN=signer", "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-days", days, "-extfile", extensions, "-out", certificate)
        return certificate, key


class Key:
    """A signing key of a provider: RSA, or EC on P-256."""

    def __init__(self, directory, id, kind="rsa"):
        self.id, self.kind, self.path = id, kind, directory / f"signing-{id}.key"
        if kind == "rsa":
            openssl("genrsa", "-out", self.path, "2048")
        else:
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.path)
        self.der = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")

    def sign(self, message, hash="sha256"):
        return openssl("dgst", f"-{hash}", "-sign", self.path, input=message)

    @property
    def jwk(self):
        if self.kind == "ec":
            return {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.id,
                    "x": base64url(self.der[-64:-32]), "y": base64url(self.der[-32:])}
        modulus = openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().partition("=")[2]
        return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.id, "n": base64url(bytes.fromhex(modulus)),
                "e": "AQAB"}

    def token(self, **claims):
        now = int(time.time())
        header = {"alg": "ES256" if self.kind == "ec" else "RS256", "kid": self.id, "typ": "JWT"}
        claims = {"iat": now, "exp": now + 300, **claims}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        signature = self.sign(text.encode())
        if self.kind == "ec":
            signature = self._raw(signature)
        return f"{text}.{base64url(signature)}"

    @staticmethod
    def _raw(der):
        """r and s of ECDSA, 32 bytes each, out of their DER."""
        length = der[3]
        numbers = der[4:4 + length], der[6 + length:]
        return b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in numbers)


class KeyServer:
    """`answers` has what is at a path: bytes, or a function of the request that gives status, body and fields."""

    def __init__(self, certificate, key, port=0):
        self.answers, self.asked = {}, []
        self.free = threading.Event()
        self.free.set()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._server = None
        self.port = port
        self.open()

    def open(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.asked.append((self.command, self.headers["Host"], self.path, dict(self.headers), body))
                outer.free.wait(20)
                found = outer.answers.get(self.path.partition("?")[0], (404, b"", {}))
                status, content, fields = found(self, body) if callable(found) else found
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = allow_reuse_address = True

            def finish_request(self, request, address):
                # The greeting belongs to the connection's thread: one that fails it holds up nobody else.
                request.settimeout(20)
                super().finish_request(outer._context.wrap_socket(request, server_side=True), address)

            def handle_error(self, *_):
                pass

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def paths(self):
        return [path for _, _, path, _, _ in self.asked]

    @property
    def via(self):
        return f"127.0.0.1:{self.port}"

    def put(self, path, content, status=200, **fields):
        self.answers[path] = status, content if isinstance(content, bytes) else json.dumps(content).encode(), {
            name.replace("_", "-"): value for name, value in fields.items()}
