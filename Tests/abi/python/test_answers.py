"""What comes back: a job, or the service's error. The rows of the tables are those of the specification.

Where a row says so, this library differs from boto3 on purpose; what boto3 does with the same bytes is
in differential/.
"""

from __future__ import annotations

import base64
import json
import random
import re
from datetime import datetime, timezone

import pytest
from support import FULL_JOB, SMALL_JOB, failure, raw_get, stopwatch

import locjob


def answer(service, body, **members):
    """The next answer of the service: text as it is, other values as JSON."""
    if isinstance(body, bytes):
        members["body_base64"] = base64.b64encode(body).decode()
    else:
        members["body"] = body
    service.faults({"status": 200, **members})


# A job: the struct and the JSON


def test_struct_has_every_member(client, service):
    answer(service, FULL_JOB)
    result = raw_get(client(), b"a-job")
    assert result.code == 0
    assert result.job == {
        "job_id": "a-job",
        "job_arn": FULL_JOB["JobArn"],
        "name": FULL_JOB["Name"],
        "status": (4, "Failed"),
        "action": (1, "ValidateAddress"),
        "created_at": (1672531200, 0),
        "updated_at": (1672531201, 500_000_000),
        "ended_at": (1672531200, 123_456_789),
        "execution_role_arn": FULL_JOB["ExecutionRoleArn"],
        "input_location": "s3://in/",
        "input_format": (1, "Parquet"),
        "output_location": "s3://out/",
        "output_format": (1, "Parquet"),
        "additional_features": [(1, "Position"), (2, "CountrySpecificAttributes")],
        "error_code": (1, "ValidationError"),
        "error_messages": FULL_JOB["Error"]["Messages"],
        "tags": list(FULL_JOB["Tags"].items()),
    }


def test_json_is_what_the_service_sent(client, service):
    sent = {**FULL_JOB, "Later": {"deep": [1, None, "x"]}}
    answer(service, sent)
    assert raw_get(client(), b"a-job").json == sent


def test_success_has_no_error(client, service):
    answer(service, SMALL_JOB)
    result = raw_get(client(), b"a-job")
    assert (result.code, result.message, result.error_code, result.http_status) == (0, "", "", 200)
    assert (result.attempts, result.retryable, result.job_id, result.tag) == (1, 0, "a-job", 0)


@pytest.mark.parametrize("member", sorted(FULL_JOB.keys() - SMALL_JOB.keys()))
def test_an_optional_member_that_is_missing_or_null_is_absent(client, service, member):
    c = client()
    without = {name: value for name, value in FULL_JOB.items() if name != member}
    answer(service, without)
    missing = raw_get(c, b"a-job")
    answer(service, {**without, member: None})
    null = raw_get(c, b"a-job")
    assert missing.code == null.code == 0
    assert missing.job == null.job
    changed = {name for name, value in missing.job.items() if not value or value == (0, None)}
    assert (
        changed
        == {
            "ActionOptions": {"additional_features"},
            "EndedAt": {"ended_at"},
            "Error": {"error_code", "error_messages"},
            "Name": {"name"},
            "Tags": {"tags"},
        }[member]
    )
    answer(service, {**without, member: None})
    assert member not in c.get_job(JobId="a-job")


def test_absent_is_not_empty(client, service):
    empty = {
        "Name": "",
        "Tags": {},
        "Error": {"Code": "ValidationError", "Messages": []},
        "ActionOptions": {"ValidateAddress": {"AdditionalFeatures": []}},
    }
    answer(service, {**FULL_JOB, **empty})
    job = raw_get(client(), b"a-job").job
    assert job["name"] == ""
    assert not job["tags"]
    assert job["error_messages"] == job["additional_features"] == []  # pointers, which absent ones are not


@pytest.mark.parametrize(
    "status, value",
    [("Pending", 1), ("Running", 2), ("Completed", 3), ("Failed", 4), ("Cancelling", 5), ("Cancelled", 6),
     ("Paused", 0), ("PENDING", 0), ("", 0)],
)  # fmt: skip
def test_a_status_is_a_number_and_its_word(client, service, status, value):
    answer(service, {**SMALL_JOB, "Status": status})
    assert raw_get(client(), b"a-job").job["status"] == (value, status)


