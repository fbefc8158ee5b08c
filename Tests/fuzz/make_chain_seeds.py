"""Writes the seeds of the target in FuzzChain.swift to corpus/chain-*: for each way to get credentials a whole
call as it usually goes. They are part of the repository: this is how to make others.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

CHAIN = b"\x0b"  # its place among the targets
JOB = {
    "Action": "ValidateAddress", "CreatedAt": "2023-01-01T00:00:00Z", "ExecutionRoleArn": "arn:a", "InputOptions":
    {"Location": "s3://i/", "Format": "Parquet"}, "JobArn": "arn:b", "JobId": "job", "OutputOptions":
    {"Format": "Parquet", "Location": "s3://o/"}, "Status": "Running", "UpdatedAt": 1672531200.5,
}  # fmt: skip
END = "2026-09-21T14:18:20Z"  # five minutes after the calls begin
# A key made for this and nothing else.
KEY = """-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFoPc0sFxwxF3aQdZWJTKfFuznVLqDsw29pMTCskp2+FoAoGCCqGSM49
AwEHoUQDQgAEBvAYnliGj2JkeQ33bVNVqR0aJ4eGGz8yWvGEIvgDBQ+9VnAWZa1Z
LMRSybDrkuhKgYQp7usXT4Ip0GCCezqoeg==
-----END EC PRIVATE KEY-----
"""


def piece(content: bytes | str | dict) -> bytes:
    if isinstance(content, dict):
        content = json.dumps(content)
    content = content.encode() if isinstance(content, str) else content
    return struct.pack("<H", len(content)) + content


def response(body, head: str = "Content-Type: application/json\r\n", status: int = 0) -> bytes:
    body = json.dumps(body) if isinstance(body, dict) else body
    return b"\x00" + bytes([status]) + piece(f"{head}\0{body}")


def file(content) -> bytes:
    return b"\x00" + piece(content)


def sts(action: str) -> str:
    return (
        f"<{action}Response><{action}Result><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S&amp;</SecretAccessKey>"
        f"<SessionToken>T</SessionToken><Expiration>{END}</Expiration></Credentials></{action}Result></{action}Response>"
    )


KEYS = {"AccessKeyId": "A", "SecretAccessKey": "S", "Token": "T", "Expiration": END, "Code": "Success"}
PORTAL = {"roleCredentials": {"accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T", "expiration": 1790000300000}}
TOKEN = {
    "accessToken": "t", "expiresAt": END, "clientId": "c", "clientSecret": "s", "refreshToken": "r",
    "registrationExpiresAt": "2027-01-01T00:00:00Z", "startUrl": "https://corp.example/start", "region": "us-east-1",
}  # fmt: skip
LOGIN = {
    "accessToken": {"accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T", "accountId": "1", "expiresAt": END},
    "tokenType": "x", "refreshToken": "r", "idToken": "i", "clientId": "c", "dpopKey": KEY,
}  # fmt: skip
REFRESHED = {"accessToken": "new", "tokenType": "Bearer", "expiresIn": 28800, "refreshToken": "next"}
SIGNED_IN = {"accessToken": PORTAL["roleCredentials"], "tokenType": "x", "expiresIn": 900, "refreshToken": "n"}
ERROR = {"__type": "ThrottlingException", "message": "slow down", "fieldList": [{"name": "a", "message": "b"}]}
PROCESS = b"\x00\x00" + piece({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S", "Expiration": END}) + piece("note")
DONE = b"\x00"

SEEDS = {
    "static": (0, response(ERROR, status=6), DONE, response(JOB)),
    "process": (1, PROCESS, response(JOB), PROCESS, response(JOB)),
    "sso": (2, file(TOKEN), response(REFRESHED), DONE, response(PORTAL), response(JOB)),
    "old-sso": (3, file(TOKEN), response(PORTAL), response(JOB)),
    "login": (4, file(LOGIN), response(SIGNED_IN), DONE, response(JOB)),
    "role": (5, b"\x00" + piece("123456"), response(sts("AssumeRole")), response(JOB)),
    "web": (6, file("ey.token"), response(sts("AssumeRoleWithWebIdentity")), response(JOB)),
    "container": (7 | 0x30, file("authorization"), response(KEYS), response(sts("AssumeRole")), response(JOB)),
    "instance": (8, response("imds"), response("the-role"), response(KEYS), response(sts("AssumeRole")), response(JOB)),
    "machine": (9, response("imds"), response("the-role"), response(KEYS), response(JOB)),
}

if __name__ == "__main__":
    for name, (choice, *steps) in SEEDS.items():
        (Path(__file__).parent / f"corpus/chain-{name}").write_bytes(CHAIN + bytes([choice]) + b"".join(steps))
