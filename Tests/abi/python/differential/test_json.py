"""JSON as Python's json reads it, on thousands of documents that were made at random and damaged.

Each is the body of an answer to a call: as a member that the library does not know, to see what it takes for
JSON at all; and as the members whose values it hands out, to see how it reads them. The seed is fixed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import random
import socket
import threading
from decimal import Decimal
from typing import Any, Iterator, List

import pytest
from proxies import read_request
from support import SMALL_JOB, struct_members

import locjob

#: Python's reader has no limit of its own below its recursion limit; ours is JSONReader.maximumDepth.
MAXIMUM_DEPTH = 64
OBJECT = json.dumps(SMALL_JOB).encode()
ALPHABET = [bytes([byte]) for byte in b'[]{},:"\\/0123456789eE+-.tfnrueal \t\n\r\x00\x1f\x7f\x80\xbf\xc0\xe2\xed\xa0\xf0\xf4\xff'] + [
    b"true", b"false", b"null", b"NaN", b"-Infinity", b"\\u", b"\\ud83d", b"\\ude00", b"\\u0000", b"\xef\xbb\xbf", b"1e5",
    b'"a":', b"\xf0\x9f\x97\xbc", b"\xed\xa0\x80", b"\xc2\x85", b"\xe2\x80\xa8", b"[[", b"]]", b"/**/", b"'", b"\\x41", b"0x1",
]  # fmt: skip


class Documents:
    """A server that answers each request with the next document."""

    def __init__(self, documents: List[bytes]):
        self._documents = iter(documents)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError, StopIteration):
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    while read_request(connection) is not None:
                        body = next(self._documents)
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    def close(self) -> None:
        self._listener.close()


def answers(client, documents: List[bytes]) -> Iterator[tuple]:
    """For each document: the code, and when that is 0 the JSON as bytes and the job."""
    library = locjob.library
    server = Documents(documents)
    c = client(endpoint_url=server.url, max_attempts=1)
    for _ in documents:
        result = library.locjob_get(c._handle, b"a-job", None)
        try:
            code, job = library.locjob_result_code(result), library.locjob_result_job(result)
            length = library.locjob_result_json_length(result)
            text = ctypes.string_at(library.locjob_result_json(result), length) if code == 0 else b""
            yield code, text, struct_members(job.contents) if job else None
        finally:
            library.locjob_free(result)
    server.close()


# Documents


def space(random_: random.Random) -> str:
    return random_.choice(["", "", "", " ", "\n", "\t ", "\r\n"])


def string(random_: random.Random) -> str:
    """A string as it may be written: some characters as they are, some as escapes."""

    def character() -> str:
        kind = random_.randrange(8)
        if kind < 3:
            return random_.choice("abc XYZ019/'&<>~\x7f")
        if kind == 3:
            return chr(random_.choice([0x80, 0xE9, 0x7FF, 0x800, 0x2028, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x1F5FC, 0x10FFFF]))
        if kind == 4:
            return "\\" + random_.choice('"\\/bfnrt')
        if kind == 5:
            return f"\\u{random_.randrange(0x10000):04x}"
        if kind == 6:
            return f"\\u{random_.randrange(0xD7F0, 0xE010):04X}"
        return f"\\u{random_.randrange(0xD800, 0xDC00):04x}\\u{random_.randrange(0xDC00, 0xE000):04x}"

    return '"' + "".join(character() for _ in range(random_.choice([0, 1, 3, 8, 40]))) + '"'


def number(random_: random.Random) -> str:
    whole = random_.choice(["0", "1", "9", "10", "120", "4503599627370497", "18446744073709551616", "9" * 30])
    fraction = random_.choice(["", "", ".0", ".5", ".123456789", ".000", "." + "1" * 25])
    exponent = random_.choice(["", "", "", "e0", "E5", "e-7", "e+10", "e-400", "E400"])
    return random_.choice(["", "-"]) + whole + fraction + exponent


def value(random_: random.Random, depth: int = 0) -> str:
    kind = random_.randrange(8 if depth < 4 else 6)
    if kind == 0:
        return random_.choice(["true", "false", "null"])
    if kind < 3:
        return number(random_)
    if kind < 6:
        return string(random_)
    around, count = lambda text: space(random_) + text + space(random_), random_.choice([0, 1, 2, 4])  # noqa: E731
    values = [value(random_, depth + 1) for _ in range(count)]
    if kind == 6:
        return "[" + (",".join(map(around, values)) or space(random_)) + "]"
    members = [f"{around(string(random_))}:{around(each)}" for each in values]
    return "{" + (",".join(members) or space(random_)) + "}"


def damaged(random_: random.Random, text: bytes) -> bytes:
    """The same with a few bytes replaced, removed, doubled or put in."""
    for _ in range(random_.choice([1, 1, 1, 2, 4])):
        at = random_.randrange(len(text) + 1)
        until = min(len(text), at + random_.choice([0, 1, 1, 2, 9]))
        put = random_.choice([b"", random_.choice(ALPHABET), random_.choice(ALPHABET), text[at:until] * 2])
        text = text[:at] + put + text[until:]
    return text


def nested(depth: int) -> List[bytes]:
    return [b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth, b"[" * depth, b'[{"a":' * (depth // 2)]


def refuse(_: str) -> None:
    raise ValueError("no JSON")


class Number(str):
    """A number as it is written."""


def loaded(body: bytes) -> Any:
    """As RFC 8259 has it; ValueError for what it has not."""
    return json.loads(body.decode("utf-8"), parse_constant=refuse, parse_int=Number, parse_float=Number)


def depth_of(parsed: Any) -> int:
    if isinstance(parsed, dict):
        parsed = list(parsed.values())
    return 1 + max(map(depth_of, parsed), default=0) if isinstance(parsed, list) else 0


def without_halves(text: str) -> str:
    """As the library hands out text: what is half a surrogate pair becomes a replacement character."""
    return "".join("\ufffd" if 0xD800 <= ord(character) < 0xE000 else character for character in text)


# What is JSON


def is_job(body: bytes) -> bool:
    """Whether the body is JSON, and the job it was made of."""
    try:
        parsed = loaded(body)
    except (ValueError, RecursionError):
        return False
    if depth_of(parsed) > MAXIMUM_DEPTH or not isinstance(parsed, dict):
        return False
    return all(json.dumps(parsed.get(name)) == json.dumps(value) for name, value in SMALL_JOB.items())


@pytest.mark.parametrize("seed", range(3))
def test_what_is_json(client, seed):
    """Accepted or refused alike, and handed on byte for byte."""
    random_ = random.Random(seed)
    added = [value(random_).encode() for _ in range(1200)]
    added += [damaged(random_, value(random_).encode()) for _ in range(3000)]
    if seed == 0:
        for depth in (1, 62, 63, 64, 65, 66, 1000, 100_000):
            added += nested(depth)
    bodies = [OBJECT[:-1] + b',"Added":' + each + b"}" for each in added]
    bodies += [damaged(random_, random_.choice(bodies[:1200])) for _ in range(1500)]
    taken = 0
    for body, (code, text, _) in zip(bodies, answers(client, bodies)):
        if is_job(body):
            assert code == 0, body
            assert text == body
            taken += 1
        elif code == 0:
            # JSON, with another member of the job damaged into something that is one as well.
            assert depth_of(loaded(body)) <= MAXIMUM_DEPTH, body
        else:
            assert code == 38, body
    assert len(bodies) * 0.2 < taken < len(bodies) * 0.9


# What the values are


def test_strings(client):
    random_ = random.Random(10)
    texts = [string(random_) for _ in range(2500)]
    texts += [damaged(random_, text.encode()).decode("utf-8", "surrogateescape") for text in texts[:1500]]
    bodies = [OBJECT[:-1] + b',"Name":' + text.encode("utf-8", "surrogateescape") + b"}" for text in texts]
    compared = 0
    for body, (code, _, job) in zip(bodies, answers(client, bodies)):
        if is_job(body) and type(loaded(body).get("Name")) is str:
            assert code == 0, body
            assert job["name"] == without_halves(loaded(body)["Name"]), body
            compared += 1
    assert compared > 2500


def test_objects_and_arrays(client):
    """Names that come twice, escaped or not, and the order that is left, as in Python's dictionaries."""
    random_ = random.Random(11)
    names = ['"a"', '"\\u0061"', '"b"', '"\\u00e9"', '"\u00e9"', '""', '"\\u0000"', '"a\\u0000"', '"\\ud800"', '"\\/"', '"/"']
    bodies = []
    for _ in range(1500):
        tags = ",".join(f"{random_.choice(names)}:{string(random_)}" for _ in range(random_.randrange(8)))
        messages = ",".join(string(random_) for _ in range(random_.randrange(5)))
        added = f',"Tags":{{{tags}}},"Error":{{"Code":"ValidationError","Messages":[{messages}]}}}}'
        bodies.append(OBJECT[:-1] + added.encode())
    for body, (code, _, job) in zip(bodies, answers(client, bodies)):
        assert code == 0, body
        parsed = loaded(body)
        expected = [(without_halves(name), without_halves(text)) for name, text in parsed["Tags"].items()]
        assert (job["tags"] or []) == expected, body
        assert (job["error_messages"] or []) == [without_halves(text) for text in parsed["Error"]["Messages"]], body