def test_every_unknown_enum_value_survives_as_text(client, service):
    answer(
        service,
        {
            **FULL_JOB,
            "Action": "Geocode",
            "InputOptions": {"Location": "s3://in/", "Format": "CSV"},
            "OutputOptions": {"Location": "s3://out/", "Format": "ORC"},
            "ActionOptions": {"ValidateAddress": {"AdditionalFeatures": ["Position", "Elevation"]}},
            "Error": {"Code": "QuotaError"},
        },
    )
    job = raw_get(client(), b"a-job").job
    assert job["action"] == (0, "Geocode")
    assert job["input_format"] == (0, "CSV") and job["output_format"] == (0, "ORC")
    assert job["additional_features"] == [(1, "Position"), (0, "Elevation")]
    assert job["error_code"] == (0, "QuotaError")


def test_unknown_members_stay_in_the_json_and_out_of_the_dictionary(client, service):
    c = client()
    sent = {**SMALL_JOB, "InputOptions": {**SMALL_JOB["InputOptions"], "Header": True}, "Progress": 0.5}
    service.create_job(JobId="a-job", document=sent)
    assert raw_get(c, b"a-job").json == sent
    job = c.get_job(JobId="a-job")
    assert "Progress" not in job and job["InputOptions"] == SMALL_JOB["InputOptions"]


def test_the_last_of_two_equal_keys_counts(client, service):
    text = json.dumps(SMALL_JOB)[:-1] + ',"Status":"Failed","Name":"first","Name":"second"}'
    service.create_job(JobId="a-job", document=text)
    result = raw_get(client(), b"a-job")
    assert result.job["status"] == (4, "Failed") and result.job["name"] == "second"
    assert result.json["Status"] == "Failed" and result.json["Name"] == "second"


def test_every_character_of_json_text_arrives(client, service):
    name = "".join(map(chr, [0, 1, 8, 9, 10, 13, 31, 34, 47, 92, 127, 0xE9, 0x2028, 0xFFFD, 0xFFFF, 0x1F5FC, 0x10FFFF]))
    for text in (json.dumps({**SMALL_JOB, "Name": name}), json.dumps({**SMALL_JOB, "Name": name}, ensure_ascii=False)):
        service.create_job(JobId="a-job", document=text)
        result = raw_get(client(), b"a-job")
        assert result.job["name"] == name and result.json["Name"] == name
        assert client().get_job(JobId="a-job")["Name"] == name


def test_half_a_surrogate_pair_is_replaced_in_the_struct_and_left_in_the_json(client, service):
    """No UTF-8 can express it; in JSON it is an escape like any other."""
    service.create_job(JobId="a-job", document=json.dumps({**SMALL_JOB, "Name": "a\ud800b"}))
    result = raw_get(client(), b"a-job")
    assert result.job["name"] == "a\ufffdb" and result.json["Name"] == "a\ud800b"


def test_a_tag_without_a_value_is_none_in_the_struct(client, service):
    service.create_job(JobId="a-job", document={**SMALL_JOB, "Tags": {"a": None, "b": "c"}})
    result = raw_get(client(), b"a-job")
    assert result.job["tags"] == [("b", "c")] and result.json["Tags"] == {"a": None, "b": "c"}


@pytest.mark.parametrize("text", [" {} ", "\r\n\t{}\n"])
def test_white_space_around_the_object_is_allowed(client, service, text):
    service.create_job(JobId="a-job", document=text.replace("{}", json.dumps(SMALL_JOB, indent=1)))
    assert raw_get(client(), b"a-job").job["job_id"] == "a-job"


def test_a_large_job_arrives_whole(client, service):
    tags = {f"key-{number}": "v" * 256 for number in range(50)}
    service.create_job(JobId="a-job", document={**FULL_JOB, "Tags": tags})
    assert client().get_job(JobId="a-job")["Tags"] == tags


# 200, but no job. boto3 calls most of these a success without fields, or ends in an error of Python.

