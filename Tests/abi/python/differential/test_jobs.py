"""Jobs that were made at random, member for member: with members that are missing, null, of another type, there twice or
damaged, names and values written with escapes, and white space everywhere. Each is taken or refused as the model has it,
and its struct has what Python reads. The seed is fixed.
"""

from __future__ import annotations

import json
import random
from decimal import ROUND_DOWN, Decimal
from typing import Any, Dict, List, Tuple

import pytest
from support import FULL_JOB
from test_json import MAXIMUM_DEPTH, Number, answers, damaged, depth_of, loaded, refuse, space, string, value, without_halves

MAXIMUM_TAGS = 1000
TIMES = {
    "2023-01-01T00:00:00.123Z": (1_672_531_200, 123_000_000),
    "2023-01-01T00:00:00Z": (1_672_531_200, 0),
    "Sun, 01 Jan 2023 00:00:00 GMT": (1_672_531_200, 0),
}
#: A text that damage has made, of which other tests tell more (Tests/LocJobCoreTests/Time).
UNKNOWN = (0, -1)


# Making them


class Maker:
    def __init__(self, random_: random.Random):
        self._random = random_
        self._is_spaced = random_.random() < 0.5

    def _around(self, text: str) -> str:
        return space(self._random) + text + space(self._random) if self._is_spaced else text

    def _escaped(self, text: str) -> str:
        """With some characters as escapes."""
        return '"' + "".join(f"\\u{ord(each):04x}" if self._random.random() < 0.2 else each for each in text) + '"'

    def _name(self, text: str) -> str:
        return self._escaped(text) if self._random.random() < 0.15 else f'"{text}"'

    def _odd(self) -> str:
        return self._random.choice(["null", "null", "1", "-0.5e3", "true", "[]", "{}", '""', '"x"', "[null]", '{"a":null}', "[[]]"])

    def _array(self, values: List[str]) -> str:
        return "[" + ",".join(map(self._around, values)) + "]"

    def _object(self, members: List[Tuple[str, str]]) -> str:
        return "{" + ",".join(f"{self._around(name)}:{self._around(text)}" for name, text in members) + "}"

    def _members(self, wanted: Dict[str, str]) -> str:
        """An object with these, some of which are missing or come twice, among others."""
        members = []
        for name, text in wanted.items():
            chance = self._random.random()
            if chance < 0.02:
                continue
            if chance < 0.08:
                members.append((self._name(name), self._odd()))
            if chance > 0.92:
                members.append((self._name(self._random.choice(["X", "", *FULL_JOB])), value(self._random)))
            members.append((self._name(name), text))
            if 0.08 < chance < 0.1:
                members.append((self._name(name), self._odd()))
        if self._random.random() < 0.2:
            self._random.shuffle(members)
        return self._object(members)

    def _tags(self) -> str:
        count = self._random.choice([0, 1, 3, 17, 70] * 8 + [MAXIMUM_TAGS, MAXIMUM_TAGS + 1])
        names = ['"a"', '"\\u0061"', '""', '"\u00e9"', '"\\u00e9"', '"b"']
        tags = []
        for number in range(count):
            text = self._odd() if self._random.random() < 0.001 else self._random.choice(["null", '"v"', string(self._random)])
            tags.append((self._random.choice(names) if self._random.random() < 0.3 else f'"k{number}"', text))
        return self._object(tags)

    def _value(self, name: str) -> str:
        choice = self._random.choice
        if name in ("InputOptions", "OutputOptions"):
            formats = ['"Parquet"', '"Csv"', '"P\\u0061rquet"']
            return self._members({"Location": self._escaped("s3://x/\u00e9"), "Format": choice(formats)})
        if name == "Error":
            messages = self._array([string(self._random) for _ in range(choice([0, 1, 4]))])
            return self._members({"Code": choice(['"ValidationError"', '"q"']), "Messages": messages})
        if name == "ActionOptions":
            features = [choice(['"Position"', '"CountrySpecificAttributes"', '"\u00e9"']) for _ in range(choice([0, 1, 4]))]
            return self._members({"ValidateAddress": self._members({"AdditionalFeatures": self._array(features)})})
        if name == "Tags":
            return self._tags()
        if name.endswith("At"):
            return choice([*map(json.dumps, TIMES), "1672531200.25", '"2023-01-01T00:00:00.12\\u0033Z"'])
        return choice(['"Running"', '"Run\\u006eing"']) if name == "Status" else string(self._random)

    def job(self) -> bytes:
        body = self._around(self._members({name: self._value(name) for name in FULL_JOB})).encode()
        return damaged(self._random, body) if self._random.random() < 0.15 else body


