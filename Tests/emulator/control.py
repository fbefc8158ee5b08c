"""The control interface under /_emulator/: unsigned, JSON in and out. README.md describes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from http1 import Request, Response
from jobs import Plan, encode
from quota import Quota
from signature import Key

PREFIX = "/_emulator/"
FOREVER = "forever"


class BadControl(Exception):
    """What was asked makes no sense; the text says why."""


def handle(service, request: Request) -> Response:
    name, _, rest = request.path[len(PREFIX) :].partition("/")
    function = _ROUTES.get((request.method, name))
    if function is None:
        return Response(404, encode({"error": f"no {request.method} {request.path}"}))
    try:
        members = json.loads(request.body) if request.body else {}
        if not isinstance(members, dict):
            raise BadControl("the body must be a JSON object")
        status, result = function(service, _Input(members, unquote(rest), parse_qs(request.query)))
        return Response(status, encode(result))
    except (BadControl, ValueError) as problem:
        return Response(400, encode({"error": str(problem)}))
    except Exception as error:
        service.defect(error)
        return Response(500, encode({"error": "defect in the local service"}))


@dataclass
class _Input:
    members: dict
    rest: str
    query: dict

    def take(self, name: str, kind, default=None):
        """Remove a member and check its type."""
        value = self.members.pop(name, default)
        if value is not default and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise BadControl(f"bad value for '{name}': {value!r}")
        return value

    def done(self) -> None:
        if self.members:
            raise BadControl(f"unknown members: {', '.join(sorted(self.members))}")


_NUMBER = (int, float)


def create_job(service, given: _Input):
    plan = _plan(given.take("plan", dict, {}))
    age = given.take("age", _NUMBER, 0)
    job_id = given.take("JobId", str)
    document = given.members.pop("document", None)
    unknown = [name for name in given.members if not name[:1].isupper()]
    if unknown:
        raise BadControl(f"unknown members: {', '.join(unknown)}")

    now = service.clock.job_now()
    job = service.jobs.create(now - age, service.region or "us-east-1", job_id, plan, given.members)
    if document is not None:
        job.give(document)
    return 201, job.document(now)


def _plan(members: dict) -> Plan:
    unknown = members.keys() - set(Plan._fields)
    if unknown:
        raise BadControl(f"unknown members in plan: {', '.join(sorted(unknown))}")
    values = {}
    for name, value in members.items():
        if name == "final":
            if value not in ("Completed", "Failed", "Cancelled"):
                raise BadControl(f"bad final status {value!r}")
            values[name] = value
        elif value == FOREVER:
            values[name] = float("inf")
        elif isinstance(value, _NUMBER) and not isinstance(value, bool) and value >= 0:
            values[name] = float(value)
        else:
            raise BadControl(f"bad value for '{name}' in plan: {value!r}")
    return Plan(**values)


def show_jobs(service, given: _Input):
    now = service.clock.job_now()
    return 200, {"jobs": [job.document(now) for job in service.jobs.newest_first()]}


def delete_job(service, given: _Input):
    if not service.jobs.delete(given.rest):
        return 404, {"error": f"no job {given.rest}"}
    return 200, {}


def reset(service, given: _Input):
    given.done()
    service.reset()
    return 200, {}


def set_faults(service, given: _Input):
    job_id = given.take("job_id", str)
    answers = given.take("answers", list, [])
    given.done()
    service.faults.set(job_id, answers)
    return show_faults(service, given)


def show_faults(service, given: _Input):
    return 200, {"pending": service.faults.pending()}


def clear_faults(service, given: _Input):
    service.faults = type(service.faults)()
    return show_faults(service, given)


def add_key(service, given: _Input):
    access_key = given.take("access_key", str)
    secret = given.take("secret_key", str)
    token = given.take("session_token", str)
    expires_in = given.take("expires_in", _NUMBER)
    given.done()
    if not access_key or not secret:
        raise BadControl("access_key and secret_key are needed")
    expires = None if expires_in is None else service.clock.now() + expires_in
    service.keys[access_key] = Key(secret, token, expires)
    return 201, {"access_keys": sorted(service.keys)}


def delete_key(service, given: _Input):
    if service.keys.pop(given.rest, None) is None:
        return 404, {"error": f"no access key {given.rest}"}
    return 200, {"access_keys": sorted(service.keys)}


def set_clock(service, given: _Input):
    offset = given.take("offset", _NUMBER)
    speed = given.take("speed", _NUMBER)
    advance = given.take("advance", _NUMBER)
    given.done()
    if (speed or 0) < 0 or (advance or 0) < 0:
        raise BadControl("the jobs' clock cannot run backwards")
    if offset is not None:
        service.clock.offset = offset
    if speed is not None:
        service.clock.set_speed(speed)
    if advance is not None:
        service.clock.advance(advance)
    clock = service.clock
    return 200, {"now": clock.now(), "offset": clock.offset, "job_now": clock.job_now(), "speed": clock.speed}


def set_quota(service, given: _Input):
    enabled = given.take("enabled", bool, True)
    rate = given.take("rate", _NUMBER, Quota.RATE)
    burst = given.take("burst", _NUMBER, Quota.BURST)
    given.done()
    service.quota = Quota(enabled, rate, burst)
    return 200, {"enabled": enabled, "rate": rate, "burst": burst}


def set_settings(service, given: _Input):
    service.check_signature = given.take("check_signature", bool, service.check_signature)
    service.region = given.take("region", (str, type(None)), service.region)
    service.base_path = given.take("base_path", str, service.base_path).rstrip("/")
    given.done()
    return 200, {
        "check_signature": service.check_signature,
        "region": service.region,
        "base_path": service.base_path,
    }


def show_requests(service, given: _Input):
    entries = [entry.as_json() for entry in service.log]
    if given.query.get("clear") == ["1"]:
        service.log.clear()
    return 200, {"requests": entries}


def show_stats(service, given: _Input):
    return 200, service.stats()


def disconnect(service, given: _Input):
    """End every connection that is not one of control, as a server does with idle ones."""
    how = given.take("how", str, "close")
    given.done()
    if how not in ("close", "reset"):
        raise BadControl("'how' is close or reset")
    ended = [connection for connection in service.connections if not connection.is_control]
    for connection in ended:
        connection.reset_now() if how == "reset" else connection.close()
    return 200, {"ended": len(ended)}


def ends_connections(request: Request) -> bool:
    return request.path in (PREFIX + "reset", PREFIX + "disconnect")


_ROUTES = {
    ("POST", "jobs"): create_job,
    ("GET", "jobs"): show_jobs,
    ("DELETE", "jobs"): delete_job,
    ("POST", "reset"): reset,
    ("POST", "faults"): set_faults,
    ("GET", "faults"): show_faults,
    ("DELETE", "faults"): clear_faults,
    ("POST", "keys"): add_key,
    ("DELETE", "keys"): delete_key,
    ("POST", "clock"): set_clock,
    ("POST", "quota"): set_quota,
    ("POST", "settings"): set_settings,
    ("GET", "requests"): show_requests,
    ("GET", "stats"): show_stats,
    ("POST", "disconnect"): disconnect,
}
