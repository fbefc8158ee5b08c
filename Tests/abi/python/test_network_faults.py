"""A response that breaks off, or stalls, at each of its bytes; and lengths, floods and encodings that lie.

Single faults that need a story are in test_transport.py, bodies that are no job in test_answers.py.
"""

from __future__ import annotations

import base64
import collections
import contextlib
import json
import socket
import threading
import time

import pytest
from support import FULL_JOB, Result, raw_get

import locjob

BODY = json.dumps({**FULL_JOB, "JobId": "a-job"}).encode()
HEAD = (
    b"HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 08:00:00 GMT\r\nContent-Type: application/json\r\n"
    b"x-amzn-RequestId: 5f0c6d3e-0000-4000-8000-000000000000\r\nContent-Length: %d\r\n\r\n" % len(BODY)
)
RESPONSE = HEAD + BODY
#: How long a silence counts as a stall.
SILENCE_MS = 60

both = pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])


@pytest.fixture
def make(client, service):
    """Makes clients for either scheme that try once."""

    def make(secure: bool, **settings) -> locjob.Client:
        there = {"endpoint_url": service.https_url, "ca_bundle": service.ca} if secure else {}
        return client(**{"max_attempts": 1, **there, **settings})

    return make


def raw(response: bytes, **members) -> dict:
    return {"raw": base64.b64encode(response).decode(), **members}


# At every byte

#: Threads for each kind of fault: those that wait need more of them.
THREADS = {"reset_at": 8, "close_at": 2, "stall_at": 16}


@pytest.mark.parametrize("status", [200, 400, 404, 503])
def test_half_a_head_is_no_answer(make, service, status):
    """What is missing may be the very lines that tell the error."""
    service.faults(raw(b"HTTP/1.1 %d Status\r\nContent-Type: application/json\r\n" % status))
    result = raw_get(make(False), b"a-job")
    assert result.code == 35 and result.retryable, result.message


@both
@pytest.mark.parametrize("kind", THREADS)
def test_a_fault_at_every_byte(make, service, secure, kind):
    """Whichever byte is the first that is missing, the call fails as it should, soon, and after one request."""
    c = make(secure, max_connections=1, **({"read_timeout_ms": SILENCE_MS} if kind == "stall_at" else {}))
    offsets = range(len(RESPONSE))
    outcomes: dict[int, tuple[Result, float]] = {}

    def ask(job_id: str, part: range) -> None:
        for offset in part:  # the service takes the answers for a job in order
            begin = time.monotonic()
            result = raw_get(c, job_id.encode())
            outcomes[offset] = (result, time.monotonic() - begin)

    threads = []
    for number in range(THREADS[kind]):
        part, job_id = offsets[number :: THREADS[kind]], f"{kind}-{number}"
        service.faults(*[raw(RESPONSE, **{kind: offset}) for offset in part], job_id=job_id)
        threads.append(threading.Thread(target=ask, args=(job_id, part)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == len(RESPONSE) == service.stats()["requests"]
    expected = "LOCJOB_READ_TIMEOUT" if kind == "stall_at" else "LOCJOB_CONNECTION_LOST"
    wrong = collections.defaultdict(list)
    for offset, (result, seconds) in sorted(outcomes.items()):
        name = locjob.library.locjob_code_name(result.code).decode()
        is_soon = seconds < 10 and (kind != "stall_at" or seconds >= SILENCE_MS / 1000)
        as_it_should = name == expected and result.attempts == 1 and result.retryable and result.job is None
        if not (as_it_should and is_soon and result.http_status == 0):
            wrong[f"{name}, attempts {result.attempts}, status {result.http_status}, {is_soon}"].append(offset)
    assert not wrong, {what: (len(places), places[:5], places[-1]) for what, places in wrong.items()}
    # And the client is none the worse for it.
    service.faults(raw(RESPONSE, close=False), job_id="a-job")
    assert raw_get(c, b"a-job").code == 0


# Lies about lengths


@both
@pytest.mark.parametrize("off", [1, 2, 1000, 1 << 31, 1 << 62])
def test_a_length_that_is_too_large(make, service, secure, off):
    service.faults({"content_length": len(BODY) + off, "status": 200, "body": BODY.decode(), "close": True})
    result = raw_get(make(secure), b"a-job")
    # Beyond max_response_bytes there is no point in reading on.
    assert result.code in ((35,) if off <= 1000 else (35, 39)), result.message
    assert result.attempts == 1


@both
def test_a_length_that_is_too_large_on_a_connection_that_stays(make, service, secure):
    service.faults(raw(HEAD.replace(b"Length: ", b"Length: 9") + BODY, stall_at=len(HEAD) + len(BODY)))
    assert raw_get(make(secure, read_timeout_ms=100), b"a-job").code == 37


@both
@pytest.mark.parametrize("missing", [1, 100, len(BODY)])
def test_a_length_that_is_too_small(make, service, secure, missing):
    """What is beyond it belongs to no response, and what is within is no whole job."""
    head = HEAD.replace(b"Length: %d" % len(BODY), b"Length: %d" % (len(BODY) - missing))
    service.faults(raw(head + BODY, close=False))
    service.create_job(JobId="next")
    c = make(secure)
    result = raw_get(c, b"a-job")
    assert result.code == 38 and result.job is None
    assert raw_get(c, b"next").job["job_id"] == "next"


LENGTHS = {
    "two that differ": b"Content-Length: 5\r\nContent-Length: %d\r\n" % len(BODY),
    "beyond 64 bits": b"Content-Length: 99999999999999999999999\r\n",
    "a sign": b"Content-Length: +%d\r\n" % len(BODY),
    "hexadecimal": b"Content-Length: 0x%x\r\n" % len(BODY),
    "empty": b"Content-Length: \r\n",
    "a list": b"Content-Length: %d, %d\r\n" % (len(BODY), len(BODY) + 1),
    "chunked as well": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
}


@pytest.mark.parametrize("lines", LENGTHS.values(), ids=LENGTHS)
def test_lengths_that_make_no_sense_never_make_half_a_job_a_whole_one(make, service, lines):
    service.faults(raw(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n" + BODY))
    result = raw_get(make(False, read_timeout_ms=1000), b"a-job")
    # Where the length is passed over, the connection's end is the body's end, and the job is whole.
    assert result.code in (0, 35, 37, 38, 39), result.message
    assert (result.code == 0) == (result.job is not None)
    assert result.job is None or result.job["job_id"] == "a-job"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = {
    "no number": b"zz\r\n" + BODY,
    "a negative one": b"-5\r\n" + BODY,
    "beyond 64 bits": b"fffffffffffffffff\r\n" + BODY,
    "nearly 2^63": b"7fffffffffffffff\r\n" + BODY,
    "too small": b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY) - 3, BODY),
    "too large": b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY) + 50, BODY),
    "without the last one": b"%x\r\n%b\r\n" % (len(BODY), BODY),
    "an endless size": b"0" * 100_000,
    "an endless extension": b"5;" + b"x" * 100_000,
    "the last one first": b"0\r\n\r\n" + BODY,
    "endless trailers": b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY) + b"x-trailer: y\r\n" * 20_000,
}


