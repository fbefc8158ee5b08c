"""HTTP/1.1 on raw bytes: requests as they arrive, responses as they leave.

The service must control each byte it sends and see each byte it gets, so it uses no HTTP library.
It is stricter with requests than most servers: what is malformed is refused, never repaired.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from http import HTTPStatus

MAX_HEAD = 64 * 1024
MAX_BODY = 8 * 1024 * 1024

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_ALLOWED = bytes(byte for byte in range(256) if byte >= 0x20 and byte != 0x7F) + b"\t\r\n"
_REASONS = {int(status): status.phrase for status in HTTPStatus}
_lower_names: dict[str, str] = {}  # header names seen, valid ones only, to their lower case


class Malformed(Exception):
    """Not a request this service accepts; the connection ends after the answer."""

    def __init__(self, status: int, problem: str):
        super().__init__(problem)
        self.status = status


class Request:
    __slots__ = ("method", "target", "path", "query", "headers", "fields", "body", "connection", "persistent")

    def __init__(self, head: bytes, connection: Connection):
        lines = head.count(b"\n")
        if head.translate(None, _ALLOWED) or lines != head.count(b"\r\n") or lines != head.count(b"\r"):
            raise Malformed(400, "control character in the head")
        self.connection = connection
        self.body = b""
        start, *rest = head.decode("latin-1").split("\r\n")
        try:
            self.method, self.target, version = start.split(" ")
        except ValueError:
            raise Malformed(400, "request line") from None
        if version not in ("HTTP/1.1", "HTTP/1.0"):
            raise Malformed(505, "HTTP version")
        if self.method not in ("GET", "POST", "PUT", "DELETE"):  # also HEAD, whose answers have no body
            raise Malformed(405, "method")
        self.path, _, self.query = self._origin_form().partition("?")
        self.headers: list[tuple[str, str]] = []
        self.fields: dict[str, str] = {}
        for line in rest:
            name, colon, value = line.partition(":")
            lower = _lower_names.get(name) or _lower_name(name)
            if not colon:
                raise Malformed(400, "header line without a colon")
            value = value.strip(" \t")
            self.headers.append((name, value))
            self.fields[lower] = f"{self.fields[lower]},{value}" if lower in self.fields else value
        if "," in self.fields.get("host", ","):  # none, or repeated ones that were joined
            raise Malformed(400, "exactly one Host header is needed")
        wish = self.fields.get("connection", "").lower()
        self.persistent = wish != "close" and (version == "HTTP/1.1" or wish == "keep-alive")

    def _origin_form(self) -> str:
        """The target as path and query; the absolute form is what a client sends to a proxy."""
        target = self.target
        if target.startswith("http://"):
            target = "/" + target[7:].partition("/")[2]
        if target[:1] != "/" or not target.isascii() or "#" in target:
            raise Malformed(400, "request target")
        return target

    def content_length(self) -> int:
        if "transfer-encoding" in self.fields:
            raise Malformed(501, "chunked requests are not supported")
        text = self.fields.get("content-length", "0")
        if not (text.isascii() and text.isdigit()):
            raise Malformed(400, "Content-Length")
        if int(text) > MAX_BODY:
            raise Malformed(413, "body too large")
        return int(text)


def _lower_name(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise Malformed(400, "header name")
    if len(_lower_names) > 4096:
        _lower_names.clear()
    return _lower_names.setdefault(name, name.lower())


class Response:
    """Status, headers and body. Unless `bare`, the headers of every AWS response are added."""

    __slots__ = ("status", "headers", "body", "reason", "bare")

    def __init__(self, status: int, body: bytes, headers=(), reason: str | None = None, bare: bool = False):
        self.status = status
        self.headers = headers
        self.body = body
        self.reason = reason
        self.bare = bare

    def start_line(self) -> str:
        reason = _REASONS.get(self.status, "") if self.reason is None else self.reason
        return f"HTTP/1.1 {self.status} {reason}\r\n"

    def encode(self, date: str, request_id: str) -> bytes:
        """The whole response, for all that is not sent in an unusual way."""
        extra = "".join([f"{name}: {value}\r\n" for name, value in self.headers]) if self.headers else ""
        return (
            f"{self.start_line()}Date: {date}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\nx-amzn-requestid: {request_id}\r\n{extra}\r\n"
        ).encode("latin-1") + self.body


class Connection(asyncio.Protocol):
    """One client. Requests are answered one after the other, also pipelined ones."""

    def __init__(self, service, secure: bool):
        self.service = service
        self.secure = secure
        self.number = 0
        self.is_control = False
        self.requests = 0
        self.transport = None
        self._received = bytearray()
        self._delivery: asyncio.Task | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    # What asyncio calls

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.service.opened(self)

    def connection_lost(self, error) -> None:
        self.service.closed(self)
        self._writable.set()
        if self._delivery:
            self._delivery.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._delivery is None:
            self._process()
        elif len(self._received) > MAX_HEAD + MAX_BODY:
            # Reading goes on during a delivery, since that is how a lost peer is noticed.
            self.transport.abort()

    # Requests

    def _process(self) -> None:
        while self._received and self._delivery is None and not self.transport.is_closing():
            try:
                request = self._next_request()
            except Malformed as problem:
                self.service.malformed(self, problem)
                text = str(problem).encode()
                self._write(Response(problem.status, text, [("Connection", "close")]))
                self.transport.close()
                return
            if request is None:
                return
            self.requests += 1
            response, answer = self.service.handle(request)
            if answer is None:
                self._write(response)
                if not request.persistent:
                    self.transport.close()
            else:
                delivery = self.service.deliver(self, request, response, answer)
                self._delivery = asyncio.get_running_loop().create_task(delivery)
                self._delivery.add_done_callback(self._delivered)

    def _next_request(self) -> Request | None:
        received = self._received
        end = received.find(b"\r\n\r\n")
        if end > MAX_HEAD or (end < 0 and len(received) > MAX_HEAD):
            raise Malformed(431, "head too large")
        if end < 0:
            return None
        request = Request(bytes(received[:end]), self)
        length = request.content_length()
        complete = end + 4 + length
        if len(received) < complete:
            if request.fields.get("expect", "").lower() == "100-continue" and len(received) == end + 4:
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        if length:
            request.body = bytes(received[end + 4 : complete])
        del received[:complete]
        return request

    def _write(self, response: Response) -> None:
        self.transport.write(response.encode(self.service.clock.http_date(), self.service.request_id()))

    def _delivered(self, task: asyncio.Task) -> None:
        self._delivery = None
        if task.cancelled():
            return
        if task.exception():
            self.service.defect(task.exception())
            self.transport.abort()
        else:
            self._process()

    # What a delivery uses

    async def send(self, data: bytes) -> None:
        """Write and wait until the peer keeps up.

        Others get their turn in any case, else an endless answer would stop the whole program and
        the loss of its peer would never be noticed.
        """
        if not self.transport.is_closing():
            self.transport.write(data)
        await self._writable.wait()
        await asyncio.sleep(0)

    async def flush(self) -> None:
        """Wait until the kernel has everything."""
        while self.transport.get_write_buffer_size() and not self.transport.is_closing():
            await asyncio.sleep(0.002)

    def close(self) -> None:
        """Orderly end: what is written is sent first, with TLS also a close_notify, then FIN."""
        self.transport.close()

    async def reset(self) -> None:
        """RST, but only after the peer could read what was sent before."""
        await self.flush()
        await asyncio.sleep(0.02)
        self.reset_now()

    def reset_now(self) -> None:
        if self.transport.is_closing():
            return
        linger = struct.pack("ii", 1, 0)  # on, 0 seconds: the kernel then sends RST instead of FIN
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()

    async def drop(self) -> None:
        """FIN without TLS's close_notify, as a broken server or an attacker does it."""
        await self.flush()
        self.transport.abort()
