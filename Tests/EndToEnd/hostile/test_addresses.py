"""Addresses that must never be dialled, however they are spelled, wherever a name leads, whatever the environment says.

Names under .test are answered, and dials noted, by interpose.c, which stands between the gateway and the C library.
"""
import json
import os

import pytest

from faults import Faults
from headgate import run
from providers import Criptoladrillo
from waiting import until

PROVIDER = Criptoladrillo()

# Addresses that no route file may lead to, in the spellings that a name server can answer with.
FORBIDDEN = {
    "metadata": "169.254.169.254", "metadata-azure": "168.63.129.16", "metadata-alibaba": "100.100.100.200",
    "metadata-oracle": "192.0.0.192", "metadata-aws-6": "fd00:ec2::254", "metadata-google-6": "fd20:ce::254",
    "link-local": "169.254.1.1", "link-local-6": "fe80::1", "unspecified": "0.0.0.0", "unspecified-6": "::",
    "this-network": "0.1.2.3", "broadcast": "255.255.255.255", "multicast": "224.0.0.1", "multicast-6": "ff02::1",
    "reserved": "240.0.0.1", "documentation": "192.0.2.1", "documentation-6": "2001:db8::1",
    "mapped": "::ffff:169.254.169.254", "compatible": "::169.254.169.254", "translated": "::ffff:0:a9fe:a9fe",
    "nat64": "64:ff9b::a9fe:a9fe", "nat64-local": "64:ff9b:1::a9fe:a9fe", "6to4": "2002:a9fe:a9fe::1",
    "teredo": "2001:0:808:808:0:ffff:5601:5601", "teredo-server": "2001:0:a9fe:a9fe:0:ffff:f7f7:f7f7",
}

# What a stranger may write, and never gets: every spelling of a forbidden place that some reader of URLs understands.
REFUSED = [
    # Loopback in decimal, octal, hex, short and mixed forms.
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/",
    "http://0x7f.0.0.1/", "http://0x7F.0x0.0x0.0x1/", "http://0177.0.0.1/", "http://0177.0.0.01/", "http://017700000001/",
    "http://00000177.0.0.1/", "http://127.0.0.01/", "http://127.0.0x1/", "http://0/", "http://0.0.0.0/", "http://0x0/",
    "http://127.0.0.1:80/", "http://127.255.255.254/", "http://4294967295/", "http://4294967296/",
    # Trailing dots and local names.
    "http://127.0.0.1./", "http://2130706433./", "http://localhost/", "http://LOCALHOST/", "http://localhost./",
    "http://x.localhost/", "http://x.LocalHost:8080/", "http://localhost../",
    # IPv6, and IPv4 inside it.
    "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[0000::0001]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[::ffff:0:127.0.0.1]/", "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2002:a9fe:a9fe::1]/",
    "http://[2001:0:808:808:0:ffff:80ff:fffe]/", "http://[fe80::1]/", "http://[fe80::1%25lo]/", "http://[fe80::1%lo]/",
    "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fec0::1]/", "http://[ff02::1]/", "http://[2001:db8::1]/",
    "http://[100::1]/", "http://[::1", "http://::1/", "http://[::1]extra/", "http://[127.0.0.1]/", "http://[v1.x]/",
    # Private, shared, metadata and the rest.
    "http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.0.1/", "http://100.64.0.1/",
    "http://198.18.0.1/", "http://169.254.169.254/latest/", "http://169.254.0.1/", "http://0xa9fea9fe/",
    "http://2852039166/", "http://0251.0376.0251.0376/", "http://169.254.43518/", "http://100.100.100.200/",
    "http://168.63.129.16/", "http://192.0.0.192/", "http://192.0.2.1/", "http://198.51.100.1/", "http://203.0.113.1/",
    "http://192.88.99.1/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
    # Other readings of the authority.
    "http://good.example@127.0.0.1/", "http://127.0.0.1@good.example/", "http://@127.0.0.1/", "http://:@good.example/",
    "http://good.example:80@127.0.0.1:80/", "http://good.example#@127.0.0.1/", "http://good.example\\@127.0.0.1/",
    "http://127.0.0.1\\.good.example/", "http://good.example:80:127.0.0.1/", "http://good.example:0/",
    "http://good.example:65536/", "http://good.example:+80/", "http://good.example:٨٠/", "http:///127.0.0.1/",
    "http:127.0.0.1/", "http:/127.0.0.1/", "//127.0.0.1/", "http://",
    # Percent-encoding, Unicode digits and dots, punctuation.
    "http://127.0.0.1%2f@good.example/", "http://127%2e0%2e0%2e1/", "http://%31%32%37.0.0.1/", "http://good.example%00/",
    "http://１２７.0.0.1/", "http://127。0。0。1/", "http://①②⑦.0.0.1/", "http://ⓛocalhost/", "http://lоcalhost/",
    "http://münchen.example/", "http://good.example /", "http://good.example\t/", "http://good\n.example/",
    "http://good.example/\r\nHost: x", "http://good..example/", "http://.example/", "http://-good.example/",
    "http://good.example/%zz", "http://good.example/{x}", "http://good.example/é",
    # Other schemes.
    "file:///etc/passwd", "gopher://127.0.0.1:70/_x", "dict://127.0.0.1:11211/", "ftp://good.example/", "smb://x/",
    "ldap://good.example/", "tftp://good.example/x", "unix:///run/docker.sock", "data:text/plain,x", "javascript:x",
    "httpx://good.example/", "https:good.example", " http://good.example/", "good.example", "",
]
ALLOWED = [
    "https://good.example/hooks", "http://8.8.8.8/", "https://[2606:4700::1111]:8443/x", "https://xn--mnchen-3ya.example/",
    "https://a_b.example:65535/?q=1", "http://126.255.255.255/", "http://128.0.0.1/", "http://172.32.0.1/",
]


