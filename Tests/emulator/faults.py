"""Scripted answers: what to do instead of, or to, the normal response.

A script is a list of answers used up in order, for one JobId or for any request. This file reads
and keeps them; delivery.py carries them out.
"""

from __future__ import annotations

import base64
import binascii
import random
from collections import deque
from typing import Any

from http1 import Response
from jobs import encode
from operations import STATUS_OF

ENDLESS = "endless"
ANY = "*"
MAX_BODY_SIZE = 1 << 30
MAX_GZIP_SIZE = 64 << 20  # it is compressed in memory, at once


def _number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9


def _count(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _count_or_endless(value) -> bool:
    return value == ENDLESS or _count(value)


def _positive(value) -> bool:
    return _count(value) and value > 0


def _offset(value) -> bool:
    """A count of bytes from the first of the response, or "body+N" from the first of the body."""
    return _count(value) or (isinstance(value, str) and value.startswith("body+") and value[5:].isdecimal())


def _flag(value) -> bool:
    return isinstance(value, bool)


def _text(value) -> bool:
    return isinstance(value, str)


def _headers(value) -> bool:
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in value
    )


def _drip(value) -> bool:
    if not isinstance(value, dict) or value.keys() != {"bytes", "pause"}:
        return False
    return _positive(value["bytes"]) and _number(value["pause"])


def _length(value) -> bool:
    return value is None or _text(value) or _count(value)


# Every member an answer may have, and what its value must be.
MEMBERS = {
    # the response that is sent instead of the normal one
    "status": _positive,
    "reason": _text,
    "error": _text,
    "message": _text,
    "body": lambda value: True,
    "body_base64": _text,
    "raw": _text,
    "garbage": _positive,
    # changes to the response
    "headers": _headers,
    "bare": _flag,
    "date_offset": lambda value: isinstance(value, (int, float)) and _number(abs(value)),
    "content_length": _length,
    "chunked": _positive,
    "bad_chunk": _flag,
    "truncate": _count,
    "header_flood": _count_or_endless,
    "informational": _count_or_endless,
    "body_size": _count,
    "gzip": _flag,
    # how its bytes are sent
    "delay": _number,
    "drip": _drip,
    "stall_at": _offset,
    "stall_for": _number,
    "reset_at": _offset,
    "close_at": _offset,
    "close_before_response": _flag,
    "close": _flag,
    "no_close_notify": _flag,
    # how often the answer is used
    "times": _count_or_endless,
}
_REPLACING = {"status", "error", "body", "body_base64", "raw", "garbage"}


class Answer:
    """One scripted answer: each member of MEMBERS is an attribute, None when it is not given."""

    def __init__(self, members: Any):
        if not isinstance(members, dict):
            raise ValueError("an answer must be an object")
        for name, value in members.items():
            if name not in MEMBERS:
                raise ValueError(f"an answer has no member '{name}'")
            if not MEMBERS[name](value):
                raise ValueError(f"bad value for '{name}' in an answer: {value!r}")
        for name in MEMBERS:
            setattr(self, name, members.get(name))
        # null is a value here: no Content-Length at all
        self.omit_length = "content_length" in members and members["content_length"] is None
        self.replaces = bool(_REPLACING & members.keys())
        self.left = float("inf") if self.times == ENDLESS else 1 if self.times is None else self.times
        self.raw_bytes = self._raw_bytes()
        self._body = self._body_bytes(members)
        size = self.body_size or 0
        if size > MAX_BODY_SIZE or (self.gzip and size > MAX_GZIP_SIZE):
            raise ValueError("body_size is too large")

    def _raw_bytes(self) -> bytes | None:
        if self.garbage is not None:
            return random.Random(self.garbage).randbytes(self.garbage)  # the same bytes every time
        return None if self.raw is None else _decode(self.raw)

    def _body_bytes(self, members: dict) -> bytes:
        if self.body_base64 is not None:
            return _decode(self.body_base64)
        if self.error is not None and "body" not in members:
            return encode({"message": self.message or self.error})
        if "body" not in members:
            return b""
        return self.body.encode() if isinstance(self.body, str) else encode(self.body)

    def response(self) -> Response:
        """The response that replaces the normal one."""
        status = self.status or (STATUS_OF.get(self.error, 400) if self.error else 200)
        headers = [("x-amzn-errortype", self.error)] if self.error else []
        return Response(status, self._body, headers, self.reason)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"bad base64: {error}") from None


class Faults:
    """The scripts that are set: one for each JobId, and one for any request."""

    def __init__(self):
        self._scripts: dict[str, deque[Answer]] = {}

    def set(self, job_id: str | None, answers: list) -> None:
        """Replace a script; an empty one is removed."""
        script = deque(answer for answer in map(Answer, answers) if answer.left)
        self._scripts.pop(job_id or ANY, None)
        if script:
            self._scripts[job_id or ANY] = script

    def take(self, job_id: str) -> Answer | None:
        """The next answer for a request; a job's own script goes before the one for any."""
        if not self._scripts:
            return None
        for name in (job_id, ANY):
            script = self._scripts.get(name)
            if script:
                answer = script[0]
                answer.left -= 1
                if not answer.left:
                    script.popleft()
                    if not script:
                        del self._scripts[name]
                return answer
        return None

    def pending(self) -> dict:
        """How many answers each script still has, for the control interface."""
        totals = {name: sum(answer.left for answer in script) for name, script in self._scripts.items()}
        return {name: ENDLESS if total == float("inf") else total for name, total in totals.items()}
