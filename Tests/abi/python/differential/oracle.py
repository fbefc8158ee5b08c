"""Asks this library and boto3 the same thing, and puts what they did side by side."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional
from unittest import mock

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config

import differences
import locjob

_LOADER = botocore.loaders.create_loader(None)  # botocore's models are read once, not once for every client

#: Settings of this library and the members of boto3's Config that mean the same.
_CONFIG = {
    "use_fips_endpoint": "use_fips_endpoint",
    "use_dualstack_endpoint": "use_dualstack_endpoint",
    "ignore_configured_endpoint_urls": "ignore_configured_endpoint_urls",
    "sdk_ua_app_id": "user_agent_appid",
    "tcp_keepalive": "tcp_keepalive",
    "max_connections": "max_pool_connections",
}
_RETRIES = {"retry_mode": "mode", "max_attempts": "total_max_attempts"}
_CLIENT = ("region_name", "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "endpoint_url")


def boto3_client(
    profile_name: Optional[str] = None, disable_host_prefix_injection: Optional[bool] = None, **settings: Any
):
    """boto3's client with the settings of locjob.Client."""
    session = botocore.session.Session(profile=profile_name)
    session.register_component("data_loader", _LOADER)
    config: Dict[str, Any] = {name: settings.pop(ours) for ours, name in _CONFIG.items() if ours in settings}
    retries = {name: settings.pop(ours) for ours, name in _RETRIES.items() if ours in settings}
    if retries:
        config["retries"] = retries
    if disable_host_prefix_injection is not None:
        config["inject_host_prefix"] = not disable_host_prefix_injection
    if "call_timeout_ms" in settings:
        del settings["call_timeout_ms"]  # boto3 has no such limit
    client = {name: settings.pop(name) for name in _CLIENT if name in settings}
    assert not settings, f"boto3 has nothing like {settings}"
    return boto3.session.Session(botocore_session=session).client("location", config=Config(**config), **client)


class Outcome(NamedTuple):
    """How a call ended, and the requests that it made."""

    answer: Optional[Dict[str, Any]]  # what get_job returned
    error: Optional[str]  # or the name of the class of what it raised
    response: Optional[Dict[str, Any]]  # with the response of a ClientError
    requests: List[Dict[str, Any]]
    exception: Optional[BaseException] = None

    def comparable(self) -> tuple:
        """What has to be the same."""
        requests = [differences.without_own_headers(request) for request in self.requests]
        return self.answer, self.error, self.response, requests


def outcome(ask: Callable[[], Dict[str, Any]], requests: Callable[[], List[Dict[str, Any]]]) -> Outcome:
    """Calls, and afterwards fetches the requests as the other side has seen them."""
    answer = error = None
    try:
        answer = ask()
    except Exception as exception:  # botocore lets any of Python's through
        error = exception
    response = getattr(error, "response", None)
    return Outcome(answer, error and type(error).__name__, response, requests(), error)


def both(ours: Callable, theirs: Callable, requests: Callable[[], List[Dict[str, Any]]]) -> "tuple[Outcome, Outcome]":
    """This library first; then boto3, which is told that it is the time of this library's requests, so that
    equal requests get equal signatures, byte for byte."""
    mine = outcome(ours, requests)
    dates = [request["headers"].get("x-amz-date") for request in mine.requests]
    with _at([date for date in dates if date]):
        return mine, outcome(theirs, requests)


@contextlib.contextmanager
def _at(dates: List[str]) -> Iterator[None]:
    """botocore signs for these times, one after the other, and stays at the last."""
    if not dates:
        yield
        return
    times = [datetime.strptime(date, "%Y%m%dT%H%M%SZ") for date in dates]

    def now(*_: Any, **__: Any) -> datetime:
        return times.pop(0) if len(times) > 1 else times[0]

    with mock.patch("botocore.auth.get_current_datetime", now):
        yield


def compare(case: Dict[str, Any], mine: Outcome, theirs: Outcome) -> None:
    """The verdict on a case: the same, unless a difference is listed for it, which then has to show."""
    difference = differences.of(case)
    seen = shown(mine, theirs)
    if difference is None:
        assert same(mine, theirs), seen
        return
    assert not same(mine, theirs), f"{difference.name} is listed as a difference and does not show{seen}"
    if difference.apart_from:
        assert same(difference.apart_from(mine), difference.apart_from(theirs)), (
            f"there is more than {difference.name}{seen}"
        )
    else:
        assert mine.error == difference.ours, f"{difference.name}: {difference.ours} was promised{seen}"


def shown(mine: Outcome, theirs: Outcome) -> str:
    """For whoever reads a failure: the exceptions, and each place where the two are not the same."""
    names = ("answer", "error", "response", "requests")
    places = _unequal(dict(zip(names, mine.comparable())), dict(zip(names, theirs.comparable())), "")
    return "\n".join([f"\nhere:  {mine.exception!r}", f"boto3: {theirs.exception!r}", *places])


def _unequal(ours: Any, other: Any, place: str) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(other, dict):
        for name in [*ours, *(name for name in other if name not in ours)]:
            yield from _unequal(ours.get(name, "absent"), other.get(name, "absent"), f"{place}.{name}")
    elif isinstance(ours, list) and isinstance(other, list) and len(ours) == len(other):
        for index, pair in enumerate(zip(ours, other)):
            yield from _unequal(*pair, f"{place}[{index}]")
    elif ours != other:
        yield f"{place[1:]}: {ours!r} here, {other!r} of boto3"


def same(mine: Outcome, theirs: Outcome) -> bool:
    ours, other = mine.comparable(), theirs.comparable()
    if ours[1] != other[1] and _is_caught_as(mine.exception, theirs.exception):
        ours = (ours[0], other[1], *ours[2:])
    return ours == other


def _is_caught_as(mine: Optional[BaseException], theirs: Optional[BaseException]) -> bool:
    """Where botocore raises one of Python's own exceptions, ours has to be a kind of that."""
    python = type(theirs).__module__ == "builtins"
    return python and isinstance(mine, locjob.LocjobError) and isinstance(mine, type(theirs))
