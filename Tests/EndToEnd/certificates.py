"""Self-signed certificates for loopback, by the openssl command."""
import subprocess


def make_certificate(directory, name, valid_for="DNS:localhost,IP:127.0.0.1"):
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    subprocess.run([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
        "-addext", f"subjectAltName={valid_for}", "-keyout", key, "-out", certificate,
    ], check=True, capture_output=True)
    return certificate, key


def make_expired_certificate(directory, name):
    """One whose last day was in 2020: `req` makes none, `ca` does."""
    _, key = make_certificate(directory, name)
    work = directory / f"{name}-ca"
    work.mkdir()
    (work / "index").touch(), (work / "serial").write_text("01")
    (work / "conf").write_text(
        "[ca]\ndefault_ca = c\n[c]\npolicy = p\ndefault_md = sha256\n"
        f"database = {work}/index\nserial = {work}/serial\nnew_certs_dir = {work}\n[p]\ncommonName = supplied\n")
    subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", work / "request"],
                   check=True, capture_output=True)
    certificate = directory / f"{name}.crt"
    subprocess.run([
        "openssl", "ca", "-batch", "-config", work / "conf", "-selfsign", "-keyfile", key, "-in", work / "request",
        "-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-notext", "-out", certificate,
    ], check=True, capture_output=True)
    return certificate, key
