"""Responses that break off, stall, drip or lie about their length, for gets that are all under way in one queue: each
ends as a blocking call does with the same response (test_network_faults.py), soon, and none hinders another.
"""

from __future__ import annotations

import collections
import ctypes
import time

import pytest
from support import Result, raw_get, read
from test_network_faults import (  # noqa: F401
    BODY,
    CHUNKED,
    CHUNKS,
    HEAD,
    LENGTHS,
    PROXIES,
    RESPONSE,
    SILENCE_MS,
    BadProxy,
    both,
    make,
    raw,
)

import locjob

library = locjob.library


def queued_gets(client: locjob.Client, job_ids: "list[str]") -> "dict[str, Result]":
    """Gets of a queue as C sees them."""
    queue, results = ctypes.c_void_p(), {}
    assert library.locjob_queue_new(client._handle, ctypes.byref(queue)) is None
    try:
        for job_id in job_ids:
            assert library.locjob_queue_get(queue, job_id.encode(), 0) == 0
        end = time.monotonic() + 60
        while library.locjob_queue_pending(queue) > 0:
            assert time.monotonic() < end, f"{len(results)} of {len(job_ids)} have ended"
            result = library.locjob_queue_next(queue, 1000)
            if result:
                told = read(result)
                results[told.job_id] = told
    finally:
        library.locjob_queue_free(queue)
    return results


def summary(result: Result) -> tuple:
    return locjob.library.locjob_code_name(result.code).decode(), result.attempts, result.http_status, bool(result.job)


@both
@pytest.mark.parametrize("kind", ["reset_at", "close_at", "stall_at"])
def test_a_fault_at_every_byte(make, service, secure, kind):  # noqa: F811
    limit = {"read_timeout_ms": SILENCE_MS * 5} if kind == "stall_at" else {}
    c = make(secure, max_connections=64, **limit)
    offsets = range(len(RESPONSE))
    for offset in offsets:
        service.faults(raw(RESPONSE, **{kind: offset}), job_id=str(offset))
    results = queued_gets(c, [str(offset) for offset in offsets])
    code = "LOCJOB_READ_TIMEOUT" if kind == "stall_at" else "LOCJOB_CONNECTION_LOST"
    wrong = collections.defaultdict(list)
    for offset in offsets:
        if summary(results[str(offset)]) != (code, 1, 0, False):
            wrong[summary(results[str(offset)])].append(offset)
    assert not wrong, {what: (len(places), places[:5], places[-1]) for what, places in wrong.items()}
    assert service.stats()["requests"] == len(RESPONSE)
    service.faults(raw(RESPONSE, close=False), job_id="a-job")
    assert queued_gets(c, ["a-job"])["a-job"].code == 0


def lying(off: int) -> dict:
    return raw(HEAD.replace(b"Length: %d" % len(BODY), b"Length: %d" % (len(BODY) + off)) + BODY)


#: Each on a connection of its own, which ends with it. Not what may end in two ways: libcurl and the library both have
#: a limit for trailers, and how many come at once decides which of them is passed first.
FAULTS = {
    **{f"length {off:+}": lying(off) for off in (1, 1000, -1, -100, -len(BODY))},
    **{f"length, {name}": raw(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n" + BODY) for name, lines in LENGTHS.items()},
    **{f"chunks, {name}": raw(CHUNKED + chunks) for name, chunks in CHUNKS.items() if name != "endless trailers"},
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "half a head": raw(b"HTTP/1.1 503 Status\r\nContent-Type: application/json\r\n"),
    "1xx and nothing": raw(b"HTTP/1.1 103 Wait\r\n\r\n" * 400),
    "1xx and silence": raw(b"HTTP/1.1 103 Wait\r\n\r\n" * 400, stall_at=8800),
    "endless 1xx": {"informational": "endless"},
    "endless head": {"header_flood": "endless"},
    "too large": {"body_size": 2 << 20},
    "gzip": {"gzip": True},
}


@both
def test_each_ends_as_a_blocking_call(make, service, secure):  # noqa: F811
    settings = {"read_timeout_ms": 1000, "max_connections": len(FAULTS)}
    names = {f"job-{number}": name for number, name in enumerate(FAULTS)}

    def set_faults() -> None:
        for job_id, name in names.items():
            service.create_job(JobId=job_id)
            service.faults(FAULTS[name], job_id=job_id)

    set_faults()
    # A client for each: what one answer left behind on a connection is no matter of the next.
    expected = {name: summary(raw_get(make(secure, **settings), job_id.encode())) for job_id, name in names.items()}
    set_faults()
    results = queued_gets(make(secure, **settings), list(names))
    assert {name: summary(results[job_id]) for job_id, name in names.items()} == expected
    assert sum(code != "LOCJOB_OK" for code, *_ in expected.values()) > 20


@both
def test_single_bytes(make, service, secure):  # noqa: F811
    job_ids = [f"job-{number}" for number in range(20)]
    for job_id in job_ids:
        service.faults(raw(RESPONSE, close=False, drip={"bytes": 1, "pause": 0}), job_id=job_id)
    results = queued_gets(make(secure, max_connections=20), job_ids)
    assert {summary(result) for result in results.values()} == {("LOCJOB_OK", 1, 200, True)}


@pytest.mark.parametrize("name", ["endless refusal", "endless refusal in chunks"])
def test_a_proxy_whose_answer_does_not_end(make, name):  # noqa: F811
    """It holds up nobody for long, though libcurl reads on as long as there is something."""
    behaviour, code = PROXIES[name]
    with BadProxy(**behaviour) as proxy:
        c = make(True, https_proxy=proxy.url, max_connections=2)
        begin = time.monotonic()
        results = queued_gets(c, ["a-job", "another"])
    assert [summary(result) for result in results.values()] == [(f"LOCJOB_{code}", 1, 0, False)] * 2
    assert time.monotonic() - begin < 10