NOT_A_JOB = {
    "empty": b"",
    "space": b" ",
    "empty object": b"{}",
    "not JSON": b"<html>hello</html>",
    "byte order mark": b"\xef\xbb\xbf" + json.dumps(SMALL_JOB).encode(),
    "trailing junk": json.dumps(SMALL_JOB).encode() + b"x",
    "second object": json.dumps(SMALL_JOB).encode() + b"{}",
    "cut off": json.dumps(SMALL_JOB).encode()[:-1],
    "null": b"null",
    "list": b"[]",
    "string": b'"job"',
    "number": b"1",
    "invalid UTF-8": json.dumps(SMALL_JOB).encode().replace(b"Running", b"Run\xff\xfe"),
    "surrogate in UTF-8": json.dumps(SMALL_JOB).encode().replace(b"Running", b"Run\xed\xa0\x80"),
    "overlong UTF-8": json.dumps(SMALL_JOB).encode().replace(b"Running", b"Run\xc0\xaf"),
    "NUL byte": json.dumps(SMALL_JOB).encode().replace(b"Running", b"Run\x00"),
    "raw control character": json.dumps(SMALL_JOB).encode().replace(b"Running", b"Run\x01"),
    "UTF-16": json.dumps(SMALL_JOB).encode("utf-16"),
    "single quotes": json.dumps(SMALL_JOB).replace('"', "'").encode(),
    "comment": b"/* */" + json.dumps(SMALL_JOB).encode(),
    "trailing comma": json.dumps(SMALL_JOB).encode()[:-1] + b",}",
    "NaN": json.dumps(SMALL_JOB).encode()[:-1] + b',"Later":NaN}',
    "leading zero": json.dumps(SMALL_JOB).encode()[:-1] + b',"Later":01}',
    "half a number": json.dumps(SMALL_JOB).encode()[:-1] + b',"Later":1.}',
    "bad escape": json.dumps(SMALL_JOB).encode()[:-1] + rb',"Later":"\x41"}',
    "half an escape": json.dumps(SMALL_JOB).encode()[:-1] + rb',"Later":"\u12"}',
    "gzip that nobody asked for": base64.b64decode("H4sIAAAAAAAC/6uuBQBDv6ajAgAAAA=="),
}


@pytest.mark.parametrize("body", NOT_A_JOB.values(), ids=NOT_A_JOB)
def test_a_200_that_is_no_job_is_an_invalid_response(client, service, body):
    answer(service, body)
    c = client(max_attempts=1)
    error = failure(locjob.InvalidResponse, "INVALID_RESPONSE", c.get_job, JobId="a-job")
    assert error.retryable and error.attempts == 1
    assert str(error) and "\n" not in str(error)


@pytest.mark.parametrize("name", ["empty", "empty object", "not JSON", "byte order mark", "trailing junk", "null"])
def test_an_invalid_response_is_asked_for_again(client, service, name):
    service.create_job(JobId="a-job")
    answer(service, NOT_A_JOB[name])
    job = client().get_job(JobId="a-job")
    assert job["JobId"] == "a-job" and job["ResponseMetadata"]["RetryAttempts"] == 1


REQUIRED = [
    ("Action",), ("CreatedAt",), ("ExecutionRoleArn",), ("InputOptions",), ("InputOptions", "Location"),
    ("InputOptions", "Format"), ("JobArn",), ("JobId",), ("OutputOptions",), ("OutputOptions", "Location"),
    ("OutputOptions", "Format"), ("Status",), ("UpdatedAt",), ("Error", "Code"),
]  # fmt: skip


def changed(path, value, job=FULL_JOB):
    """The job with another value at a path; Ellipsis removes the member."""
    first, *rest = path
    members = dict(job)
    if rest:
        members[first] = changed(rest, value, members[first])
    elif value is ...:
        del members[first]
    else:
        members[first] = value
    return members


@pytest.mark.parametrize("path", REQUIRED, ids=".".join)
@pytest.mark.parametrize("value", [..., None], ids=["missing", "null"])
def test_a_required_member_that_is_missing_is_named(client, service, path, value):
    answer(service, changed(path, value))
    c = client(max_attempts=1)
    error = failure(locjob.InvalidResponse, "INVALID_RESPONSE", c.get_job, JobId="a-job")
    assert path[-1] in str(error)