@both
@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
def test_bad_chunks_are_no_job(make, service, secure, chunks):
    service.faults(raw(CHUNKED + chunks))
    begin = time.monotonic()
    result = raw_get(make(secure, read_timeout_ms=300), b"a-job")
    assert result.code in (35, 37, 38, 39) and result.job is None, result.message
    assert result.attempts == 1 and time.monotonic() - begin < 10


# Ways to send


@pytest.mark.parametrize("pause", [0, 0.0005])
def test_single_bytes_over_tls(make, service, pause):
    service.faults(raw(RESPONSE, close=False, drip={"bytes": 1, "pause": pause}))
    assert raw_get(make(True), b"a-job").job["job_id"] == "a-job"


@both
@pytest.mark.parametrize("status", [100, 103, 199])
def test_informational_responses_and_then_nothing(make, service, secure, status):
    flood = b"HTTP/1.1 %d Wait\r\n\r\n" % status * 400
    service.faults(raw(flood, stall_at=len(flood)), raw(flood))
    assert raw_get(make(secure, read_timeout_ms=100), b"a-job").code == 37
    assert raw_get(make(secure), b"a-job").code == 35


@both
def test_a_flood_of_informational_responses_has_an_end(make, service, secure):
    service.faults({"informational": "endless"})
    result = raw_get(make(secure), b"a-job")
    assert result.code == 39 and result.attempts == 1


@pytest.mark.parametrize("status", [101, 201, 202, 203, 204, 205, 206, 226, 299, 300, 304, 305, 399, 600, 999])
@pytest.mark.parametrize("body", [b"", BODY], ids=["empty", "a job"])
def test_only_200_is_a_job(make, service, status, body):
    """2xx with a job in it is one to boto3 too; 204, 205 and 304 have no body whatever comes."""
    head = b"HTTP/1.1 %d Status\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
    service.faults(raw(head + body))
    result = raw_get(make(False), b"a-job")
    is_job = body and 200 <= status < 300 and status not in (204,)
    assert (result.code == 0) == bool(is_job), (result.code, result.message)
    assert (result.job is not None) == bool(is_job)
    assert result.attempts == 1


