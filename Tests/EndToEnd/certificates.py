"""Self-signed certificates for loopback, by the openssl command."""
import subprocess


def make_certificate(directory, name):
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    subprocess.run([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ], check=True, capture_output=True)
    return certificate, key