TEXTS = [*REQUIRED, ("Name",), ("EndedAt",)]


@pytest.mark.parametrize(
    "path", [path for path in TEXTS if path not in (("InputOptions",), ("OutputOptions",))], ids=".".join
)
@pytest.mark.parametrize("value", [True, ["x"], {"x": "y"}], ids=repr)
def test_a_scalar_of_the_wrong_type_is_named(client, service, path, value):
    answer(service, changed(path, value))
    c = client(max_attempts=1)
    error = failure(locjob.InvalidResponse, "INVALID_RESPONSE", c.get_job, JobId="a-job")
    assert path[-1] in str(error)


@pytest.mark.parametrize(
    "path, value",
    [
        (("Status",), 5),
        (("JobId",), 5),
        (("InputOptions",), []),
        (("OutputOptions",), "x"),
        (("ActionOptions",), []),
        (("ActionOptions", "ValidateAddress"), "x"),
        (("ActionOptions", "ValidateAddress", "AdditionalFeatures"), {}),
        (("ActionOptions", "ValidateAddress", "AdditionalFeatures"), [5]),
        (("Error",), "x"),
        (("Error", "Messages"), "x"),
        (("Error", "Messages"), [["x"]]),
        (("Tags",), ["x"]),
        (("Tags",), {"a": 5}),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else repr(value),
)
def test_a_container_or_its_content_of_the_wrong_type_is_named(client, service, path, value):
    answer(service, changed(path, value))
    c = client(max_attempts=1)
    error = failure(locjob.InvalidResponse, "INVALID_RESPONSE", c.get_job, JobId="a-job")
    assert path[-1] in str(error)


def nested(depth: int) -> bytes:
    return json.dumps(SMALL_JOB).encode()[:-1] + b',"Later":' + b"[" * depth + b"]" * depth + b"}"


def test_moderate_nesting_is_fine(client, service):
    answer(service, nested(20))
    assert raw_get(client(), b"a-job").code == 0


@pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["lists", "objects"])
def test_very_deep_nesting_is_an_invalid_response(client, service, opening):
    answer(service, json.dumps(SMALL_JOB).encode()[:-1] + b',"Later":' + opening * 100_000)
    failure(locjob.InvalidResponse, "INVALID_RESPONSE", client(max_attempts=1).get_job, JobId="a-job")


def test_very_deep_nesting_that_is_closed_again_is_an_invalid_response(client, service):
    answer(service, nested(100_000))
    failure(locjob.InvalidResponse, "INVALID_RESPONSE", client(max_attempts=1).get_job, JobId="a-job")


PIECES = [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"0", b"-", b".", b"e5", b"1e999", b"-0", b"00",
          b"\\u0000", b"\\ud800", b"\\udc00", b"\\u00e9", b"\xff", b"\xc3", b"\x00", b"\n", b"NaN", b'"Status"', b'"Tags":{"a":"b"},']  # fmt: skip


def damaged(body: bytes, draw: random.Random) -> bytes:
    """The body with a few bytes removed, replaced, repeated or put in."""
    changed = bytearray(body)
    for _ in range(draw.choice([1, 1, 1, 2, 3, 6])):
        place = draw.randrange(len(changed))
        what = draw.randrange(4)
        if what == 0:
            del changed[place : place + draw.randrange(1, 8)]
        elif what == 1:
            changed[place:place] = draw.choice(PIECES)
        elif what == 2:
            changed[place] = draw.randrange(256)
        else:
            source = draw.randrange(len(changed))
            changed[place:place] = changed[source : source + draw.randrange(20)]
    return bytes(changed)


def test_a_damaged_body_is_refused_or_read_as_python_reads_it(client, service):
    """What is accepted is JSON for another reader too, and says the same to it as the struct says."""

    def no_json(word: str) -> None:
        raise ValueError(f"{word} is Python's, not JSON's")

    draw, c, accepted = random.Random("damage"), client(max_attempts=1), 0
    for _ in range(1500):
        body = damaged(json.dumps(FULL_JOB, ensure_ascii=draw.random() < 0.5).encode(), draw)
        answer(service, body)
        result = raw_get(c, b"a-job")
        if result.code:
            assert result.code == 38, (body, result.message)
            continue
        accepted += 1
        job = json.loads(body.decode(), parse_constant=no_json)
        assert result.json == job, body
        assert result.job["status"][1] == re.sub("[\ud800-\udfff]", "\ufffd", job["Status"]), body
        assert (result.job["name"] is None) == (job.get("Name") is None), body
        assert len(result.job["tags"] or []) == sum(value is not None for value in (job.get("Tags") or {}).values()), (
            body
        )
    assert accepted > 100


