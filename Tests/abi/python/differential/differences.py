"""Every way in which this library does not do what boto3 does, and why. There are no others.

A case says with "here" which difference it shows. Then boto3 must really do something else, and this
library what `ours` says, so that no entry can outlive what it describes (see oracle.compare).
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any, Callable, Dict, NamedTuple, Optional


class Difference(NamedTuple):
    name: str
    ours: Optional[str]  # the exception of this library; None where it succeeds
    reason: str
    apart_from: Optional[Callable] = None  # takes the difference out of an outcome: nothing else may differ


def of(case: Dict[str, Any]) -> Optional[Difference]:
    """The difference a case is about."""
    return _BY_NAME[case["here"]] if "here" in case else None


def _with_zones(outcome):
    if not outcome.answer:
        return outcome
    times = {name: value for name, value in outcome.answer.items() if isinstance(value, datetime) and not value.tzinfo}
    return outcome._replace(
        answer={**outcome.answer, **{name: time.replace(tzinfo=timezone.utc) for name, time in times.items()}}
    )


def _in_headers(name: str, pattern: str) -> Callable:
    """Takes a pattern out of a header of every request."""

    def cut(request: Dict[str, Any]) -> Dict[str, Any]:
        headers = request["headers"]
        return {**request, "headers": {**headers, name: re.sub(pattern, "", headers[name])}}

    return lambda outcome: outcome._replace(requests=[cut(request) for request in outcome.requests])


def _without_default_port(outcome):
    requests = [{**request, "url": request["url"].replace(":80/", "/")} for request in outcome.requests]
    return _in_headers("host", ":80$")(outcome._replace(requests=requests))


def _without_session_name(outcome):
    """And without what it is part of: the length and the signature."""

    def cut(request: Dict[str, Any]) -> Dict[str, Any]:
        body, count = re.subn(r"(RoleSessionName=)(botocore|locjob)-session-\d+", r"\1", request["body"])
        if not count:
            return request
        headers = {name: value for name, value in request["headers"].items() if name != "content-length"}
        if "authorization" in headers:
            headers["authorization"] = re.sub("Signature=.*", "Signature=", headers["authorization"])
        return {**request, "body": body, "headers": headers}

    return outcome._replace(requests=[cut(request) for request in outcome.requests])


def _without_request_id(outcome):
    metadata = {name: value for name, value in outcome.response["ResponseMetadata"].items() if name != "RequestId"}
    return outcome._replace(response={**outcome.response, "ResponseMetadata": metadata})


def _without_proxy_user(outcome):
    def cut(request: Dict[str, Any]) -> Dict[str, Any]:
        headers = {name: value for name, value in request["headers"].items() if name != "proxy-authorization"}
        return {**request, "headers": headers}

    return outcome._replace(requests=[cut(request) for request in outcome.requests])


DIFFERENCES = [
    # What is asked for
    Difference("job id too long", "ParamValidationError", "The model's maximum is 200 characters, boto3 sends any."),
    Difference("dot segment", "ParamValidationError", "'.' and '..' make the signed path another one than that of the job."),
    Difference("not UTF-8", "ParamValidationError", "boto3 raises Python's UnicodeEncodeError."),
    Difference("NUL in the job id", "ParamValidationError", "Text of C ends at a NUL; boto3 sends %00, which no job id contains."),
    # What comes back
    Difference("not a job", "InvalidResponse", "boto3 calls it a success without fields: a caller's KeyError, far from its cause."),
    Difference("not an object", "InvalidResponse", "boto3 ends in a TypeError or AttributeError of Python."),
    Difference("not UTF-8 in the body", "InvalidResponse", "boto3 ends in a UnicodeDecodeError of Python."),
    Difference("lenient JSON", "InvalidResponse", "NaN and Infinity are Python's, not JSON's."),
    Difference("member missing", "InvalidResponse", "boto3 returns a job without a member that every job has."),
    Difference("wrong type", "InvalidResponse", "boto3 passes any type through, or ends in an error of Python."),
    Difference("other time format", "InvalidResponse", "dateutil guesses (today's date for a part of one); the model says ISO 8601."),
    Difference("time without a zone", None, "It is UTC, as all times of the service are; boto3 returns a datetime without a zone.", _with_zones),
    Difference("deep nesting", "InvalidResponse", "boto3 ends in Python's RecursionError."),
    Difference("too large", "ResponseTooLarge", "boto3 has no cap."),
    Difference("cut short", "ConnectionClosedError", "boto3 does not notice that Content-Length promised more."),
    # An error response
    Difference("error header", "InternalServerException", "boto3 ignores x-amzn-errortype when the body of a 5xx is empty or HTML."),
    Difference("request id of a 5xx", "ClientError", "It counts whatever the body; boto3 leaves it out when that is empty or HTML.", _without_request_id),
    Difference("error without an object", "ClientError", "boto3 ends in an AttributeError of Python, and does not retry."),
    Difference("white space of a header", "AccessDeniedException", "It is not part of the value (RFC 9110, 5.5); boto3 keeps it behind the code."),
    Difference("query error header", "ValidationException", "x-amzn-query-error is for services that once spoke the query protocol."),
    Difference("error of odd types", "ClientError", "Code and Message are text here, whatever JSON the service made them of."),
    Difference("status 300", "ClientError", "boto3 reads it as a job and then raises it, without code and message."),
    Difference("other request id", "ResourceNotFoundException", "x-amz-request-id counts in errors as it does in successes."),
    Difference("empty code", "ClientError", "An empty code counts as none, and the status stands for it."),
    Difference("header twice", "ClientError", "Its first value counts; boto3 joins them, and no code is \"A, B\"."),
    Difference("half a character", "ClientError", "Half of a surrogate pair becomes U+FFFD, as text of C is UTF-8; boto3 passes on what nothing can encode."),
    Difference("long error", "ClientError", "Code, message and a body that is no JSON are cut at 256, 65536 and 1000 characters; boto3 keeps all."),
    # Retries
    Difference("maximum of legacy mode", None, "amz-sdk-request tells it in both modes; boto3's legacy mode leaves it out.", _in_headers("amz-sdk-request", "; max=.*")),
    Difference("clock skew", "ClientError", "A wrong clock is noticed and the request signed again; boto3 fails for as long as it is wrong (boto3#1252)."),
    # Configuration
    Difference("default port", None, "The Host that is signed is the Host that is sent; boto3 sends :80 to proxies and signs without it.", _without_default_port),
    Difference("AWS_REGION", None, "boto3 alone does not know this variable, which the CLI and all other SDKs read first."),
    Difference("AWS_PROFILE first", None, "boto3 alone prefers AWS_DEFAULT_PROFILE; all others read AWS_PROFILE first or only."),
    Difference("empty variable", None, "An empty variable counts as unset; boto3 takes some at their word and fails."),
    Difference("boolean", "InvalidConfigError", "Anything but true and false is an error, where boto3 silently means false."),
    Difference("setting", "InvalidConfigError", "One class for every setting; boto3 has several, those of Python, and looks at some only when it needs them."),
    Difference("FIPS of a custom endpoint", "InvalidEndpoint", "The endpoint rules call it an error; boto3 leaves it out in silence."),
    Difference("endpoint", "InvalidEndpoint", "User info, query and fragment would not mean what their writer hopes; other characters must be escaped."),
    Difference("host name", None, "What the resolver may know is asked for, such as my_service of Docker; boto3 has the rules of the Internet."),
    Difference("base path", None, "The path of an endpoint is sent as it is written; urllib3 takes dot segments out of it and escapes anew."),
    Difference("host prefix of an address", None, "metadata.127.0.0.1 and metadata.localhost reach nobody (aws-cli#6898)."),
    Difference("INI file", None, "Duplicate sections merge, duplicate keys and a BOM pass, as in the other SDKs; boto3 fails."),
    Difference("profile default", None, "It wins over [default] wherever it stands, as in the other SDKs; with boto3 the later one wins."),
    Difference("directory", "ConfigParseError", "Docker makes one where the file that it mounts is missing; boto3 takes it for no file."),
    Difference("session token", None, "AWS_SESSION_TOKEN goes before the legacy AWS_SECURITY_TOKEN."),
    Difference("half a key pair", "PartialCredentialsError", "A secret without its key is a mistake; boto3 looks further."),
    Difference("keys without characters", "NoCredentialsError", "They count as none; boto3 signs with them."),
    # Credentials
    Difference("failed provider", "CredentialRetrievalError", "One class for whatever a configured provider fails of; boto3 has many, down to ClientError and Python's own."),
    Difference("length of a parameter", None, "STS itself knows how long its parameters may be; boto3 has the model's limits and raises ParamValidationError."),
    Difference("white space of a token", None, "Files end in a line break: it is no part of the token. boto3 sends it to STS and refuses it for containers."),
    Difference("tilde of a token file", None, "It means the home directory, as in the paths of the two files; boto3 looks for a folder of that name."),
    Difference("expiry without a zone", None, "It is UTC, as all times of AWS are; boto3 ends in a TypeError of Python."),
    Difference("IMDSv1", "NoCredentialsError", "Whoever has no token of IMDSv2 gets nothing; boto3 asks again without, as a forged request would."),
    Difference("older files", "NoCredentialsError", "AWS_CREDENTIAL_FILE and boto.cfg are those of SDKs that are no more."),
    Difference("aws login", None, "OpenSSL signs for it; boto3 needs the awscrt package."),
    Difference("session name", None, "The session of a role that nobody named is called locjob-session and the time.", _without_session_name),
    Difference("no_proxy", None, "libcurl knows networks (10.0.0.0/8) but no ports, takes a space for a comma, and the end of an address for no domain."),
    Difference("proxy", "InvalidConfigError", "What is no URL of a proxy is an error at once, also for the other scheme; libcurl would take some for none."),
    Difference("scheme of a proxy", None, "It may be in capitals, or one of SOCKS; boto3 knows http:// and https:// alone."),
    Difference("proxy without a password", None, "The user is named to it with an empty one; boto3 leaves both out.", _without_proxy_user),
    Difference("settings of other services", None, "What has no effect on GetJob is not read; boto3 refuses bad values of it."),
    Difference("dual-stack of isolated Regions", None, "The endpoint rules allow it; boto3's older resolver does not know the suffix."),
]  # fmt: skip

#: What a provider fails of: an exception of boto3, and ours for the same. boto3 has one for every provider, and
#: lets those of Python through.
FAILURES = {
    "FileNotFoundError": ("CredentialRetrievalError",),
    "InfiniteLoopConfigError": ("InvalidConfigError",),
    "InvalidConfigError": ("PartialCredentialsError", "ProfileNotFound"),
    "JSONDecodeError": ("CredentialRetrievalError",),
    "RuntimeError": ("CredentialRetrievalError",),
    "SSOTokenLoadError": ("CredentialRetrievalError",),
    "TokenRetrievalError": ("CredentialRetrievalError",),
    "UnauthorizedSSOTokenError": ("CredentialRetrievalError",),
    "ValueError": ("InvalidConfigError",),
}

_BY_NAME = {difference.name: difference for difference in DIFFERENCES}


# What differs in every case is taken out before two outcomes are compared


def without_own_headers(request: Dict[str, Any]) -> Dict[str, Any]:
    """User-Agent says who is asking and by what means, of which only the caller's part is the same for both.
    An invocation id is drawn for every call, the time to live of a retry depends on the second it is made
    in, and libcurl tells a proxy that it may keep a connection. boto3's words to containers and instances,
    which get no invocation id, are others than to services."""
    headers = {name: value for name, value in request["headers"].items() if name != "proxy-connection"}
    words = headers.get("user-agent", "nobody").split(" ")
    headers["user-agent"] = " ".join(word for word in words if word.startswith(("cfg/", "app/", "exec-env/", "nobody")))
    if "amz-sdk-invocation-id" not in headers:
        headers["user-agent"] = "anybody"
    headers["amz-sdk-invocation-id"] = "there" if headers.get("amz-sdk-invocation-id") else "not there"
    if "amz-sdk-request" in headers:
        headers["amz-sdk-request"] = re.sub(r"ttl=\d{8}T\d{6}Z", "ttl=", headers["amz-sdk-request"])
    body = request.get("body", "")
    if isinstance(body, str) and body.startswith("{"):  # JSON means the same whatever its white space
        body, headers["content-length"] = json.loads(body), "some"
    return {**request, "headers": headers, "body": body}
