"""Signature Version 4, checked as the service would check it.

Written from the AWS documentation ("Create a signed AWS API request", IAM User Guide) with
hashlib and hmac alone, and shares nothing with the library it is there to test.
"""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from functools import lru_cache
from typing import NamedTuple, Optional
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "geo"
TERMINATOR = "aws4_request"
MAX_SKEW = 5 * 60  # seconds between the request's date and the service's clock
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()

_TIMESTAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z", re.ASCII)


class Key(NamedTuple):
    """What the service knows about an access key."""

    secret: str
    token: Optional[str] = None  # the session token that has to come with it
    expires: Optional[float] = None  # seconds since the epoch, on the service's clock


class Refused(Exception):
    """The request is not authentic; `code` is the name of AWS's error."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


class Authorization(NamedTuple):
    access_key: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: list
    signature: str


def verify(request, keys: dict, now: float, region: Optional[str] = None) -> str:
    """Return the region the request is signed for, or raise Refused.

    `region` is the only one accepted, when given. The request needs `method`, `path` and `query`
    as received, `fields` (lower-case header name to value) and `body`.
    """
    fields = request.fields
    if "authorization" not in fields:
        raise Refused("MissingAuthenticationTokenException", "The request carries no authentication token.")
    auth = parse_authorization(fields["authorization"])
    timestamp = fields.get("x-amz-date", "")
    seconds = parse_timestamp(timestamp)
    if seconds is None:
        raise Refused("IncompleteSignatureException", "X-Amz-Date must be present and read YYYYMMDDThhmmssZ.")
    check_signed_headers(auth.signed_headers, fields)

    key = keys.get(auth.access_key)
    if key is None or key.token != fields.get("x-amz-security-token"):
        raise Refused("UnrecognizedClientException", "The access key or the session token is not valid.")
    if key.expires is not None and key.expires <= now:
        raise Refused("ExpiredTokenException", "The session token has expired.")

    check_scope(auth, timestamp, region)
    check_skew(timestamp, seconds, now)

    canonical = canonical_request(request, auth.signed_headers)
    scope = f"{auth.date}/{auth.region}/{auth.service}/{auth.terminator}"
    to_sign = string_to_sign(timestamp, scope, canonical)
    expected = hmac.digest(signing_key(key.secret, auth.date, auth.region, auth.service), to_sign.encode(), "sha256")
    # compare_digest takes only ASCII text; bytes from latin-1 can be anything.
    if not hmac.compare_digest(expected.hex().encode(), auth.signature.encode("latin-1")):
        raise Refused(
            "InvalidSignatureException",
            "The signature is not the one the service calculated for this request.\n\n"
            f"Canonical request:\n'{canonical}'\n\nString to sign:\n'{to_sign}'\n",
        )
    return auth.region


def parse_authorization(value: str) -> Authorization:
    """Take the Authorization header apart; its parameters may come in any order."""
    algorithm, _, parameters = value.partition(" ")
    if algorithm != ALGORITHM:
        raise Refused("IncompleteSignatureException", f"The Authorization header must begin with {ALGORITHM}.")
    found: dict[str, str] = {}
    for parameter in parameters.split(","):
        name, _, text = parameter.strip().partition("=")
        if not text or name in found:
            raise Refused("IncompleteSignatureException", f"Authorization parameter '{name}' is empty or repeated.")
        found[name] = text
    if found.keys() != {"Credential", "SignedHeaders", "Signature"}:
        raise Refused(
            "IncompleteSignatureException",
            "The Authorization header needs exactly Credential, SignedHeaders and Signature.",
        )
    credential = found["Credential"].rsplit("/", 4)
    if len(credential) != 5:
        raise Refused("IncompleteSignatureException", "Credential must read key/date/region/service/aws4_request.")
    return Authorization(*credential, found["SignedHeaders"].split(";"), found["Signature"])


@lru_cache(maxsize=64)
def parse_timestamp(text: str) -> Optional[int]:
    """Seconds since the epoch of an ISO 8601 basic date, None if it is not one."""
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return calendar.timegm(time.strptime(text, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        return None


def check_signed_headers(signed: list, fields: dict) -> None:
    """Host and every x-amz-* header (so also date and token) must be under the signature."""
    for name in signed:
        if name not in fields:
            raise Refused("InvalidSignatureException", f"Header '{name}' is signed but was not sent.")
    for name in fields:
        if (name == "host" or name.startswith("x-amz-")) and name not in signed:
            raise Refused("InvalidSignatureException", f"Header '{name}' has to be signed.")
    if "host" not in signed:
        raise Refused("InvalidSignatureException", "Header 'host' has to be signed.")


def check_scope(auth: Authorization, timestamp: str, region: Optional[str]) -> None:
    problem = None
    if auth.date != timestamp[:8]:
        problem = f"date '{auth.date}', which is not the day of X-Amz-Date {timestamp}"
    elif not auth.region or (region is not None and auth.region != region):
        problem = f"region '{auth.region}', which is not a valid one"
    elif auth.service != SERVICE:
        problem = f"service '{auth.service}' instead of '{SERVICE}'"
    elif auth.terminator != TERMINATOR:
        problem = f"terminator '{auth.terminator}' instead of '{TERMINATOR}'"
    if problem:
        raise Refused("InvalidSignatureException", f"The credential is scoped to {problem}.")


def check_skew(timestamp: str, seconds: int, now: float) -> None:
    if abs(now - seconds) <= MAX_SKEW:
        return
    here = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    if seconds < now:
        raise Refused("InvalidSignatureException", f"Signature expired: {timestamp} is over 5 min. before {here}.")
    raise Refused("InvalidSignatureException", f"Signature not yet current: {timestamp} is over 5 min. after {here}.")


def canonical_request(request, signed_headers: list) -> str:
    names = sorted(set(signed_headers))
    fields = request.fields
    headers = "".join([f"{name}:{' '.join(fields[name].split())}\n" for name in names])
    return (
        f"{request.method}\n{canonical_path(request.path)}\n{canonical_query(request.query)}\n"
        f"{headers}\n{';'.join(names)}\n{payload_hash(request)}"
    )


@lru_cache(maxsize=4096)
def canonical_path(path: str) -> str:
    """Without dot segments and empty ones, each segment encoded once more (all services but S3)."""
    return quote(normalize_path(path), safe="/-_.~")


def normalize_path(path: str) -> str:
    """Remove '.', '..' and empty segments (RFC 3986, 5.2.4); a trailing slash stays."""
    if "//" not in path and "/." not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    normal = "/" + "/".join(kept)
    return normal + "/" if kept and segments[-1] in ("", ".", "..") else normal


def canonical_query(query: str) -> str:
    """Parameters decoded, encoded anew and sorted by name, then by value."""
    if not query:
        return ""
    pairs = []
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        pairs.append(tuple(quote(unquote_to_bytes(text), safe="-_.~") for text in (name, value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def payload_hash(request) -> str:
    """Of the body as it came; a hash that was sent along has to agree with it."""
    actual = hashlib.sha256(request.body).hexdigest() if request.body else EMPTY_SHA256
    if request.fields.get("x-amz-content-sha256", actual) != actual:
        raise Refused("InvalidSignatureException", f"X-Amz-Content-Sha256 is not the hash of the body, {actual}.")
    return actual


def string_to_sign(timestamp: str, scope: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    return f"{ALGORITHM}\n{timestamp}\n{scope}\n{digest}"


@lru_cache(maxsize=256)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, TERMINATOR):
        key = hmac.digest(key, part.encode("latin-1"), "sha256")
    return key
