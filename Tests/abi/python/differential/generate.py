"""The cases: those of fixtures/, written by hand, and those drawn from a seed, which are the same every time."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Dict, List

FIXTURES = Path(__file__).parent / "fixtures"
Case = Dict[str, Any]


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


def name_of(case: Case) -> str:
    return case["name"]


# Job ids


def job_ids() -> List[Case]:
    cases = [{"name": ascii(case["job_id"]), **case} for case in fixture("job_ids")]
    draw = random.Random("job ids")
    alphabets = [
        "abcXYZ019-._",
        "".join(map(chr, range(0x20, 0x7F))),
        "/.%?#&=+ \\",
        "".join(map(chr, range(1, 0x100))),
        "\u00e9\u0416\u4e2d\u05d0\u0e01\u1f600\U0001f600\U0010ffff\ue000\ufffe",
    ]
    for number in range(100):
        alphabet = alphabets[number % len(alphabets)]
        length = draw.choice([1, 2, 3, 8, 30, 199, 200])
        text = "".join(draw.choice(alphabet) for _ in range(length))
        if text not in (".", ".."):
            cases.append({"name": f"drawn {number}", "job_id": text})
    cases += [
        {"name": f"{length} characters", "job_id": "\u00e9" * length, "here": "job id too long"}
        for length in (201, 500)
    ]
    cases += [{"name": f"{length} characters", "job_id": "x" * length} for length in (199, 200)]
    return cases


# Responses with status 200

JOB = fixture("job")
OPTIONAL = ["ActionOptions", "EndedAt", "Error", "Name", "Tags"]
REQUIRED = [name for name in JOB if name not in OPTIONAL]
TEXT = ["Action", "ExecutionRoleArn", "JobArn", "JobId", "Name", "Status"]
WORDS = [
    "",
    "x",
    "Z\u00fcrich",
    "\u6771\u4eac \U0001f5fc",
    '"\\/\b\f\n\r\t',
    "\u0000\u001f\u007f\u0080\u2028\ufffd\uffff",
    "a" * 300,
]
TIMES = [
    "2023-01-01T00:00:00Z", "2023-01-01T00:00:00.123Z", "2023-01-01T00:00:00.123456Z", "2023-01-01T00:00:00.1234567Z",
    "2023-01-01T00:00:00.999999999Z", "2023-01-01T01:02:03+02:00", "2023-01-01T01:02:03-05:30", "2023-01-01T01:02:03.5+0000",
    "1969-12-31T23:59:59.5Z", "1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    "2024-02-29T23:59:59Z", "Sun, 01 Jan 2023 00:00:00 GMT", "Thu, 29 Feb 2024 12:30:45 GMT", 0, 1, -1, 1672531200,
    1672531200.5, 1672531200.123, 4102444800, -2208988800,
]  # fmt: skip


def responses() -> List[Case]:
    return [*fixture("responses"), *_drawn_responses(), *_times(), *_missing_and_wrong(), *_deep()]


def _drawn_responses() -> List[Case]:
    """Jobs that the service could send, each written in its own way."""
    cases = []
    for number in range(120):
        draw = random.Random(f"response {number}")
        job = {**JOB, **{name: draw.choice(TIMES) for name in ("CreatedAt", "UpdatedAt", "EndedAt")}}
        for name in OPTIONAL:
            if draw.random() < 0.3:
                job[name] = None
            elif draw.random() < 0.4:
                del job[name]
        for name in TEXT:
            if name in job and draw.random() < 0.3:
                job[name] = draw.choice(WORDS)
        if job.get("Tags"):
            job["Tags"] = {draw.choice(WORDS) + str(index): draw.choice(WORDS) for index in range(draw.randrange(50))}
        if job.get("ActionOptions"):
            features = draw.sample(["Position", "CountrySpecificAttributes", "Elevation", ""], draw.randrange(5))
            job["ActionOptions"] = draw.choice([{}, {"ValidateAddress": {}}, {"ValidateAddress": None},
                                                {"ValidateAddress": {"AdditionalFeatures": features}}, {"Other": {"a": 1}}])  # fmt: skip
        if job.get("Error"):
            job["Error"] = {"Code": draw.choice(["ValidationError", "InternalServerError", "New"])}
            if draw.random() < 0.7:
                job["Error"]["Messages"] = draw.choice(
                    [None, [], [draw.choice(WORDS) for _ in range(draw.randrange(1, 5))]]
                )
        for name in ("Later", "status", "jobId", "ResponseMetadata", "a.b"):
            if draw.random() < 0.2:
                job[name] = draw.choice([None, True, 1e5, -0.5, "x", [1, [2, {}]], {"a": {"b": [None]}}])
        members = list(job.items())
        draw.shuffle(members)
        body = json.dumps(
            dict(members),
            ensure_ascii=draw.random() < 0.5,
            indent=draw.choice([None, None, 0, 2, "\t"]),
            separators=draw.choice([None, (",", ":"), (" ,\r\n ", " : ")]),
        )
        headers = draw.sample([["X-A", "1"], ["x-a", "2"], ["X-Amz-Cf-Id", "abc=="], ["Content-Language", "en"],
                               ["Via", "1.1 x, 1.0 y"], ["ETag", '"q"']], draw.randrange(4))  # fmt: skip
        cases.append(
            {"name": f"drawn {number}", "body": body, "headers": headers, "chunked": draw.choice([None, None, 1, 100])}
        )
    return cases


def _times() -> List[Case]:
    cases = [{"name": f"time {value!r}", "body": {**JOB, "CreatedAt": value}} for value in TIMES]
    for text in ("2023-01-01T00:00:00", "2023-01-01T00:00:00.25", "2023-01-01"):
        cases.append({"name": f"time {text!r}", "body": {**JOB, "CreatedAt": text}, "here": "time without a zone"})
    for text in fixture("other_times"):
        cases.append({"name": f"no time {text!r}", "body": {**JOB, "UpdatedAt": text}, "here": "other time format"})
    return cases


def _missing_and_wrong() -> List[Case]:
    cases = []
    for name in REQUIRED:
        without = {member: value for member, value in JOB.items() if member != name}
        cases.append({"name": f"without {name}", "body": without, "here": "member missing"})
        cases.append({"name": f"{name} is null", "body": {**JOB, name: None}, "here": "member missing"})
    for name in JOB:
        value = 5 if name in TEXT else "x" if isinstance(JOB[name], dict) else True
        cases.append({"name": f"{name} is {value!r}", "body": {**JOB, name: value}, "here": "wrong type"})
    return cases


def _deep() -> List[Case]:
    start, count = json.dumps(JOB)[:-1] + ', "Later": ', 20_000
    return [
        {"name": "deep lists", "body": start + "[" * count + "]" * count + "}", "here": "deep nesting"},
        {"name": "deep objects", "body": start + '{"a":' * count + "1" + "}" * count + "}", "here": "deep nesting"},
    ]


# Responses with an error


def errors() -> List[Case]:
    cases = fixture("errors")
    codes = ["ValidationException", "AccessDeniedException", "ResourceNotFoundException", "ThrottlingException",
             "InternalServerException", "ExpiredTokenException", "SlowDown", "a#B", "C:d", "42", ""]  # fmt: skip
    for number in range(150):
        draw = random.Random(f"error {number}")
        body: Dict[str, Any] = {}
        headers = []
        for name in draw.sample(["code", "Code", "__type"], draw.randrange(4)):
            body[name] = draw.choice(codes)
        for name in draw.sample(["message", "Message"], draw.randrange(3)):
            body[name] = draw.choice(WORDS)
        if draw.random() < 0.4:
            body["reason"] = draw.choice(["Missing", "Other", "", None])
            body["fieldList"] = draw.choice([[], [{"name": draw.choice(WORDS), "message": draw.choice(WORDS)}], None])
        if draw.random() < 0.5:
            headers = [[draw.choice(["x-amzn-ErrorType", "X-Amzn-Errortype"]), draw.choice(codes)]]
        status = draw.choice(
            [400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 431, 451, 500, 501, 502, 503, 504, 505, 529, 599]
        )
        members = list(body.items())
        draw.shuffle(members)
        case = {"name": f"drawn {number}", "status": status, "headers": headers, "body": json.dumps(dict(members))}
        given = [value for _, value in headers] + [body[name] for name in ("code", "Code", "__type") if name in body]
        cases.append({**case, "here": "empty code"} if given[:1] == [""] else case)
    return cases


def scripted(case: Case, times: int) -> Case:
    """The answer for the service's script. What would differ from one time to the next is fixed."""
    answer = {
        name: case[name]
        for name in ("status", "body", "body_base64", "bare", "body_size", "content_length", "close")
        if name in case
    }
    answer.setdefault("status", 200)
    if case.get("chunked"):
        answer["chunked"] = case["chunked"]
    headers = case.get("headers", [])
    if not case.get("bare"):
        headers = [["Date", "Sun, 01 Jan 2023 00:00:00 GMT"], ["x-amzn-RequestId", "a-request"], *headers]
    return {**answer, "headers": headers, "times": times}


# How often a response is asked for


def retries() -> List[Case]:
    cases = []
    for mode in ("standard", "legacy"):
        for status in (
            301,
            400,
            401,
            403,
            404,
            408,
            409,
            425,
            429,
            499,
            500,
            501,
            502,
            503,
            504,
            505,
            507,
            509,
            529,
            599,
        ):
            case = {"name": f"{mode} {status}", "retry_mode": mode, "status": status, "body": {"message": "m"}}
            cases.append({**case, "here": "maximum of legacy mode"} if mode == "legacy" else case)
    coded = [(400, code) for code in fixture("retried_codes")]
    coded += [
        (429, code) for code in ("AccessDeniedException", "ResourceNotFoundException", "ValidationException", "Strange")
    ]
    coded += [(403, code) for code in ("ExpiredToken", "InvalidSignatureException", "AccessDeniedException")]
    for status, code in coded:
        case = {
            "name": f"{status} {code}",
            "status": status,
            "headers": [["x-amzn-ErrorType", code]],
            "body": {"message": "m"},
        }
        # The scripted Date is that of another year.
        cases.append({**case, "here": "clock skew"} if code == "InvalidSignatureException" else case)
    return cases
