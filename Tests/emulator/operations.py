"""GetJob, StartJob, ListJobs and CancelJob: what the service answers to an authentic request."""

from __future__ import annotations

import base64
import binascii
import json
import re
from urllib.parse import unquote_to_bytes

from http1 import Response
from jobs import STATUSES, encode, timestamp
from signature import normalize_path

JOBS_PATH = "/metadata/v0/jobs"
JOB_PATH = JOBS_PATH + "/"

STATUS_OF = {
    "ValidationException": 400,
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
    "UnknownOperationException": 404,
    "ThrottlingException": 429,
    "InternalServerException": 500,
    "ServiceUnavailableException": 503,
    # Authentication, as the services that speak JSON answer it
    "ExpiredTokenException": 403,
    "IncompleteSignatureException": 403,
    "InvalidSignatureException": 403,
    "MissingAuthenticationTokenException": 403,
    "UnrecognizedClientException": 403,
}

# The model's `[-._\w]+`, with \w as the service means it: ASCII.
_JOB_ID = re.compile(r"[-._A-Za-z0-9]+")
_CLIENT_TOKEN = re.compile(r"[!-~]{1,64}")
_MAX_JOB_ID = 200


class ServiceError(Exception):
    """An error of the model; `fields` are pairs of name and message for ValidationException."""

    def __init__(self, code: str, message: str, reason: str | None = None, fields=()):
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.fields = fields

    def response(self) -> Response:
        body = {"message": self.message}
        if self.reason:
            body["reason"] = self.reason
            body["fieldList"] = [{"name": name, "message": message} for name, message in self.fields]
        return Response(STATUS_OF.get(self.code, 400), encode(body), [("x-amzn-errortype", self.code)])


def invalid(reason: str, name: str, problem: str) -> ServiceError:
    return ServiceError("ValidationException", f"{name}: {problem}", reason, [(name, problem)])


def route(method: str, path: str) -> tuple[str | None, str]:
    """The operation and, for GetJob, the JobId as it stands in the path, still encoded."""
    path = normalize_path(path)
    if method == "GET" and path.startswith(JOB_PATH) and path.find("/", len(JOB_PATH)) < 0 and path != JOB_PATH:
        return "GetJob", path[len(JOB_PATH) :]
    if method == "POST":
        return _POST.get(path), ""
    return None, ""


_POST = {JOBS_PATH: "StartJob", JOB_PATH + "list-jobs": "ListJobs", JOB_PATH + "cancel-job": "CancelJob"}


def decode_job_id(encoded: str) -> str:
    """The JobId of a path; bytes that are not UTF-8 become U+FFFD, which no valid id contains."""
    return unquote_to_bytes(encoded).decode("utf-8", "replace") if "%" in encoded else encoded


def run(service, operation: str | None, job_id: str, body: bytes, region: str) -> Response:
    """Execute one operation; raises ServiceError."""
    if operation is None:
        raise ServiceError("UnknownOperationException", "There is no such operation.")
    if not service.quota.admit(operation):
        raise ServiceError("ThrottlingException", "Rate exceeded")
    if operation == "GetJob":
        return Response(200, find(service, job_id).encoded(service.clock.job_now()))
    return Response(200, encode(_WITH_BODY[operation](service, parse_body(body), region)))


def find(service, job_id: str):
    """The job, once its id is one the service could have given."""
    if len(job_id) > _MAX_JOB_ID:
        raise invalid("FieldValidationFailed", "jobId", f"longer than {_MAX_JOB_ID} characters")
    if not _JOB_ID.fullmatch(job_id):
        raise invalid("FieldValidationFailed", "jobId", "characters other than letters, digits, '-', '.' and '_'")
    job = service.jobs.get(job_id)
    if job is None:
        raise ServiceError("ResourceNotFoundException", f"There is no job {job_id}.")
    return job


def parse_body(body: bytes) -> dict:
    try:
        members = json.loads(body or b"{}")
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise ServiceError("ValidationException", "The body is not a JSON object.", "CannotParse")
    return members


# Members of an input: type, and whether it is required. Names of fields in errors begin with a
# small letter, as members of error bodies do.
_START = {
    "Action": (str, True),
    "ActionOptions": (dict, False),
    "ClientToken": (str, False),
    "ExecutionRoleArn": (str, True),
    "InputOptions": (dict, True),
    "Name": (str, False),
    "OutputOptions": (dict, True),
    "Tags": (dict, False),
}
_OPTIONS = {"Location": (str, True), "Format": (str, True)}
_LIST = {"Filter": (dict, False), "MaxResults": (int, False), "NextToken": (str, False)}
_CANCEL = {"JobId": (str, True)}


