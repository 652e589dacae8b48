"""Self-signed certificates for loopback, by the openssl command."""
import subprocess


def make_certificate(directory, name, valid_for="DNS:localhost,IP:127.0.0.1"):
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    subprocess.run([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
        "-addext", f"subjectAltName={valid_for}", "-keyout", key, "-out", certificate,
    ], check=True, capture_output=True)
    return certificate, key