# Timestamps


def epoch(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=timezone.utc).timestamp())


TIMES = {
    "2023-01-01T00:00:00Z": (1672531200, 0),
    "2023-01-01T00:00:00.1Z": (1672531200, 100_000_000),
    "2023-01-01T00:00:00.123Z": (1672531200, 123_000_000),
    "2023-01-01T00:00:00.123456789Z": (1672531200, 123_456_789),
    "2023-01-01T00:00:00.000000001Z": (1672531200, 1),
    "2023-01-01T00:00:00.999999999Z": (1672531200, 999_999_999),
    "2023-01-01T00:00:00.1234567899Z": (1672531200, 123_456_789),
    "2023-01-01T01:00:00+01:00": (1672531200, 0),
    "2022-12-31T18:30:00-05:30": (1672531200, 0),
    "2023-01-01T01:00:00+0100": (1672531200, 0),
    "2023-01-01T00:00:00": (1672531200, 0),
    "2023-01-01T00:00:00.5": (1672531200, 500_000_000),
    "2023-01-01": (1672531200, 0),
    "2024-02-29T12:00:00Z": (epoch(2024, 2, 29, 12), 0),
    "2000-02-29T00:00:00Z": (epoch(2000, 2, 29), 0),
    "1969-12-31T23:59:59.25Z": (-1, 250_000_000),
    "1900-03-01T00:00:00Z": (epoch(1900, 3, 1), 0),
    "2100-03-01T00:00:00Z": (epoch(2100, 3, 1), 0),
    "9999-12-31T23:59:59.999Z": (epoch(9999, 12, 31, 23, 59, 59), 999_000_000),
    "0001-01-01T00:00:00Z": (-62135596800, 0),
    "2038-01-19T03:14:08Z": (1 << 31, 0),
    "Sun, 01 Jan 2023 00:00:00 GMT": (1672531200, 0),
    "Thu, 29 Feb 2024 12:00:00 GMT": (epoch(2024, 2, 29, 12), 0),
    1672531200: (1672531200, 0),
    1672531200.5: (1672531200, 500_000_000),
    0: (0, 0),
    -1: (-1, 0),
}


@pytest.mark.parametrize("value", TIMES, ids=str)
def test_a_time_is_read_to_the_nanosecond(client, service, value):
    job = {**FULL_JOB, "CreatedAt": value, "UpdatedAt": value, "EndedAt": value}
    service.create_job(JobId="a-job", document=job)
    c = client(max_attempts=1)
    result = raw_get(c, b"a-job")
    assert result.code == 0, result.message
    seconds, nanoseconds = TIMES[value]
    for name in ("created_at", "updated_at", "ended_at"):
        assert result.job[name] == (seconds, nanoseconds)
    created = c.get_job(JobId="a-job")["CreatedAt"]
    assert (created - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() == pytest.approx(
        seconds + nanoseconds // 1000 / 1e6, abs=1e-6
    )


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1672531200.000000001", (1672531200, 1)),
        ("1672531200.123456789", (1672531200, 123_456_789)),
        ("1.6725312e9", (1672531200, 0)),
        ("-0.25", (-1, 750_000_000)),
        ("-1.5", (-2, 500_000_000)),
    ],
)
def test_epoch_seconds_are_read_from_their_digits(client, service, text, expected):
    """Not by way of a double, which at this size ends 200 nanoseconds after the point."""
    service.create_job(
        JobId="a-job", document=json.dumps({**SMALL_JOB, "CreatedAt": 0}).replace('At": 0', f'At": {text}')
    )
    result = raw_get(client(max_attempts=1), b"a-job")
    assert result.code == 0, result.message
    assert result.job["created_at"] == expected


