"""A gateway's configuration with a canary wherever a secret may stand."""
import ssl
import subprocess

from certificates import make_certificate
from providers import Criptoladrillo
from subscriber import Answer


class Criptoladrillos(Criptoladrillo):
    """With a secret of the test's."""

    def __init__(self, secret):
        self.secrets = {"SECRET": secret}


def write_secret(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return f"file:{path}"


def configure(gateway, canaries, subscriber, tmp_path):
    """Route files with a canary wherever a secret may stand. The environment that they need."""
    env, relay = {}, {}

    def variable(name, value):
        env[name] = value
        return f"env:{name}"

    sinks = gateway.sinks = [subscriber(), subscriber(Answer(500, body=b"no"), 200), subscriber(401)]
    door = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate, key = make_certificate(tmp_path, "door")
    door.load_cert_chain(certificate, key)
    sinks.append(subscriber(tls=door))
    client = canaries.pem("client certificate's key", tmp_path, "openssl", "genrsa")
    mine = tmp_path / "client.crt"
    subprocess.run(["openssl", "req", "-x509", "-new", "-key", client, "-subj", "/CN=relay", "-out", mine],
                   check=True, capture_output=True)
    signer = canaries.pem("private key of sign", tmp_path, "openssl", "genrsa")

    relay["literal"] = canaries.text("literal route secret")
    relay["file"] = canaries.text("route secret of a file")
    relay["variable"] = canaries.text("route secret of a variable")
    gateway.route("pay", verify="criptoladrillo", retry={"schedule": ["50ms"], "jitter": 0}, secrets={"SECRET": [
        relay["literal"], variable("PAY", relay["variable"]), write_secret(tmp_path / "pay", relay["file"])]},
        subscribers=[
            {"name": "a", "url": sinks[0].url + "?key=" + canaries.text("query of a subscriber's URL"),
             "secret": variable("OWN", canaries.whsec("subscriber's secret")),
             "headers": {"x-api-key": variable("HEADER", canaries.text("configured header"))}},
            {"name": "b", "url": sinks[1].url, "auth": {"basic": {
                "user": "relay", "password": variable("BASIC", canaries.text("password of a subscriber"))}}},
            {"name": "c", "url": sinks[2].url, "auth": {"bearer": write_secret(
                tmp_path / "bearer", canaries.text("bearer of a subscriber"))},
             "sign": {"as": "github", "secrets": {"SECRET": variable("FORM", canaries.text("secret of sign"))}}},
            {"name": "d", "url": sinks[3].url,
             "tls": {"ca": f"file:{certificate}", "cert": f"file:{mine}", "key": f"file:{client}"},
             "sign": {"as": "hurupay", "key": f"file:{signer}"}},
        ])
    relay["gitlab"] = canaries.text("static token")
    relay["meta"] = canaries.text("secret of a handshake")
    relay["incode"] = canaries.text("client secret")
    relay["jwt"] = canaries.text("key of tokens")
    first = {"name": "a", "url": sinks[0].url}
    gateway.route("gitlab", verify="gitlab", secrets={"SECRET": variable("GITLAB", relay["gitlab"])}, subscribers=[first])
    gateway.route("meta", verify="meta", subscribers=[first], secrets={
        "SECRET": variable("META", canaries.text("app secret")), "VERIFY_TOKEN": variable("VERIFY", relay["meta"])})
    gateway.route("incode", verify="incode", secrets={"TOKEN": variable("TOKEN", canaries.text("fixed token"))},
                  subscribers=[first], tokens={
                      "clientId": "incode", "clientSecret": variable("CLIENT", relay["incode"]), "expires": "1h"})
    gateway.route("jwt", subscribers=[first], secrets={"KEY": variable("JWT", relay["jwt"])}, verify={
        "type": "jwt", "in": "header:Authorization", "prefix": "Bearer ", "algorithms": ["HS256"],
        "key": "{secret:KEY}"})
    env["HEADGATE_SIGNING_SECRET"] = canaries.whsec("signing secret") + " " + canaries.whsec("older signing secret")
    env["HEADGATE_ADMIN_TOKEN"] = gateway.token = canaries.text("admin token")
    return env, relay
