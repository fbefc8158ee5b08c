"""Every scripted answer does what it says, seen through a plain socket."""

import base64
import gzip
import json
import os
import socket
import ssl
import time
from email.utils import parsedate_to_datetime

import pytest

from raw_client import connect, converse, exchange, get_job, request_bytes, signed_request


@pytest.fixture
def normal(service):
    """The body without any fault."""
    service.create_job(JobId="a-job", plan={"pending": "forever"})
    return exchange(service, get_job(service), patience=0.05).body


@pytest.fixture
def answer(service, normal):
    """Get the job with one scripted answer."""

    def get(patience=0.3, limit=1 << 24, **members):
        service.faults(members)
        return exchange(service, get_job(service), patience, limit)

    return get


# Scripts


def test_a_script_is_used_up_in_order(service, normal):
    service.faults({"status": 500, "times": 2}, {}, {"status": 503})
    with connect(service) as connection:
        seen = [converse(connection, get_job(service), patience=0.05).status for _ in range(5)]
    assert seen == [500, 500, 200, 503, 200]
    assert [entry["status"] for entry in service.requests()[1:]] == seen
    assert service.pending_faults() == {}


def test_the_script_of_a_job_goes_first(service, normal):
    service.faults({"status": 501}, job_id="a-job")
    service.faults({"status": 502}, {"status": 503})
    assert service.pending_faults() == {"a-job": 1, "*": 2}
    request = [get_job(service, "b-job"), get_job(service), get_job(service), get_job(service)]
    assert [exchange(service, one, patience=0.05).status for one in request] == [502, 501, 503, 200]


def test_endless_until_cleared(service, normal):
    service.faults({"status": 500, "times": "endless"})
    assert service.pending_faults() == {"*": "endless"}
    assert [exchange(service, get_job(service), patience=0.05).status for _ in range(3)] == [500] * 3
    service.clear_faults()
    assert exchange(service, get_job(service), patience=0.05).status == 200


def test_signature_is_judged_under_a_fault(service, normal):
    service.faults({"status": 200, "body": "{}"})
    assert exchange(service, request_bytes({"Host": "x"}), patience=0.05).status == 200
    assert service.requests()[-1]["signature"] == "MissingAuthenticationTokenException"


# The response


def test_replaced_response(answer):
    reply = answer(status=418, reason="Teapot", headers=[["X-Odd", "1"], ["content-type", "text/html"]], body="<p>ü")
    assert reply.head.startswith("HTTP/1.1 418 Teapot\r\n")
    assert reply.headers["x-odd"] == "1" and reply.headers["content-type"] == "text/html"
    assert reply.head.lower().count("content-type") == 1 and "x-amzn-requestid" in reply.headers
    assert reply.body == "<p>ü".encode() and reply.end == "open"


def test_body_forms(answer):
    assert answer(body={"a": [1]}, patience=0.05).body == b'{"a":[1]}'
    assert answer(body=None, patience=0.05).body == b"null"
    assert answer(body_base64=base64.b64encode(b"\xff\x00").decode(), patience=0.05).body == b"\xff\x00"


def test_error_in_short(answer):
    reply = answer(error="ThrottlingException", message="slow", headers=[["x-amz-retry-after", "200"]])
    assert (reply.status, reply.headers["x-amzn-errortype"]) == (429, "ThrottlingException")
    assert reply.body == b'{"message":"slow"}' and reply.headers["x-amz-retry-after"] == "200"
    assert answer(error="InternalServerException", status=599, patience=0.05).status == 599


def test_bare_response(answer):
    reply = answer(status=200, bare=True, headers=[["A", "b"]], body="x")
    assert reply.data == b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nx" and reply.end == "close"


def test_raw_bytes(answer):
    raw = base64.b64encode(b"HTTP/1.0 nonsense\x00").decode()
    assert answer(raw=raw)[:2] == (b"HTTP/1.0 nonsense\x00", "close")
    assert answer(raw=raw, close=False)[:2] == (b"HTTP/1.0 nonsense\x00", "open")


def test_garbage(answer, service):
    reply = answer(garbage=1000)
    assert len(reply.data) == 1000 and reply.end == "close" and not reply.data.startswith(b"HTTP/")
    assert answer(garbage=1000).data == reply.data
    assert service.requests()[-1]["status"] is None