# Reading them as the model has them


class Refused(Exception):
    pass


def typed(given: Any, kind: type) -> Any:
    if type(given) is not kind:
        raise Refused
    return given


def text(given: Any) -> str:
    return without_halves(typed(given, str))


def optional(members: dict, name: str, read) -> Any:
    return None if members.get(name) is None else read(members[name])


def strings(given: Any) -> List[str]:
    return [text(each) for each in typed(given, list)]


def time(given: Any) -> Tuple[int, int]:
    if type(given) is str:
        if len(given) < 8:
            raise Refused
        return TIMES.get(given, UNKNOWN)
    exact = Decimal(typed(given, Number))
    if not -62_135_596_800 <= exact < 253_402_300_800:
        raise Refused
    # What is finer than a nanosecond is cut off.
    return divmod(int(exact.scaleb(9).to_integral_value(ROUND_DOWN)), 10**9)


def tags_of(body: bytes) -> List[Tuple[str, str]]:
    class Pairs(list):
        pass

    found: Dict[str, str] = {}
    members = json.loads(body.decode(), object_pairs_hook=Pairs, parse_constant=refuse)
    given = [each for name, each in members if name == "Tags"][-1:]
    if not given or given[0] is None:
        return []
    tags = typed(given[0], Pairs)
    if len(tags) > MAXIMUM_TAGS:
        raise Refused
    for name, given in tags:
        if given is None:
            found.pop(without_halves(name), None)
        else:
            found[without_halves(name)] = text(given)
    return list(found.items())


def expected(body: bytes) -> Dict[str, Any]:
    try:
        job = loaded(body)
    except (ValueError, RecursionError):
        raise Refused from None
    if depth_of(typed(job, dict)) > MAXIMUM_DEPTH:
        raise Refused
    places = {name: typed(job.get(name), dict) for name in ("InputOptions", "OutputOptions")}
    options = optional(job, "ActionOptions", lambda given: typed(given, dict)) or {}
    action = optional(options, "ValidateAddress", lambda given: typed(given, dict)) or {}
    error = optional(job, "Error", lambda given: typed(given, dict))
    return {
        "job_id": text(job.get("JobId")),
        "job_arn": text(job.get("JobArn")),
        "name": optional(job, "Name", text),
        "status": text(job.get("Status")),
        "action": text(job.get("Action")),
        "created_at": time(job.get("CreatedAt")),
        "updated_at": time(job.get("UpdatedAt")),
        "ended_at": optional(job, "EndedAt", time),
        "execution_role_arn": text(job.get("ExecutionRoleArn")),
        "input_location": text(places["InputOptions"].get("Location")),
        "input_format": text(places["InputOptions"].get("Format")),
        "output_location": text(places["OutputOptions"].get("Location")),
        "output_format": text(places["OutputOptions"].get("Format")),
        "additional_features": optional(action, "AdditionalFeatures", strings) or [],
        "error_code": None if error is None else text(error.get("Code")),
        "error_messages": optional(error or {}, "Messages", strings) or [],
        "tags": tags_of(body),
    }


def told(job: Dict[str, Any]) -> Dict[str, Any]:
    """The struct's members, with the words of its enumerations alone."""
    words = {name: job[name][1] for name in ("status", "action", "input_format", "output_format", "error_code")}
    lists = {name: job[name] or [] for name in ("error_messages", "tags")}
    return {**job, **words, **lists, "additional_features": [word for _, word in job["additional_features"] or []]}


@pytest.mark.parametrize("seed", range(2))
def test_jobs(client, seed):
    random_ = random.Random(seed)
    bodies = [Maker(random_).job() for _ in range(1500)]
    taken = 0
    for body, (code, _, job) in zip(bodies, answers(client, bodies)):
        try:
            wanted = expected(body)
        except Refused:
            assert code == 38, body
            continue
        if UNKNOWN in wanted.values():
            continue
        assert code == 0, body
        assert told(job) == wanted, body
        taken += 1
    assert len(bodies) * 0.2 < taken < len(bodies) * 0.9
