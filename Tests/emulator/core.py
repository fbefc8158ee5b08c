"""The service itself: its state, and the way of a request through it."""

from __future__ import annotations

import json
import time
import traceback
from collections import Counter, deque
from typing import NamedTuple

import control
import delivery
import operations
from clock import Clock
from faults import Answer, Faults
from http1 import Connection, Request, Response
from jobs import Jobs
from quota import Quota
from signature import Key, Refused, verify

# The example credentials of AWS's documentation.
DEFAULT_KEYS = {"AKIDEXAMPLE": Key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")}
MAX_LOGGED_BODY = 64 * 1024
SOON = Answer({"delay": 0.02})
DEFAULT_REGION = "us-east-1"  # of jobs that no signed request created


class Settings:
    """What is told at the start and comes back with every reset."""

    def __init__(
        self,
        speed: float = 1.0,
        quota: bool = False,
        check_signature: bool = True,
        region: str | None = None,
    ):
        self.speed = speed
        self.quota = quota
        self.check_signature = check_signature
        self.region = region


class LogEntry(NamedTuple):
    """One received request, kept as it is: it becomes JSON only when somebody asks."""

    time: float
    request: Request
    operation: str | None
    job_id: str
    verdict: str
    detail: str
    status: int | None  # None when something else than an HTTP response was sent

    def as_json(self) -> dict:
        request = self.request
        return {
            "time": self.time,
            "method": request.method,
            "target": request.target,
            "headers": request.headers,
            "body": request.body.decode("utf-8", "replace"),
            "connection": request.connection.number,
            "secure": request.connection.secure,
            "operation": self.operation,
            "job_id": self.job_id,
            "signature": self.verdict,
            "signature_detail": self.detail,
            "status": self.status,
        }


class LocationService:
    """Amazon Location's job operations, for any number of connections on one event loop."""

    def __init__(self, settings: Settings, log_size: int = 10_000):
        self.initial = settings
        self.log: deque[LogEntry] = deque(maxlen=log_size)
        self.connections: set[Connection] = set()
        self._connection_count = 0
        self._request_id_count = 0
        self.reset()

    def reset(self) -> None:
        """As just started; also the connections of clients end."""
        for connection in self.connections:
            if not connection.is_control:
                connection.transport.abort()
        self.clock = Clock(self.initial.speed)
        self.quota = Quota(self.initial.quota)
        self.check_signature = self.initial.check_signature
        self.region = self.initial.region
        self.base_path = ""
        self.keys = dict(DEFAULT_KEYS)
        self.jobs = Jobs()
        self.faults = Faults()
        self.log.clear()
        self.requests = 0
        self.connections_opened = 0
        self.malformed_requests = 0
        self.internal_errors = 0
        self.operations: Counter = Counter()

    # Connections. One whose first request is for the control interface does not count, so that a
    # test sees only those of the client it tests.

    def opened(self, connection: Connection) -> None:
        self._connection_count += 1
        connection.number = self._connection_count
        self.connections.add(connection)
        self.connections_opened += 1

    def closed(self, connection: Connection) -> None:
        self.connections.discard(connection)

    def malformed(self, connection: Connection, problem: Exception) -> None:
        self.malformed_requests += 1

    # Requests

    def handle(self, request: Request):
        """The response, and the scripted answer that says how to send it, if there is one."""
        if request.path.startswith(control.PREFIX):
            connection = request.connection
            if connection.requests == 1:
                connection.is_control = True
                self.connections_opened -= 1
            # Those that end connections are answered only when the connections have ended.
            return control.handle(self, request), SOON if control.ends_connections(request) else None
        try:
            return self._handle(request)
        except Exception as error:  # a defect of this program must not look like a silent server
            self.defect(error)
            return operations.ServiceError("InternalServerException", "defect in the local service").response(), None

    def defect(self, error: BaseException) -> None:
        """Report an error of this program itself, for whoever reads stderr and for the tests."""
        self.internal_errors += 1
        traceback.print_exception(type(error), error, error.__traceback__)

    def _handle(self, request: Request):
        region, refusal, verdict = DEFAULT_REGION, None, "ok"
        if self.check_signature:
            try:
                region = verify(request, self.keys, self.clock.now(), self.region)
            except Refused as refused:
                refusal, verdict = refused, refused.code
        else:
            verdict = "unchecked"

        operation, job_id = self._route(request)
        answer = self.faults.take(job_id)
        if answer is not None and answer.replaces:
            response = answer.response()
        else:
            response = self._respond(request, operation, job_id, region, refusal)
        status = response.status
        if answer is not None:
            if answer.raw_bytes is not None or answer.close_before_response:
                status = None
            response.bare = bool(answer.bare)

        self.requests += 1
        self.operations[operation] += 1
        request.body = request.body[:MAX_LOGGED_BODY]
        detail = refusal.message if refusal else ""
        self.log.append(LogEntry(time.time(), request, operation, job_id, verdict, detail, status))
        return response, answer

    def _route(self, request: Request) -> tuple:
        """Operation and JobId; the operation is None where there is none at the path."""
        path = request.path
        if self.base_path:
            if not path.startswith(self.base_path):
                return None, ""
            path = path[len(self.base_path) :]
        operation, encoded = operations.route(request.method, path)
        job_id = operations.decode_job_id(encoded)
        if operation == "CancelJob":
            job_id = _job_id_in(request.body)
        return operation, job_id

    def _respond(self, request: Request, operation, job_id: str, region: str, refusal: Refused | None) -> Response:
        try:
            if refusal:
                raise operations.ServiceError(refusal.code, refusal.message)
            return operations.run(self, operation, job_id, request.body, region)
        except operations.ServiceError as error:
            return error.response()

    async def deliver(self, connection: Connection, request: Request, response: Response, answer) -> None:
        date = self.clock.http_date(answer.date_offset or 0.0)
        await delivery.deliver(connection, response, answer, date, self.request_id(), request.persistent)

    def request_id(self) -> str:
        """Looks like a UUID, but counts, so that ids in a log are in order."""
        self._request_id_count += 1
        return f"10ca7e00-10b5-4000-8000-{self._request_id_count:012x}"

    def stats(self) -> dict:
        return {
            "requests": self.requests,
            "connections_opened": self.connections_opened,
            "connections_open": sum(not connection.is_control for connection in self.connections),
            "operations": {name or "unknown": count for name, count in self.operations.items()},
            "malformed_requests": self.malformed_requests,
            "internal_errors": self.internal_errors,
        }


def _job_id_in(body: bytes) -> str:
    try:
        job_id = json.loads(body)["JobId"]
    except (ValueError, KeyError, TypeError):
        return ""
    return job_id if isinstance(job_id, str) else ""