NOT_TIMES = [
    "", " ", "now", "yesterday", "1672531200", "2023", "2023-01", "2023-13-01T00:00:00Z", "2023-00-01T00:00:00Z",
    "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2023-04-31T00:00:00Z", "2023-01-01T24:00:01Z",
    "2023-01-01T25:00:00Z", "2023-01-01T00:60:00Z", "2023-01-01T00:00:61Z", "2023-01-01T00:00:00+25:00",
    "2023-01-01T00:00:00Zjunk", "2023-01-01T00:00:00.Z", "2023-1-1T00:00:00Z", "01/02/2023", "Sun, 01 Foo 2023 00:00:00 GMT",
    "2023-01-01T00:00:00 PST", "\u0662\u0660\u0662\u0663-01-01T00:00:00Z", "2023-01-01T00:00:00Z\u0000", "x" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_TIMES, ids=lambda text: ascii(text[:40]))
@pytest.mark.parametrize("member", ["CreatedAt", "EndedAt"])
def test_anything_else_is_no_time(client, service, text, member):
    answer(service, {**FULL_JOB, member: text})
    error = failure(locjob.InvalidResponse, "INVALID_RESPONSE", client(max_attempts=1).get_job, JobId="a-job")
    assert member in str(error) and len(str(error)) < 500


@pytest.mark.parametrize("number", ["1e400", "1e30", "-1e30", "9223372036854775808", "1e18"])
def test_a_number_that_is_no_time_is_refused(client, service, number):
    service.create_job(
        JobId="a-job", document=json.dumps({**SMALL_JOB, "CreatedAt": 0}).replace('At": 0', f'At": {number}')
    )
    failure(locjob.InvalidResponse, "INVALID_RESPONSE", client(max_attempts=1).get_job, JobId="a-job")


# An error response


def error_of(client, service, status, body="", headers=(), **members):
    service.faults({"status": status, "body": body, "headers": [list(pair) for pair in headers], **members})
    result = raw_get(client(max_attempts=1), b"a-job")
    assert result.job is None and result.code != 0
    assert result.message and "\n" not in result.message
    assert result.json["Error"]["Code"] == result.error_code
    assert result.json["ResponseMetadata"] == result.metadata
    assert result.http_status == status == result.metadata["HTTPStatusCode"]
    return result


CODE_SOURCES = {
    "header": ({}, [("x-amzn-ErrorType", "AccessDeniedException")]),
    "header with a URL behind it": ({}, [("x-amzn-errortype", "AccessDeniedException:http://internal.amazon.com/")]),
    "header with a name space": ({}, [("X-Amzn-Errortype", "aws.geo#AccessDeniedException")]),
    "header with both": ({}, [("x-amzn-errortype", "aws.geo#AccessDeniedException:http://internal.amazon.com/#x")]),
    "header before the body": ({"code": "Other", "__type": "Other"}, [("x-amzn-errortype", "AccessDeniedException")]),
    "code": ({"code": "AccessDeniedException"}, []),
    "Code": ({"Code": "AccessDeniedException"}, []),
    "__type": ({"__type": "com.amazonaws.geo#AccessDeniedException"}, []),
    "__type with a URL behind it": ({"__type": "AccessDeniedException:http://x/"}, []),
    "code before Code and __type": ({"__type": "Other", "Code": "Other", "code": "AccessDeniedException"}, []),
    "Code before __type": ({"__type": "Other", "Code": "AccessDeniedException"}, []),
}


@pytest.mark.parametrize("body, headers", CODE_SOURCES.values(), ids=CODE_SOURCES)
def test_the_code_of_an_error(client, service, body, headers):
    result = error_of(client, service, 403, {**body, "message": "no"}, headers)
    assert (result.error_code, result.code) == ("AccessDeniedException", 51)


@pytest.mark.parametrize("status", [400, 403, 404, 418, 429, 500, 503])
def test_without_any_code_it_is_the_status(client, service, status):
    assert error_of(client, service, status, {"message": "no"}).error_code == str(status)