def subscribers(gateway, urls, **more):
    gateway.route("in", verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["200ms", "24h"], "jitter": 0},
                  subscribers=[{"name": name, "url": url, **more} for name, url in urls.items()])


def post(gateway, path="/in"):
    webhook = PROVIDER.webhook()
    assert gateway.post(path, webhook.body, webhook.headers).status == 200


def test_no_name_leads_to_a_forbidden_address(gateway, watched):
    subscribers(gateway, {name: f"http://{name}.test:9/" for name in FORBIDDEN})
    dials = watched({f"{name}.test": [address] for name, address in FORBIDDEN.items()})
    post(gateway)
    until(lambda: gateway.metric("headgate_attempts_total", outcome="blocked") >= 2 * len(FORBIDDEN))
    assert gateway.metric("headgate_attempts_total") == gateway.metric("headgate_attempts_total", outcome="blocked")
    assert dials() == []


@pytest.mark.parametrize("order", [1, -1], ids=["forbidden first", "forbidden last"])
def test_of_several_answers_only_the_permitted_are_dialled(order, gateway, watched, subscriber):
    sink = subscriber()
    subscribers(gateway, {"mixed": f"http://mixed.test:{sink.port}/"})
    answers = [*list(FORBIDDEN.values())[::6], "127.0.0.1"][::order]
    dials = watched({"mixed.test": answers})
    post(gateway)
    sink.wait(1)
    until(lambda: gateway.metric("headgate_attempts_total", outcome="ok") == 1)
    assert set(dials()) == {"127.0.0.1"}


def test_a_name_that_changes_is_judged_at_every_dial(gateway, watched, subscriber):
    """Of one name with two ports libcurl asks twice: the second answer leads elsewhere."""
    first, second = subscriber(), subscriber()
    for name, sink in {"first": first, "second": second}.items():
        gateway.route(name, verify=PROVIDER.preset, secrets=PROVIDER.secrets, retry={"schedule": ["24h"]},
                      subscribers=[{"name": name, "url": f"http://turning.test:{sink.port}/"}])
    dials = watched({"turning.test": ["127.0.0.1"], "turning.test#2": ["169.254.169.254"]})
    post(gateway, "/first")
    until(lambda: gateway.metric("headgate_attempts_total", subscriber="first", outcome="ok") == 1)
    post(gateway, "/second")
    until(lambda: gateway.metric("headgate_attempts_total", subscriber="second", outcome="blocked") == 1)
    assert set(dials()) == {"127.0.0.1"} and second.requests == []


