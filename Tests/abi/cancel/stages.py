"""The stages of a call, as the environments that lead calls into them and keep them there."""

from __future__ import annotations

import contextlib
import shutil
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, Iterator, Tuple

TOP = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(TOP / "Tests/emulator"), str(TOP / "Tests/abi/python")]
from client import ACCESS_KEY, SECRET_KEY, Service  # noqa: E402
from credential_services import Answer, CredentialServices, shell_word  # noqa: E402

WAYS = ("thread", "signal", "deadline", "free", "queue")


@dataclass(frozen=True)
class Stage:
    what: str = "get"
    #: Scripted answer for the job that is asked for; of the local service.
    fault: dict = field(default_factory=dict)
    #: More variables, made from the places below.
    variables: Callable[[Places], Dict[str, str]] = lambda places: {}
    #: [default] of ~/.aws/config
    profile: str = ""
    secure: bool = False
    options: Tuple[str, ...] = ()
    #: What an attempt's trace must have in many calls: that they come as far as that.
    reach: str = ""
    #: Milliseconds instead of the usual limit: for what has to wait for other processes.
    limit: int = 0
    #: Without "queue" where a queue has no such stage.
    ways: Tuple[str, ...] = WAYS


class Places:
    """The servers that the stages are made with."""

    def __init__(self, service: Service, stalling: Service, services: CredentialServices, unanswering: int) -> None:
        self.service = service
        #: Another that never answers.
        self.stalling = stalling
        self.services = services
        #: A port where a connection is neither made nor refused.
        self.unanswering = unanswering


@contextlib.contextmanager
def places() -> Iterator[Places]:
    with contextlib.ExitStack() as stack:
        service = stack.enter_context(Service(bad_tls=True))
        stalling = stack.enter_context(Service(tls=False))
        stalling.faults({"stall_at": 0, "times": "endless"})
        services = stack.enter_context(CredentialServices())
        services.always("container", Answer(play=hold))
        services.always("imds token", Answer(play=hold))
        services.always("AssumeRole", Answer(play=hold))
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        # Its queue is full: Linux leaves further SYNs without an answer.
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield Places(service, stalling, services, listener.getsockname()[1])


def hold(connection: socket.socket) -> None:
    """Says nothing until the other side leaves."""
    with contextlib.suppress(OSError):
        connection.settimeout(60)
        connection.recv(1)


def endpoint(url: str) -> Callable[[Places], Dict[str, str]]:
    return lambda places: {"AWS_ENDPOINT_URL_LOCATION": url}


NO_KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


def no_keys(places: Places) -> Dict[str, str]:
    return NO_KEYS


#: Seconds that nobody else sleeps: by these the children of the stages are known.
SLEEP = "86399.25"
STUBBORN_SLEEP = "86399.75"
STUBBORN = f"""sh -c {shell_word(f"trap '' TERM INT HUP; while :; do sleep {STUBBORN_SLEEP}; done")}"""

#: A child has to be given a processor before it has begun, and again before it is gone, and both are waited for.
LIMIT_OF_PROGRAMS = 1000

STAGES: Dict[str, Stage] = {
    # The way to the service
    "resolving": Stage(variables=endpoint("http://names.that.hang.example")),
    "connecting": Stage(
        variables=lambda places: {"AWS_ENDPOINT_URL_LOCATION": f"http://127.0.0.1:{places.unanswering}"}
    ),
    "handshaking": Stage(variables=lambda places: {"AWS_ENDPOINT_URL_LOCATION": places.service.bad_url("silent")}),
    "at a proxy": Stage(
        secure=True, variables=lambda places: {"https_proxy": f"http://127.0.0.1:{places.unanswering}", "no_proxy": ""}
    ),
    # Its answer
    "first byte": Stage(reach="connected", fault={"stall_at": 0}, options=("well",)),
    "first byte, https": Stage(reach="tls", fault={"stall_at": 0}, secure=True, options=("well",)),
    "head": Stage(reach="first_byte", fault={"stall_at": 20}, options=("well",)),
    "body": Stage(reach="first_byte", fault={"stall_at": "body+10"}, options=("well",)),
    "body, https": Stage(reach="first_byte", fault={"stall_at": "body+10"}, secure=True, options=("well",)),
    "byte by byte": Stage(reach="first_byte", fault={"drip": {"bytes": 8, "pause": 0.001}}, options=("ends", "well")),
    # Between attempts
    "before a retry": Stage(
        fault={"error": "ThrottlingException", "headers": [["x-amz-retry-after", "5000"]]}, options=("well",)
    ),
    # Credentials
    "container": Stage(
        variables=lambda places: {**NO_KEYS, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{places.services.url}/container"}
    ),
    "instance": Stage(
        options=("ends",),  # after a second the metadata service counts as absent
        variables=lambda places: {
            **NO_KEYS,
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": places.services.url,
        }
    ),
    "role": Stage(
        variables=lambda places: {**NO_KEYS, "AWS_ENDPOINT_URL_STS": places.services.url},
        profile="role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = keys\n"
        f"[profile keys]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n",
    ),
    "program": Stage(
        variables=no_keys,
        limit=LIMIT_OF_PROGRAMS,
        profile=f"credential_process = {shutil.which('sleep')} {SLEEP}\n",
    ),
    "stubborn program": Stage(variables=no_keys, limit=LIMIT_OF_PROGRAMS, profile=f"credential_process = {STUBBORN}\n"),
    "another's refresh": Stage(options=("refresh",)),
    # Waiting for a job, and for a turn
    "between looks": Stage(what="wait", options=("well", "max_requests_per_second=0")),
    "for a turn to look": Stage(what="wait", options=("max_requests_per_second=1",)),
    "for a turn": Stage(options=("ends", "max_requests_per_second=1")),
    "a page": Stage(
        what="list",
        ways=("thread", "signal", "deadline", "free"),
        variables=lambda places: {"AWS_ENDPOINT_URL_LOCATION": places.stalling.url},
    ),
    # No stage: the end of the call and that of its time come at once.
    "success": Stage(fault={"delay": 0.003}, options=("ends", "well")),
    "success, https": Stage(fault={"delay": 0.003}, secure=True, options=("ends", "well")),
    "failure": Stage(fault={"delay": 0.003, "reset_at": 0}, options=("ends", "well")),
}