def test_date_offset(answer):
    shown = parsedate_to_datetime(answer(date_offset=-3600, patience=0.05).headers["date"]).timestamp()
    assert abs(shown + 3600 - time.time()) < 5
    shown = parsedate_to_datetime(answer(patience=0.05).headers["date"]).timestamp()
    assert abs(shown - time.time()) < 5


@pytest.mark.parametrize(
    "length, end", [(10, "open"), (100_000, "open"), ("-1", "open"), ("1, 2", "open"), (None, "close")]
)
def test_content_length(answer, normal, length, end):
    reply = answer(content_length=length)
    assert reply.headers.get("content-length") == (None if length is None else str(length))
    assert reply.body == normal and reply.end == end


def decode_chunks(body: bytes) -> list:
    found = []
    while True:
        size, _, body = body.partition(b"\r\n")
        size = int(size, 16)
        found.append(body[:size])
        assert body[size : size + 2] == b"\r\n"
        body = body[size + 2 :]
        if not size:
            assert body == b""
            return found


def test_chunked(answer, normal):
    reply = answer(chunked=100)
    assert reply.headers["transfer-encoding"] == "chunked" and "content-length" not in reply.headers
    pieces = decode_chunks(reply.body)
    assert b"".join(pieces) == normal and {len(piece) for piece in pieces[:-2]} == {100} and reply.end == "open"


def test_bad_chunk(answer, normal):
    reply = answer(bad_chunk=True, chunked=10)
    assert reply.body.startswith(b"a\r\n" + normal[:10] + b"\r\n") and reply.end == "close"
    with pytest.raises(ValueError):
        decode_chunks(reply.body)


def test_truncate(answer, normal):
    reply = answer(truncate=7)
    assert reply.headers["content-length"] == str(len(normal))
    assert reply.body == normal[:7] and reply.end == "close"
    reply = answer(truncate=7, chunked=5)
    assert reply.body == b"5\r\n%b\r\n2\r\n%b\r\n" % (normal[:5], normal[5:7]) and reply.end == "close"


def test_header_flood(answer, normal):
    reply = answer(header_flood=500)
    assert reply.head.count("\r\nx-flood-") == 500 and reply.body == normal
    endless = answer(header_flood="endless", limit=1 << 22)
    assert len(endless.data) >= 1 << 22 and b"\r\n\r\n" not in endless.data


def test_informational(answer, normal):
    reply = answer(informational=3)
    assert reply.data.count(b"HTTP/1.1 103 ") == 3 and reply.data.count(b"HTTP/1.1 200 ") == 1
    assert reply.data.endswith(normal)
    assert answer(informational="endless", limit=1 << 20).data.count(b"HTTP/1.1 200 ") == 0


@pytest.mark.parametrize("size", [650, 100_000, 3_000_001])
def test_body_size(answer, normal, size):
    reply = answer(body_size=size)
    assert len(reply.body) == size == int(reply.headers["content-length"])
    padded = json.loads(reply.body)
    assert set(padded.pop("Padding", "x")) == {"x"} and padded == json.loads(normal)


@pytest.mark.parametrize("body, size, expected", [("{}", 20, {"Padding": "x" * 6}), ("[1]", 20, [1]), ("{}", 5, {})])
def test_body_size_of_other_bodies(answer, body, size, expected):
    reply = answer(body=body, body_size=size)
    assert len(reply.body) == size and json.loads(reply.body) == expected


def test_huge_body_waits_for_the_peer(service, normal):
    service.faults({"body_size": 1 << 30})
    with connect(service) as connection:
        reply = converse(connection, get_job(service), limit=1 << 20)
        assert reply.headers["content-length"] == str(1 << 30)
        assert len(reply.data) >= 1 << 20
    # The program did not put the rest into memory, and goes on.
    assert exchange(service, get_job(service), patience=0.05).status == 200


def test_gzip(answer, normal):
    reply = answer(gzip=True)
    assert reply.headers["content-encoding"] == "gzip" and gzip.decompress(reply.body) == normal
    bomb = answer(gzip=True, body_size=1 << 22)
    assert len(bomb.body) < 1 << 17 and len(gzip.decompress(bomb.body)) == 1 << 22


