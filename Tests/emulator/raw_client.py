"""For the tests of this folder: requests signed by botocore, sent and received as plain bytes."""

from __future__ import annotations

import socket
import time
from typing import NamedTuple

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from client import ACCESS_KEY, SECRET_KEY

JOB_PATH = "/metadata/v0/jobs/"


def signed_headers(
    service, method="GET", path=JOB_PATH + "a-job", body=b"", key=(ACCESS_KEY, SECRET_KEY), headers=None
) -> dict:
    """Headers of a signed request; those of `headers` are signed as well."""
    request = AWSRequest(method, service.url + path, data=body, headers=headers or {})
    SigV4Auth(Credentials(*key), "geo", "us-east-1").add_auth(request)
    return {"Host": service.url[len("http://") :], **dict(request.headers.items())}


def request_bytes(headers: dict, method="GET", path=JOB_PATH + "a-job", body=b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def signed_request(service, method="GET", path=JOB_PATH + "a-job", body=b"") -> bytes:
    return request_bytes(signed_headers(service, method, path, body), method, path, body)


def get_job(service, job_id="a-job") -> bytes:
    return signed_request(service, path=JOB_PATH + job_id)


class Reply(NamedTuple):
    data: bytes
    end: str  # "close" (FIN), "reset" (RST) or "open" (nothing more within the time)
    first_byte: float  # seconds after the request
    seconds: float

    @property
    def head(self) -> str:
        return self.data.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        return int(self.data.split(b" ", 2)[1])

    @property
    def headers(self) -> dict:
        pairs = [line.partition(":") for line in self.head.split("\r\n")[1:]]
        return {name.lower(): value.strip() for name, _, value in pairs}


def connect(service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.ports["http"]), timeout=10)


def exchange(service, request: bytes, patience: float = 0.3, limit: int = 1 << 24) -> Reply:
    """Send on a connection of its own and read until it ends, or nothing comes for `patience`."""
    with connect(service) as connection:
        return converse(connection, request, patience, limit)


def converse(connection: socket.socket, request: bytes, patience: float = 0.3, limit: int = 1 << 24) -> Reply:
    started = time.monotonic()
    connection.sendall(request)
    connection.settimeout(patience)
    data, end, first_byte = bytearray(), "open", 0.0
    while len(data) < limit:
        try:
            received = connection.recv(1 << 16)
        except socket.timeout:
            break
        except ConnectionResetError:
            end = "reset"
            break
        if not received:
            end = "close"
            break
        first_byte = first_byte or time.monotonic() - started
        data += received
    return Reply(bytes(data), end, first_byte, time.monotonic() - started)
