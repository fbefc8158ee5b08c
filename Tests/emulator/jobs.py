"""Jobs and their life: Pending, Running, then Completed, Failed, or Cancelling and Cancelled.

The members follow the model of Amazon Location, API version 2020-11-19.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

TERMINAL = ("Completed", "Failed", "Cancelled")
STATUSES = ("Pending", "Running", "Cancelling", *TERMINAL)
ACCOUNT = "123456789012"

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

_DEFAULTS = {
    "Action": "ValidateAddress",
    "ActionOptions": {"ValidateAddress": {"AdditionalFeatures": ["Position", "CountrySpecificAttributes"]}},
    "ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/LocationJobs",
    "InputOptions": {"Location": "s3://example-addresses/input/", "Format": "Parquet"},
    "Name": "emulated job",
    "OutputOptions": {"Format": "Parquet", "Location": "s3://example-addresses/output/"},
    "Tags": {"team": "addresses", "stadt": "Zürich", "都市": "東京 🗼"},
}
_FAILURE = {
    "Code": "ValidationError",
    "Messages": ["Column 'Country' is missing.", "Line 7: “Bahnhofstraße” has no house number."],
}


class Plan(NamedTuple):
    """Seconds in each phase on the jobs' clock (infinite is allowed), and how it ends."""

    pending: float = 2.0
    running: float = 10.0
    cancelling: float = 2.0
    final: str = "Completed"

    def timeline(self, created: float) -> list[tuple[float, str]]:
        """When each status begins. A phase of no length never shows."""
        end = created + self.pending + self.running
        steps = [(created, "Pending"), (created + self.pending, "Running")]
        if self.final == "Cancelled":
            return steps + [(end, "Cancelling"), (end + self.cancelling, "Cancelled")]
        return steps + [(end, self.final)]


class Job:
    """One job. Its status at a time depends only on its creation, its plan and a cancellation."""

    def __init__(self, number: int, job_id: str, created: float, plan: Plan, region: str, members: dict):
        self.number = number
        self.id = job_id
        self.arn = f"arn:aws:geo:{region}:{ACCOUNT}:job/{job_id}"
        self.created = created
        self.plan = plan
        self.members = members
        self.verbatim: bytes | None = None  # GetJob's answer instead of the document
        self.given: dict | None = None  # the document, if it is not to be made
        self._timeline = plan.timeline(created)
        self._cached: tuple[float, str] | None = None
        self._cached_bytes = b""

    def phase(self, now: float) -> tuple[float, str]:
        """When the present status began, and the status."""
        present = self._timeline[0]
        for step in self._timeline:
            if step[0] > now:
                break
            present = step
        return present

    def status(self, now: float) -> str:
        return self.phase(now)[1]

    def give(self, document) -> None:
        """Answer GetJob with this for ever, as it is if it is text; ListJobs says the same of an object."""
        self.verbatim = document.encode() if isinstance(document, str) else encode(document)
        if isinstance(document, dict):
            self.given = document
            self._timeline = [(self.created, str(document.get("Status")))]

    def cancel(self, now: float) -> None:
        """Begin to cancel; nothing happens to a job that is ending or has ended."""
        if self.status(now) in ("Pending", "Running"):
            past = [step for step in self._timeline if step[0] <= now]
            self._timeline = past + [(now, "Cancelling"), (now + self.plan.cancelling, "Cancelled")]

    def document(self, now: float) -> dict:
        """GetJob's output, in the order of the model."""
        if self.given is not None:
            return self.given
        since, status = self.phase(now)
        document = {
            **_DEFAULTS,
            "CreatedAt": timestamp(self.created),
            "JobArn": self.arn,
            "JobId": self.id,
            "Status": status,
            "UpdatedAt": timestamp(since),
            **self.members,
        }
        if status in TERMINAL:
            document.setdefault("EndedAt", timestamp(since))
        if status == "Failed":
            document.setdefault("Error", _FAILURE)
        else:
            document.pop("Error", None)
        return {name: document[name] for name in sorted(document) if document[name] is not None}

    def encoded(self, now: float) -> bytes:
        """The document as JSON, made once for each phase, as that is all it depends on."""
        if self.verbatim is not None:
            return self.verbatim
        phase = self.phase(now)
        if phase is not self._cached:
            self._cached, self._cached_bytes = phase, encode(self.document(now))
        return self._cached_bytes


class Jobs:
    """All jobs, in the order of their creation."""

    def __init__(self):
        self._by_id: dict[str, Job] = {}
        self._by_token: dict[str, Job] = {}
        self._count = 0

    def get(self, job_id: str) -> Job | None:
        return self._by_id.get(job_id)

    def create(
        self,
        created: float,
        region: str,
        job_id: str | None = None,
        plan: Plan = Plan(),
        members: dict | None = None,
    ) -> Job:
        """Add a job; one with the same id is replaced."""
        self._count += 1
        job = Job(self._count, job_id or uuid.uuid4().hex, created, plan, region, members or {})
        self._by_id.pop(job.id, None)
        self._by_id[job.id] = job
        return job

    def delete(self, job_id: str) -> bool:
        return self._by_id.pop(job_id, None) is not None

    def remember(self, token: str, job: Job) -> None:
        self._by_token[token] = job

    def started_with(self, token: str) -> Job | None:
        """The job an earlier StartJob with this ClientToken made."""
        return self._by_token.get(token)

    def newest_first(self) -> list[Job]:
        return list(reversed(self._by_id.values()))


def encode(value) -> bytes:
    """JSON as the service writes it: compact, with other letters than ASCII as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def timestamp(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds; built from an interval, as floats round badly."""
    moment = _EPOCH + timedelta(milliseconds=int(seconds * 1000))
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
