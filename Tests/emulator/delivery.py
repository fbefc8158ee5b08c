"""Sends a response in one of the ways a server or a network can misbehave."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator

from faults import ENDLESS
from http1 import Connection, Response

PIECE = 64 * 1024


class Gone(Exception):
    """The connection was ended on purpose; nothing more can be sent."""


class Wire:
    """Sends bytes and counts them, and does what the answer wants at its offset."""

    def __init__(self, connection: Connection, answer):
        self.connection = connection
        self.answer = answer
        self.sent = 0
        self._body_start: int | None = None
        self._events = {
            name: getattr(answer, name)
            for name in ("stall_at", "reset_at", "close_at")
            if getattr(answer, name) is not None
        }

    def body_starts(self) -> None:
        self._body_start = self.sent

    def _next_event(self) -> tuple[int, str] | None:
        """The nearest offset at which something happens, as far as it is known yet."""
        known = []
        for name, offset in self._events.items():
            if isinstance(offset, int):
                known.append((offset, name))
            elif self._body_start is not None:
                known.append((self._body_start + int(offset[len("body+") :]), name))
        return min(known, default=None)

    async def send(self, data: bytes) -> None:
        data = memoryview(data)
        while data:
            event = self._next_event()
            if event and event[0] <= self.sent:
                await self._happen(event[1])
                continue
            size = len(data)
            if event:
                size = min(size, event[0] - self.sent)
            drip = self.answer.drip
            if drip:
                size = min(size, drip["bytes"])
            await self.connection.send(data[:size])
            self.sent += size
            data = data[size:]
            if drip:
                await asyncio.sleep(drip["pause"])

    async def finish(self) -> None:
        """What should happen beyond the last byte happens now."""
        self._body_start = self.sent if self._body_start is None else self._body_start
        while self._events:
            await self._happen(self._next_event()[1])

    async def _happen(self, name: str) -> None:
        del self._events[name]
        if name == "stall_at":
            # Without a length it lasts until the peer leaves, which cancels this task.
            await asyncio.sleep(1e9 if self.answer.stall_for is None else self.answer.stall_for)
        elif name == "reset_at":
            await self.connection.reset()
            raise Gone
        else:
            await end(self.connection, self.answer)
            raise Gone


async def deliver(
    connection: Connection, response: Response, answer, date: str, request_id: str, persistent: bool
) -> None:
    """Send the response the way the answer says, then keep the connection or end it."""
    if answer.delay:
        await asyncio.sleep(answer.delay)
    wire = Wire(connection, answer)
    try:
        if answer.close_before_response:
            keep = False
        elif answer.raw_bytes is not None:
            await wire.send(answer.raw_bytes)
            keep = answer.close is False
        else:
            keep = await send_response(wire, response, answer, date, request_id)
            keep = keep and persistent and not answer.close
        await wire.finish()
    except Gone:
        return
    if not keep:
        await end(connection, answer)


async def end(connection: Connection, answer) -> None:
    if answer.no_close_notify:
        await connection.drop()
    else:
        connection.close()


async def send_response(wire: Wire, response: Response, answer, date: str, request_id: str) -> bool:
    """Send the head and the body; False when the connection has to end after it."""
    length, pieces = body(response.body, answer)
    chunk = answer.chunked or (PIECE if answer.bad_chunk else None)
    headers = head_fields(response, answer, date, request_id, length, chunk)

    informational = b"HTTP/1.1 103 Early Hints\r\nlink: </hint>; rel=preload\r\n\r\n"
    for _ in counted(answer.informational):
        await wire.send(informational)
    head = response.start_line() + "".join([f"{name}: {value}\r\n" for name, value in headers])
    await wire.send(head.encode("latin-1", "replace"))
    for number in counted(answer.header_flood):
        await wire.send(b"x-flood-%d: %b\r\n" % (number, b"f" * 64))
    await wire.send(b"\r\n")
    wire.body_starts()

    if answer.truncate is not None:
        pieces = first(pieces, answer.truncate)
    for piece in chunks(pieces, chunk) if chunk else pieces:
        await wire.send(piece)
        if answer.bad_chunk:
            await wire.send(b"this is not a chunk size\r\n")
            return False
    if answer.truncate is not None:
        return False
    if chunk:
        await wire.send(b"0\r\n\r\n")
    names = {name.lower() for name, _ in headers}
    return bool(names & {"content-length", "transfer-encoding"})


def head_fields(response: Response, answer, date: str, request_id: str, length: int, chunk) -> list:
    """The answer's headers, then the response's and the defaults for those it does not name."""
    if answer.bare:
        return answer.headers or []
    defaults = [
        ("Date", date),
        ("Content-Type", "application/json"),
        ("x-amzn-requestid", request_id),
        *response.headers,
    ]
    if answer.gzip:
        defaults.append(("Content-Encoding", "gzip"))
    if chunk:
        defaults.append(("Transfer-Encoding", "chunked"))
    if answer.content_length is not None:
        defaults.append(("Content-Length", answer.content_length))
    elif not chunk and not answer.omit_length:
        defaults.append(("Content-Length", length))
    headers = answer.headers or []
    named = {name.lower() for name, _ in headers}
    return headers + [(name, value) for name, value in defaults if name.lower() not in named]


def body(normal: bytes, answer) -> tuple[int, Iterator[bytes]]:
    """Length and pieces of the body, padded and compressed as wanted."""
    length, pieces = len(normal), iter([normal])
    if answer.body_size and answer.body_size > length:
        length, pieces = answer.body_size, padded(normal, answer.body_size)
    if answer.gzip:
        packed = gzip.compress(b"".join(pieces), compresslevel=1, mtime=0)
        length, pieces = len(packed), iter([packed])
    return length, pieces


def padded(normal: bytes, size: int) -> Iterator[bytes]:
    """`size` bytes that are still the same JSON, with a member Padding if it is an object."""
    start, stop, fill = normal, b"", b" "
    if is_object(normal):
        opening = b'"Padding":"' if normal.strip() == b"{}" else b',"Padding":"'
        if size >= len(normal) + len(opening) + 1:
            start, stop, fill = normal.rstrip()[:-1] + opening, b'"}', b"x"
    missing = size - len(start) - len(stop)
    yield start
    block = fill * PIECE
    for _ in range(missing // PIECE):
        yield block
    yield block[: missing % PIECE] + stop


def is_object(text: bytes) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def first(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[:count]
        count -= len(piece)
        if count <= 0:
            return


def chunks(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), size):
            data = piece[start : start + size]
            yield b"%x\r\n%b\r\n" % (len(data), data)


def counted(wanted) -> Iterator[int]:
    number = 0
    while wanted == ENDLESS or number < (wanted or 0):
        yield number
        number += 1