def test_redirects_to_forbidden_places_are_not_followed(gateway, watched):
    faults = Faults()
    try:
        subscribers(gateway, {name: faults.url(name) for name in ("redirect-metadata", "redirect-file", "redirect-loop")})
        dials = watched({})
        post(gateway)
        until(lambda: gateway.metric("headgate_attempts_total", outcome="http") >= 3)
        assert all(one.startswith("127.1.0.") for one in dials())
    finally:
        faults.close()


def test_proxies_and_credentials_of_the_environment_are_ignored(gateway, watched, subscriber, tmp_path):
    sink, proxy = subscriber(), subscriber()
    (tmp_path / ".netrc").write_text("default login stolen password stolen\n")
    os.chmod(tmp_path / ".netrc", 0o600)
    (tmp_path / ".curlrc").write_text(f"proxy = http://127.0.0.1:{proxy.port}\n")
    subscribers(gateway, {"s": f"http://direct.test:{sink.port}/"})
    address = f"http://127.0.0.1:{proxy.port}"
    names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
    watched({"direct.test": ["127.0.0.1"]}, HOME=str(tmp_path), CURL_HOME=str(tmp_path), no_proxy="", NO_PROXY="",
            **dict.fromkeys(names, address))
    post(gateway)
    request, = sink.wait(1)
    assert request.all("Authorization") == [] and request.all("Proxy-Authorization") == []
    assert request.target == "/" and proxy.requests == []


@pytest.mark.parametrize("header", [
    {"x-a": "b\r\nHost: x"}, {"x-a": "b\nc: d"}, {"x-a": "b\0c"}, {"x-a": "b\rc"}, {"x-a\r\nb": "c"}, {"x a": "b"}, {"": "b"},
    {"x-a:": "b"}, {"Content-Length": "5"}, {"Transfer-Encoding": "chunked"}, {"Host": "x"}, {"Connection": "close"},
    {"Expect": "100-continue"}, {"webhook-id": "x"}, {"headgate-route": "x"}, {"x-a": "é"},
], ids=repr)
def test_a_configured_header_that_could_end_the_line_stops_the_start(header, gateway):
    subscribers(gateway, {"s": "http://127.0.0.1:9/"}, headers=header)
    result = gateway.run_serve()
    assert result.returncode == 1 and "error" in result.stdout + result.stderr


def verdict(url, *flags):
    result = run("check-url", url, *flags, "--json")
    assert result.returncode in (0, 1), result.stderr
    found = json.loads(result.stdout)
    assert found["allowed"] == (result.returncode == 0)
    return found


def test_no_spelling_of_a_forbidden_place_is_taken_from_a_stranger():
    assert run("check-url", "", "--policy", "api").returncode == 64, "no URL at all"
    allowed = [url for url in REFUSED if url and verdict(url, "--policy", "api")["allowed"]]
    print(f"{len(REFUSED)} spellings refused, {len(ALLOWED)} allowed")
    assert allowed == []


def test_the_public_world_is_open_to_strangers():
    assert [url for url in ALLOWED if not verdict(url, "--policy", "api")["allowed"]] == []


@pytest.mark.parametrize("answers, policy, allowed", [
    ("10.0.0.7", "file", True), ("10.0.0.7", "api", False), ("8.8.8.8,10.0.0.7", "api", True),
    ("169.254.169.254", "file", False), ("169.254.169.254,fe80::1,64:ff9b::a9fe:a9fe", "file", False),
])
def test_check_url_judges_the_answers_of_a_name_server(answers, policy, allowed):
    found = verdict("https://billing.example/hooks", "--answers", answers, "--policy", policy)
    assert found["allowed"] == allowed
    assert [one["address"] for one in found["answers"]] == answers.split(",")


def test_check_url_says_the_class_and_the_cure_and_not_the_path():
    result = run("check-url", "http://169.254.169.254/secret-path")
    assert result.returncode == 1
    assert "metadata" in result.stdout and ";" in result.stdout and "secret-path" not in result.stdout


@pytest.mark.parametrize("flags", [["--answers", "x"], ["--answers", ""], ["--policy", "none"], []], ids=str)
def test_check_url_refuses_what_it_does_not_understand(flags):
    result = run(*["check-url", *(["https://a.example/"] if flags else []), *flags])
    assert result.returncode == 64 and "-h" in result.stderr