def test_numbers(client):
    """As a time: seconds and their billionths, of what the number is exactly."""
    random_ = random.Random(12)
    texts = []
    for _ in range(2500):
        digits = str(random_.randrange(10 ** random_.randrange(1, 12)))
        fraction = "".join(random_.choice("0123456789") for _ in range(random_.randrange(0, 12)))
        exponent = random_.choice(["", "", f"e{random_.randrange(-14, 6)}", f"E+{random_.randrange(4)}"])
        texts.append(random_.choice(["", "-"]) + digits + ("." + fraction if fraction else "") + exponent)
    bodies = [json.dumps({**SMALL_JOB, "CreatedAt": None}).replace("null", text).encode() for text in texts]
    compared = 0
    for text, (code, _, job) in zip(texts, answers(client, bodies)):
        exact = Decimal(text)
        if not -62_135_596_800 <= exact < 253_402_300_800:
            continue  # a year before 1 or after 9999
        assert code == 0, text
        seconds, nanoseconds = job["created_at"]
        assert 0 <= nanoseconds < 1_000_000_000
        difference = abs(Decimal(seconds) + Decimal(nanoseconds) / 1_000_000_000 - exact)
        assert difference < Decimal("1e-9"), (text, seconds, nanoseconds)
        compared += 1
    assert compared > 1500