def check_members(members: dict, shape: dict, prefix: str = "") -> None:
    for name in members.keys() - shape.keys():
        raise invalid("UnknownField", prefix + _field(name), "not a member of the input")
    for name, (kind, required) in shape.items():
        if members.get(name) is None:
            if required:
                raise invalid("Missing", prefix + _field(name), "required")
        elif not isinstance(members[name], kind) or isinstance(members[name], bool):
            raise invalid("FieldValidationFailed", prefix + _field(name), "wrong type")


def check_one_of(value, allowed, field: str) -> None:
    if value not in allowed:
        raise invalid("FieldValidationFailed", field, f"not one of {', '.join(allowed)}")


def _field(name: str) -> str:
    return name[:1].lower() + name[1:]


def start_job(service, members: dict, region: str) -> dict:
    check_members(members, _START)
    check_one_of(members["Action"], ("ValidateAddress",), "action")
    for options in ("InputOptions", "OutputOptions"):
        check_members(members[options], _OPTIONS, _field(options) + ".")
        check_one_of(members[options]["Format"], ("Parquet",), _field(options) + ".format")
    name = members.get("Name")
    if name is not None and not 1 <= len(name) <= 100:
        raise invalid("FieldValidationFailed", "name", "not 1 to 100 characters")
    if len(members.get("Tags") or {}) > 50:
        raise invalid("FieldValidationFailed", "tags", "more than 50 entries")
    token = members.pop("ClientToken", None)
    if token is not None and not _CLIENT_TOKEN.fullmatch(token):
        raise invalid("FieldValidationFailed", "clientToken", "not 1 to 64 printable ASCII characters")

    now = service.clock.job_now()
    job = service.jobs.started_with(token) if token else None
    if job is None:
        # What the caller left out is absent; it does not get the defaults of an emulated job.
        absent = {name: None for name in ("ActionOptions", "Name", "Tags")}
        job = service.jobs.create(now, region, members={**absent, **members})
        if token:
            service.jobs.remember(token, job)
    return {"CreatedAt": timestamp(job.created), "JobArn": job.arn, "JobId": job.id, "Status": job.status(now)}


def list_jobs(service, members: dict, region: str) -> dict:
    """Newest first; a page's NextToken is the number of its last job, so that pages never overlap."""
    check_members(members, _LIST)
    check_members(members.get("Filter") or {}, {"JobStatus": (str, False)}, "filter.")
    wanted = (members.get("Filter") or {}).get("JobStatus")
    if wanted is not None:
        check_one_of(wanted, STATUSES, "filter.jobStatus")
    limit = 100 if members.get("MaxResults") is None else members["MaxResults"]
    if not 1 <= limit <= 100:
        raise invalid("FieldValidationFailed", "maxResults", "not between 1 and 100")
    before = _read_token(members["NextToken"]) if members.get("NextToken") else float("inf")

    now = service.clock.job_now()
    found = [
        job for job in service.jobs.newest_first() if job.number < before and wanted in (None, job.status(now))
    ]
    page = found[:limit]
    output = {"Entries": [_entry(job, now) for job in page]}
    if len(found) > limit:
        output["NextToken"] = _write_token(page[-1].number)
    return output


def _entry(job, now: float) -> dict:
    """An entry has every member of GetJob's output but the tags."""
    return {name: value for name, value in job.document(now).items() if name != "Tags"}


def _write_token(number: int) -> str:
    return base64.b64encode(b"before %d" % number).decode()


def _read_token(token: str) -> int:
    try:
        return int(base64.b64decode(token, validate=True)[len("before ") :])
    except (ValueError, binascii.Error):
        raise invalid("FieldValidationFailed", "nextToken", "not a token of this service") from None


def cancel_job(service, members: dict, region: str) -> dict:
    check_members(members, _CANCEL)
    job = find(service, members["JobId"])
    now = service.clock.job_now()
    job.cancel(now)
    return {"JobArn": job.arn, "JobId": job.id, "Status": job.status(now)}


_WITH_BODY = {"StartJob": start_job, "ListJobs": list_jobs, "CancelJob": cancel_job}