@both
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "nonsense"])
def test_an_encoding_that_nobody_asked_for(make, service, secure, encoding):
    """It is not undone, so that nothing small can become large."""
    service.faults(
        {"gzip": True, "body_size": 8 << 20, "headers": [["Content-Encoding", encoding]]},
        {"status": 200, "body": BODY.decode(), "headers": [["Content-Encoding", encoding]]},
    )
    service.create_job(JobId="a-job")
    c = make(secure)
    assert raw_get(c, b"a-job").code == 38
    assert raw_get(c, b"a-job").code in (0, 38)


@both
def test_a_gibibyte_is_not_read(make, service, secure):
    service.create_job(JobId="a-job")
    service.faults({"body_size": 1 << 30, "content_length": None}, {"body_size": 1 << 30, "chunked": 65536})
    c = make(secure)
    begin = time.monotonic()
    for _ in range(2):
        result = raw_get(c, b"a-job")
        assert result.code == 39 and result.attempts == 1
    assert time.monotonic() - begin < 10


# Proxies


PROXIES = {
    "silent": ({"stall": True}, "CONNECT_TIMEOUT"),
    "closes at once": ({"answer": b""}, "CONNECTION_LOST"),
    "closes in its answer": ({"answer": b"HTTP/1.1 200 Conn"}, "CONNECTION_LOST"),
    "not HTTP": ({"answer": b"SSH-2.0-OpenSSH_9.2\r\n" * 50}, "CONNECTION_LOST"),
    "endless head": ({"answer": b"HTTP/1.1 200 OK\r\n" + b"x-flood: y\r\n" * 100_000}, "CONNECTION_LOST"),
    "endless refusal": (
        {"answer": b"HTTP/1.1 407 No\r\nContent-Length: 1000000000000\r\n\r\n", "endless": b"a" * 65536},
        "PROXY_FAILED",
    ),
    "endless refusal in chunks": (
        {"answer": b"HTTP/1.1 407 No\r\nTransfer-Encoding: chunked\r\n\r\n", "endless": b"1;a=b\r\na\r\n" * 5000},
        "PROXY_FAILED",
    ),
    "no tunnel behind": ({"answer": b"HTTP/1.1 200 OK\r\n\r\n"}, "TLS_FAILED"),
    "rubbish in the tunnel": ({"answer": b"HTTP/1.1 200 OK\r\n\r\n" + b"\x00" * 5000}, "TLS_FAILED"),
}


@pytest.mark.parametrize("behaviour, code", PROXIES.values(), ids=PROXIES)
def test_a_proxy_that_fails(make, service, behaviour, code):
    with BadProxy(**behaviour) as proxy:
        c = make(True, https_proxy=proxy.url, connect_timeout_ms=1000)
        begin = time.monotonic()
        result = raw_get(c, b"a-job")
    assert locjob.library.locjob_code_name(result.code).decode() == f"LOCJOB_{code}", result.message
    assert result.attempts == 1 and result.http_status == 0 and time.monotonic() - begin < 10
    assert service.requests() == []


class BadProxy:
    """Answers the first bytes of every connection in one way, then closes it."""

    def __init__(self, answer: bytes = b"", stall: bool = False, endless: bytes = b""):
        self._answer, self._stall, self._endless = answer, stall, endless

    def __enter__(self) -> BadProxy:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *error) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.recv(4096)
                    if self._stall:
                        time.sleep(3)
                    connection.sendall(self._answer)
                    while self._endless:
                        connection.sendall(self._endless)


# What the many attempts of a usual client make of it


@pytest.mark.parametrize(
    "fault, code, attempts",
    [
        ({"reset_at": 0}, 35, 3),
        ({"close_at": "body+10"}, 35, 3),
        ({"stall_at": 30}, 37, 3),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), 38, 3),
        ({"body_size": 2 << 20}, 39, 1),
        ({"header_flood": "endless"}, 39, 1),
        ({"status": 204}, 38, 3),
        ({"status": 304}, 56, 1),
        ({"gzip": True}, 38, 3),
    ],
    ids=["reset", "closed", "stalled", "not HTTP", "too large", "endless head", "204", "304", "gzip"],
)
@both
def test_attempts(make, service, fault, code, attempts, secure):
    service.create_job(JobId="a-job")
    service.faults({**fault, "times": "endless"}, job_id=None)
    limit = 100 if code == 37 else 10_000
    result = raw_get(make(secure, max_attempts=3, read_timeout_ms=limit), b"a-job")
    assert (result.code, result.attempts) == (code, attempts), result.message
    assert len(result.trace) == attempts