@pytest.mark.parametrize(
    "body, message",
    [
        ({"message": "lower"}, "lower"),
        ({"Message": "upper"}, "upper"),
        ({"message": "lower", "Message": "upper"}, "lower"),
        ("the whole body", "the whole body"),
        ({"message": "Z\u00fcrich \U0001f5fc"}, "Z\u00fcrich \U0001f5fc"),
    ],
)
def test_the_message_of_an_error(client, service, body, message):
    result = error_of(client, service, 403, body, [("x-amzn-errortype", "AccessDeniedException")])
    assert result.json["Error"] == {"Code": "AccessDeniedException", "Message": message}
    assert message in result.message


def test_the_line_for_people_is_one_line_whatever_the_service_says(client, service):
    result = error_of(client, service, 403, {"message": "one\r\ntwo\n\tthree\x1b[31m\x00four"})
    assert "two" in result.message
    assert all(character >= " " and character != "\x7f" for character in result.message)


@pytest.mark.parametrize("body", ["", "<html><body>Service Unavailable</body></html>"])
@pytest.mark.parametrize("status, name, code", [(500, "InternalServerException", 54), (503, "SlowDown", 53)])
def test_the_header_counts_even_when_the_body_of_a_5xx_is_empty_or_html(client, service, body, status, name, code):
    result = error_of(client, service, status, body, [("x-amzn-errortype", name)])
    assert (result.error_code, result.code) == (name, code)


@pytest.mark.parametrize(
    "body", ["[]", "null", '"text"', "5", "plain text", "two\r\nlines\r\n", "<!DOCTYPE html>hello", '{"message":']
)
@pytest.mark.parametrize("status, code, retryable", [(400, 56, 0), (404, 56, 0), (502, 54, 1)])
def test_a_body_that_is_no_object_is_the_message(client, service, body, status, code, retryable):
    result = error_of(client, service, status, body)
    assert result.error_code == str(status)
    assert result.json["Error"]["Message"] == body
    assert (result.code, result.retryable) == (code, retryable)


@pytest.mark.parametrize("body", ["", " \r\n", "<html>hello</html>", "\n<html>"])
@pytest.mark.parametrize("status, message", [(500, "Internal Server Error"), (503, "Service Unavailable"), (599, "")])
def test_a_5xx_without_a_body_or_with_a_page_is_told_by_its_status(client, service, status, message, body):
    """As in boto3: a proxy has written it, and not the service."""
    result = error_of(client, service, status, body)
    assert result.json["Error"] == {"Code": str(status), "Message": message}


def test_of_a_long_body_the_first_part_is_the_message(client, service):
    result = error_of(client, service, 400, "word " * 20_000)
    assert result.json["Error"]["Message"].startswith("word word")
    assert len(result.json["Error"]["Message"]) < 10_000 and len(result.message) < 10_000


def test_a_body_of_an_error_that_is_not_utf8_becomes_readable_text(client, service):
    service.faults({"status": 400, "body_base64": base64.b64encode(b"caf\xe9 \xff").decode()})
    result = raw_get(client(), b"a-job")
    assert result.code == 56 and "caf\ufffd" in result.json["Error"]["Message"]


def test_a_validation_error_has_its_reason_and_fields(client, service):
    service.faults(
        {
            "error": "ValidationException",
            "body": {
                "message": "no",
                "reason": "FieldValidationFailed",
                "fieldList": [{"name": "jobId", "message": "bad"}, {"name": "x", "message": "y"}],
            },
        }
    )
    error = failure(locjob.ValidationException, "VALIDATION_ERROR", client().get_job, JobId="a-job")
    assert error.response["Reason"] == "FieldValidationFailed"
    assert error.response["FieldList"] == [{"Name": "jobId", "Message": "bad"}, {"Name": "x", "Message": "y"}]
    assert error.response["Message"] == "no"  # boto3 repeats it here for modelled errors


