"""That the service accepts what the library signs is only worth something if it refuses anything else."""

from __future__ import annotations

import re
import socket

import pytest


@pytest.fixture
def sent(client, service):
    """A request of the library as it came in, with a session token; returns its bytes."""
    service.add_key("AKIDTOKEN", "secret", "token/+=")
    service.create_job(JobId="a-job_1.2")
    c = client(aws_access_key_id="AKIDTOKEN", aws_secret_access_key="secret", aws_session_token="token/+=")
    c.get_job(JobId="a-job_1.2")
    (request,) = service.requests(clear=True)
    assert request["signature"] == "ok"
    lines = [
        f"{request['method']} {request['target']} HTTP/1.1",
        *(f"{name}: {value}" for name, value in request["headers"]),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def resend(service, request: bytes) -> tuple:
    """Status, and what the service thinks of the signature."""
    with socket.create_connection(("127.0.0.1", service.ports["http"]), timeout=5) as connection:
        connection.sendall(request)
        status = int(connection.recv(65536).split(b" ")[1])
    logged = service.requests(clear=True)
    return status, logged[0]["signature"] if logged else "malformed"


def test_the_same_bytes_are_accepted_again(service, sent):
    assert resend(service, sent) == (200, "ok")


PARTS = {
    "path": rb"/jobs/(a-job)",
    "host": rb"\r\nhost: ([^\r]+)",
    "date": rb"\r\nx-amz-date: \d{8}T\d{5}(\d)",
    "session token": rb"\r\nx-amz-security-token: ([^\r]+)",
    "access key": rb"Credential=(\w+)",
    "day of the scope": rb"Credential=\w+/\d{7}(\d)",
    "region of the scope": rb"/(us-east-1)/geo/",
    "service of the scope": rb"/(geo)/aws4_request",
    "signed headers": rb"SignedHeaders=(host)",
    "signature": rb"Signature=([0-9a-f]{64})",
}


@pytest.mark.parametrize("part", PARTS)
def test_one_changed_character_is_refused(service, sent, part):
    start, end = re.search(PARTS[part], sent, re.I).span(1)
    last = sent[end - 1 : end]
    other = b"1" if last != b"1" else b"2"
    status, verdict = resend(service, sent[: end - 1] + other + sent[end:])
    assert status == 403 and verdict not in ("ok", "unchecked", "malformed")


def test_an_added_header_is_accepted_unless_it_has_to_be_signed(service, sent):
    assert resend(service, sent.replace(b"\r\n\r\n", b"\r\nx-other: 1\r\n\r\n")) == (200, "ok")
    assert resend(service, sent.replace(b"\r\n\r\n", b"\r\nx-amz-other: 1\r\n\r\n"))[0] == 403


def test_a_body_that_was_not_signed_is_refused(service, sent):
    assert resend(service, sent.replace(b"\r\n\r\n", b"\r\nContent-Length: 1\r\n\r\nx"))[0] == 403


def test_a_replay_after_fifteen_minutes_is_refused(service, sent):
    service.set_clock(offset=900)
    assert resend(service, sent)[0] == 403
