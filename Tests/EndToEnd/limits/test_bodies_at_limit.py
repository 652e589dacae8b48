"""The largest body that is taken, and one byte more: by length and in chunks, plain and through TLS."""
import http.client
import os
import ssl

import pytest

from certificates import make_certificate
from waiting import until

MEBIBYTE = 1 << 20


def connect(gateway, certificate):
    if certificate:
        context = ssl.create_default_context(cafile=certificate)
        return http.client.HTTPSConnection("127.0.0.1", gateway.intake_port, context=context, timeout=60)
    return gateway.connection(timeout=60)


def post(connection, body, chunked):
    pieces = (body[start:start + 65_521] for start in range(0, len(body), 65_521))
    try:
        connection.request("POST", "/in", pieces if chunked else body, encode_chunked=chunked,
                           headers={"Transfer-Encoding": "chunked"} if chunked else {})
    except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
        pass  # refused before all of it was sent; the answer is there
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status


@pytest.mark.parametrize("secured", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("limit", [MEBIBYTE, 100, 32 * MEBIBYTE], ids=["1 MiB", "100 bytes", "32 MiB"])
def test_the_largest_body_is_taken_and_one_byte_more_is_not(limit, secured, gateway, subscriber, tmp_path):
    sink = subscriber()
    gateway.route("in", verify={"type": "none"}, dedup="off", maxBody=limit,
                  subscribers=[{"name": "s", "url": sink.url}])
    certificate, flags = None, []
    if secured:
        certificate, key = make_certificate(tmp_path, "gateway")
        flags = ["--tls-cert", certificate, "--tls-key", key]
    gateway.start(*flags)
    body = os.urandom(limit + 1)
    for chunked in (False, True):
        assert post(connect(gateway, certificate), body[:limit], chunked) == 200
        assert post(connect(gateway, certificate), body, chunked) == 413
    requests = sink.wait(2, 60)
    assert [one.body == body[:limit] for one in requests] == [True, True], "byte for byte"
    print(f"{gateway.memory('VmHWM') >> 20} MiB at the peak")
    assert gateway.memory("VmHWM") < (96 << 20) + 5 * limit
    until(lambda: gateway.metric("headgate_events_total", result="accepted") == 2)
