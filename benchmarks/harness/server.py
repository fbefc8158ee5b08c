"""The server that everybody asks: nginx on 127.0.0.1, with static descriptions of jobs."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from .commands import run

JOB_ID = "benchmark-job"
PATH = "/metadata/v0/jobs/"
PROGRAM = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")

#: Jobs with so many tags, for what grows with them: `tags-10` and so on.
TAG_COUNTS = (0, 10, 50)


def job(job_id: str = JOB_ID, tags: int = 16) -> str:
    """The description of a job, as the service sends it."""
    return json.dumps(JOB | {"JobId": job_id, "Tags": tags_of(tags)}, separators=(",", ":"))


def tags_of(count: int) -> dict[str, str]:
    return {f"tag-{number}": "a value of some length" for number in range(count)}


JOB = {
    "Action": "ValidateAddress",
    "ActionOptions": {"ValidateAddress": {"AdditionalFeatures": ["Position", "CountrySpecificAttributes"]}},
    "CreatedAt": "2026-01-01T08:30:00.123Z",
    "EndedAt": "2026-01-01T09:12:45.678Z",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/service-role/LocationAddressValidation",
    "InputOptions": {"Format": "Parquet", "Location": "s3://example-addresses/customers/2026/01/input/"},
    "JobArn": f"arn:aws:geo:us-east-1:123456789012:job/{JOB_ID}",
    "JobId": JOB_ID,
    "Name": "monthly validation of customer addresses",
    "OutputOptions": {"Format": "Parquet", "Location": "s3://example-addresses/customers/2026/01/output/"},
    "Status": "Completed",
    "Tags": {},
    "UpdatedAt": "2026-01-01T09:12:45.678Z",
}

# One process that only answers. Each answer's request size and User-Agent are logged, to show that all
# clients send alike; nothing ends a connection before a client does.
NGINX = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    log_format sizes '$request_length $http_user_agent';
    access_log {folder}/access.log sizes buffer=64k flush=100ms;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    server {{
        listen 127.0.0.1:{http};
        listen 127.0.0.1:{https} ssl;
        {locations}
    }}
}}
"""

LOCATION = """
        location {path} {{
            default_type application/json;
            add_header x-amzn-RequestId 01234567-89ab-4def-8123-456789abcdef;
            return 200 '{body}';
        }}
"""


def make_certificates(folder: Path) -> None:
    """An authority of our own, and a certificate from it for 127.0.0.1."""
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    (folder / "server.ext").write_text("subjectAltName = IP:127.0.0.1\n")
    openssl = lambda *arguments: run(["openssl", *arguments], cwd=folder, stderr=subprocess.DEVNULL)  # noqa: E731
    openssl("req", "-x509", *new_key, "-subj", "/CN=benchmark", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", *new_key, "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr")
    signed = ["-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
    openssl("x509", "-req", *signed, "-days", "2", "-extfile", "server.ext", "-out", "server.pem")


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def nginx(folder: Path, more: dict[str, str] = {}):  # noqa: B006
    """Runs the server, with these further answers by their job ids; gives the URLs it listens at."""
    http, https = free_ports(2)
    jobs = {JOB_ID: job()} | {f"tags-{count}": job(f"tags-{count}", count) for count in TAG_COUNTS} | more
    locations = "".join(LOCATION.format(path=f"= {PATH}{job_id}", body=body) for job_id, body in jobs.items())
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, http=http, https=https, locations=locations))
    make_certificates(folder)
    process = subprocess.Popen([PROGRAM, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        for _ in range(100):
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", https), 1):
                break
            if process.poll() is not None:
                sys.exit(f"nginx ended: {(folder / 'error.log').read_text()}")
            time.sleep(0.05)
        yield {"http": f"http://127.0.0.1:{http}", "https": f"https://127.0.0.1:{https}"}
    finally:
        process.terminate()
        process.wait()


def last_request(folder: Path) -> tuple[int, str]:
    """The size and the User-Agent of the request that was answered last."""
    time.sleep(0.3)  # until nginx has written its log
    size, agent = (folder / "access.log").read_text().splitlines()[-1].split(" ", 1)
    return int(size), agent