# The way it is sent


def test_delay(answer, normal):
    reply = answer(delay=0.3, patience=1)
    assert reply.first_byte >= 0.3 and reply.body == normal


def test_drip(service, normal):
    service.faults({"drip": {"bytes": 100, "pause": 0.02}})
    with connect(service) as connection:
        connection.sendall(get_job(service))
        sizes, started = [], time.monotonic()
        while sum(sizes) < len(normal):
            sizes.append(len(connection.recv(1 << 16)))
        assert len(sizes) > 4 and max(sizes) <= 200
        assert time.monotonic() - started >= 0.02 * (len(sizes) - 1) * 0.9


def test_stall(answer, normal, service):
    reply = answer(stall_at=20)
    assert len(reply.data) == 20 and reply.end == "open"
    reply = answer(stall_at="body+5", stall_for=0.2, patience=0.6)
    assert reply.body == normal and reply.seconds >= 0.2
    assert answer(stall_at="body+5").body == normal[:5]


def test_a_stalled_peer_that_leaves_is_noticed(service, normal):
    service.faults({"stall_at": 0})
    with connect(service) as connection:
        connection.sendall(get_job(service))
        time.sleep(0.05)
        assert service.stats()["connections_open"] == 1
    deadline = time.monotonic() + 2
    while service.stats()["connections_open"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert service.stats()["connections_open"] == 0


@pytest.mark.parametrize("name, end", [("reset_at", "reset"), ("close_at", "close")])
def test_reset_and_close_at(answer, normal, name, end):
    for offset in (0, 1, 50):
        reply = answer(**{name: offset})
        assert (len(reply.data), reply.end) == (offset, end)
    reply = answer(**{name: "body+9"})
    assert (reply.body, reply.end) == (normal[:9], end)
    reply = answer(**{name: 1_000_000})  # beyond the end: after all
    assert (reply.body, reply.end) == (normal, end)


def test_close_before_response(answer, service):
    assert answer(close_before_response=True)[:2] == (b"", "close")
    assert service.requests()[-1]["status"] is None


def test_close_after_a_good_response(answer, normal):
    reply = answer(close=True)
    assert (reply.body, reply.end) == (normal, "close")


@pytest.mark.parametrize("rude", [False, True])
def test_close_notify(service, normal, rude):
    service.faults({"truncate": 5, "no_close_notify": rude})
    context = ssl.create_default_context(cafile=service.ca)
    with socket.create_connection(("127.0.0.1", service.ports["https"]), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as secure:
            secure.sendall(get_job(service))
            data = b""
            try:
                while True:
                    piece = secure.recv(1 << 16)
                    data += piece
                    if not piece:
                        ended = "with close_notify"
                        break
            except ssl.SSLEOFError:
                ended = "without"
    assert data.endswith(b"\r\n\r\n" + normal[:5])
    assert ended == ("without" if rude else "with close_notify")


def test_modifiers_combine(answer, normal):
    reply = answer(status=500, body="x" * 1000, chunked=300, delay=0.1, informational=1, close_at="body+310")
    assert reply.first_byte >= 0.1 and b"HTTP/1.1 500 " in reply.data and reply.end == "close"
    assert reply.data.count(b"HTTP/1.1 ") == 2 and reply.data.endswith(b"12c\r\n" + b"x" * 300 + b"\r\n12c")


def test_faults_of_https(service, normal):
    service.faults({"reset_at": 30})
    context = ssl.create_default_context(cafile=service.ca)
    with socket.create_connection(("127.0.0.1", service.ports["https"]), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            secure.sendall(get_job(service))
            # The ssl module makes an end of file of an RST, so look below it.
            with socket.socket(fileno=os.dup(secure.fileno())) as below:
                below.settimeout(5)
                with pytest.raises(ConnectionResetError):
                    while below.recv(1 << 16):
                        pass


def test_a_fault_meets_other_operations_too(service):
    path, body = "/metadata/v0/jobs/list-jobs", b"{}"
    service.faults({"error": "AccessDeniedException"})
    assert exchange(service, signed_request(service, "POST", path, body), patience=0.05).status == 403