@pytest.mark.parametrize(
    "status, name, code",
    [
        (400, "ValidationException", 50),
        (403, "AccessDeniedException", 51),
        (404, "ResourceNotFoundException", 52),
        (429, "ThrottlingException", 53),
        (400, "ThrottlingException", 53),
        (503, "SlowDown", 53),
        (429, "", 53),
        (500, "InternalServerException", 54),
        (500, "", 54),
        (502, "", 54),
        (599, "", 54),
        (403, "InvalidSignatureException", 55),
        (403, "SignatureDoesNotMatch", 55),
        (403, "UnrecognizedClientException", 55),
        (403, "InvalidClientTokenId", 55),
        (403, "ExpiredTokenException", 55),
        (400, "ExpiredToken", 55),
        (403, "MissingAuthenticationTokenException", 55),
        (403, "IncompleteSignatureException", 55),
        (400, "", 56),
        (404, "UnknownOperationException", 56),
        (418, "TeapotException", 56),
        (301, "", 56),
        (304, "", 56),
    ],
)
def test_the_code_says_what_kind_of_error_it_is(client, service, status, name, code):
    result = error_of(client, service, status, "", [("x-amzn-errortype", name)] if name else [])
    assert result.code == code, result.message
    assert result.error_code == (name or str(status))


# Metadata


def test_metadata_are_those_of_boto3(client, service):
    answer(
        service,
        SMALL_JOB,
        bare=True,
        headers=[
            ["Content-Length", str(len(json.dumps(SMALL_JOB, separators=(",", ":"))))],
            ["X-Amzn-RequestId", "r-1"],
            ["X-Twice", "a"],
            ["x-twice", "b"],
            ["X-Empty", ""],
            ["X-Colon", "a: b:c"],
        ],  # fmt: skip
    )
    result = raw_get(client(), b"a-job")
    assert result.code == 0
    assert result.request_id == "r-1"
    length = result.metadata["HTTPHeaders"].pop("content-length")
    assert int(length) > 100
    assert result.metadata == {
        "RequestId": "r-1",
        "HTTPStatusCode": 200,
        "HTTPHeaders": {"x-amzn-requestid": "r-1", "x-twice": "a, b", "x-empty": "", "x-colon": "a: b:c"},
        "RetryAttempts": 0,
    }


def test_the_other_request_id_is_the_fallback_and_brings_the_host(client, service):
    body = json.dumps(SMALL_JOB)
    headers = [["x-amz-request-id", "r-2"], ["x-amz-id-2", "host-2"], ["Content-Length", str(len(body))]]
    service.faults({"status": 200, "bare": True, "headers": headers, "body": body})
    result = raw_get(client(), b"a-job")
    assert result.request_id == "r-2"
    assert (result.metadata["RequestId"], result.metadata["HostId"]) == ("r-2", "host-2")


def test_headers_that_are_not_utf8_become_readable_text(client, service):
    service.faults({"headers": [["X-Odd", "caf\u00e9"]]})
    service.create_job(JobId="a-job")
    assert raw_get(client(), b"a-job").metadata["HTTPHeaders"]["x-odd"] == "caf\u00e9"


def test_a_failure_before_any_response_has_no_metadata_of_one(client, service):
    service.faults({"close_before_response": True})
    result = raw_get(client(max_attempts=1), b"a-job")
    assert result.code == 35 and result.http_status == 0 and result.request_id == ""
    assert result.error_code == "CONNECTION_LOST"
    assert result.metadata == {"MaxAttemptsReached": True, "RetryAttempts": 0}


# Size and time


def test_a_body_above_the_cap_is_too_large_and_not_asked_for_again(client, service):
    service.create_job(JobId="a-job")
    service.faults({"body_size": 1_048_577, "times": 3})
    error = failure(locjob.ResponseTooLarge, "RESPONSE_TOO_LARGE", client().get_job, JobId="a-job")
    assert error.attempts == 1


def test_a_slow_drip_is_ended_by_the_deadline_of_the_call(client, service):
    """It never reaches the read timeout, as a byte arrives now and then; boto3 would wait to the end."""
    service.create_job(JobId="a-job")
    service.faults({"drip": {"bytes": 1, "pause": 0.05}, "times": "endless"})
    with stopwatch() as watch:
        failure(
            locjob.DeadlineExceeded,
            "DEADLINE_EXCEEDED",
            client(read_timeout_ms=200).get_job,
            JobId="a-job",
            timeout=0.5,
        )
    assert 0.4 < watch.seconds < 0.9
