"""What several test files need."""

from __future__ import annotations

import contextlib
import ctypes
import json
import socket
import time
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Type

import pytest
from client import ACCESS_KEY, SECRET_KEY, Service

import locjob

#: The smallest description of a job, and one with everything.
SMALL_JOB: Dict[str, Any] = {
    "Action": "ValidateAddress",
    "CreatedAt": "2023-01-01T00:00:00Z",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/Jobs",
    "InputOptions": {"Location": "s3://in/", "Format": "Parquet"},
    "JobArn": "arn:aws:geo:us-east-1:123456789012:job/a-job",
    "JobId": "a-job",
    "OutputOptions": {"Format": "Parquet", "Location": "s3://out/"},
    "Status": "Running",
    "UpdatedAt": "2023-01-01T00:00:01.5Z",
}
FULL_JOB: Dict[str, Any] = {
    **SMALL_JOB,
    "ActionOptions": {"ValidateAddress": {"AdditionalFeatures": ["Position", "CountrySpecificAttributes"]}},
    "EndedAt": "2023-01-01T01:00:00.123456789+01:00",
    "Error": {"Code": "ValidationError", "Messages": ["Line 1 is \u201cempty\u201d.", "Line 2 too."]},
    "Name": "Z\u00fcrich \U0001f5fc",
    "Status": "Failed",
    "Tags": {"team": "addresses", "\u90fd\u5e02": "\u6771\u4eac", "empty": ""},
}


def usual_settings(service: Service) -> Dict[str, Any]:
    return {
        "region_name": "us-east-1",
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": SECRET_KEY,
        "endpoint_url": service.url,
    }


class Result(NamedTuple):
    """All that the C library tells of a call, copied from the result before it was released."""

    code: int
    job: Optional[Dict[str, Any]]
    json: Dict[str, Any]
    message: str
    error_code: str
    http_status: int
    request_id: str
    attempts: int
    retryable: int
    job_id: str
    tag: int
    metadata: Dict[str, Any]
    trace: List[Dict[str, Any]]


#: Functions of the header that the binding has no use for.
_MORE_FUNCTIONS = {
    "locjob_result_json_length": (ctypes.c_size_t, ctypes.c_void_p),
    "locjob_result_http_status": (ctypes.c_int32, ctypes.c_void_p),
    "locjob_result_request_id": (ctypes.c_char_p, ctypes.c_void_p),
    "locjob_codes": (ctypes.POINTER(ctypes.c_int32), ctypes.POINTER(ctypes.c_size_t)),
    "locjob_config_message": (ctypes.c_char_p, ctypes.c_void_p),
}
for _name, (_returned, *_taken) in _MORE_FUNCTIONS.items():
    getattr(locjob.library, _name).restype = _returned
    getattr(locjob.library, _name).argtypes = _taken


def raw_get(client: Optional[locjob.Client], job_id: Optional[bytes]) -> Result:
    """locjob_get as C sees it."""
    return read(locjob.library.locjob_get(client and client._handle, job_id, None))


def read(result: Optional[int]) -> Result:
    """Everything of a result, which is then released."""
    library = locjob.library

    def text(name: str) -> str:
        return getattr(library, f"locjob_result_{name}")(result).decode()  # strict: it must be UTF-8

    def number(name: str) -> int:
        return getattr(library, f"locjob_result_{name}")(result)

    try:
        job = library.locjob_result_job(result)
        assert len(library.locjob_result_json(result)) == number("json_length")
        return Result(
            number("code"),
            struct_members(job.contents) if job else None,
            json.loads(text("json")),
            text("message"),
            text("error_code"),
            number("http_status"),
            text("request_id"),
            number("attempts"),
            number("retryable"),
            text("job_id"),
            number("tag"),
            json.loads(text("metadata")),
            json.loads(text("trace")),
        )
    finally:
        library.locjob_free(result)


def struct_members(struct: ctypes.Structure) -> Dict[str, Any]:
    """A locjob_job as Python values: absent text is None, an enum is (value, text), a time (s, ns)."""

    def value_of(value: Any) -> Any:
        if isinstance(value, locjob.String):
            return None if not value.data else str(value)
        if isinstance(value, locjob.Enum):
            return value.value, value_of(value.text)
        if isinstance(value, locjob.Timestamp):
            return (value.seconds, value.nanoseconds) if value.present else None
        if isinstance(value, locjob.Tag):
            return value_of(value.key), value_of(value.value)
        return value

    def items(pointer: Any, count: int) -> Optional[list]:
        return [value_of(pointer[index]) for index in range(count)] if pointer else None

    members = {}
    for name, kind in struct._fields_:
        value = getattr(struct, name)
        if name.endswith("_count"):
            continue
        if hasattr(kind, "contents"):
            count = getattr(
                struct,
                {
                    "additional_features": "additional_feature_count",
                    "error_messages": "error_message_count",
                    "tags": "tag_count",
                }[name],
            )
            assert bool(value) or count == 0
            members[name] = items(value, count)
        else:
            members[name] = value_of(value)
    return members


def failure(kind: Type[locjob.LocjobError], code_name: str, function, *arguments, **named) -> locjob.LocjobError:
    """Calls, requires this exception with this code, and returns it."""
    with pytest.raises(kind) as caught:
        function(*arguments, **named)
    assert caught.value.code_name == f"LOCJOB_{code_name}"
    assert type(caught.value) is kind
    return caught.value


class Watch:
    seconds = 0.0


@contextlib.contextmanager
def stopwatch() -> Iterator[Watch]:
    watch, begin = Watch(), time.monotonic()
    try:
        yield watch
    finally:
        watch.seconds = time.monotonic() - begin


@contextlib.contextmanager
def unanswering_port() -> Iterator[int]:
    """A port of 127.0.0.1 where a connection is neither made nor refused: its queue is full, so that
    Linux leaves further SYNs without an answer."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def unused_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
