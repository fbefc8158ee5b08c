"""Starts the local service as a child process and speaks to its control interface.

    with Service(speed=100) as service:
        job = service.create_job(JobId="a-job")
        ... # point the client under test at service.url
"""

from __future__ import annotations

import http.client
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

# What a sanitizer or a tracer preloads into the program under test is not meant for this one.
_NOT_INHERITED = ("LD_PRELOAD", "DYLD_INSERT_LIBRARIES")


class ControlError(Exception):
    """The control interface refused a request."""


class Service:
    """The running service. `ports` is the line it printed when it was ready."""

    def __init__(
        self,
        speed: float = 1.0,
        quota: bool = False,
        tls: bool = True,
        bad_tls: bool = False,
        region: str | None = None,
        check_signature: bool = True,
        arguments: list[str] | None = None,
    ):
        self._arguments = ["--exit-with-stdin", "--speed", str(speed), *(arguments or [])]
        self._arguments += ["--quota"] if quota else []
        self._arguments += [] if tls else ["--no-tls"]
        self._arguments += ["--bad-tls"] if bad_tls else []
        self._arguments += ["--region", region] if region else []
        self._arguments += [] if check_signature else ["--no-signature-check"]
        self._process: subprocess.Popen | None = None
        self.ports: dict = {}

    # Life

    def __enter__(self) -> Service:
        return self.start()

    def __exit__(self, *error) -> None:
        self.stop()

    def start(self, timeout: float = 20.0) -> Service:
        program = Path(__file__).with_name("service.py")
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        self._process = subprocess.Popen(
            [sys.executable, str(program), *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        try:
            self.ports = json.loads(self._first_line(timeout))
        except BaseException:
            self.stop()
            raise
        return self

    def _first_line(self, timeout: float) -> bytes:
        line = b""
        deadline = time.monotonic() + timeout
        output = self._process.stdout.fileno()
        while not line.endswith(b"\n"):
            readable, _, _ = select.select([output], [], [], max(0.0, deadline - time.monotonic()))
            data = os.read(output, 4096) if readable else b""
            if not data:
                raise RuntimeError("the local service " + ("ended at once" if readable else "is slow to start"))
            line += data
        return line

    def stop(self) -> int | None:
        """End the process in any case; returns its exit status."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdin.close()
        process.stdout.close()
        return process.returncode

    @property
    def pid(self) -> int:
        return self.ports["pid"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['http']}"

    @property
    def https_url(self) -> str:
        return f"https://127.0.0.1:{self.ports['https']}"

    @property
    def ca(self) -> str:
        """Path of the certificate of the authority to trust."""
        return self.ports["ca"]

    def bad_url(self, kind: str) -> str:
        """expired, wrong_host, self_signed, old_tls, silent or not_tls; needs bad_tls=True."""
        return f"https://127.0.0.1:{self.ports['https_' + kind]}"

    # Control

    def control(self, method: str, path: str, members: dict | None = None) -> dict:
        # Not urllib, which would obey a proxy in the environment of the test.
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["http"], timeout=30)
        try:
            connection.request(method, f"/_emulator/{path}", None if members is None else json.dumps(members))
            response = connection.getresponse()
            result = json.loads(response.read())
        finally:
            connection.close()
        if response.status >= 300:
            raise ControlError(result.get("error", response.status))
        return result

    def create_job(self, *, plan: dict | None = None, document=None, age: float = 0, **members) -> dict:
        """Make a job; `members` are those of GetJob's output that shall differ from the usual ones."""
        given = {**members, "age": age}
        if plan is not None:
            given["plan"] = plan
        if document is not None:
            given["document"] = document
        return self.control("POST", "jobs", given)

    def delete_job(self, job_id: str) -> None:
        self.control("DELETE", f"jobs/{quote(job_id, safe='')}")

    def faults(self, *answers: dict, job_id: str | None = None) -> dict:
        """Script the next answers, for one job or for any request. None at all ends a script."""
        return self.control("POST", "faults", {"job_id": job_id, "answers": list(answers)})

    def pending_faults(self) -> dict:
        return self.control("GET", "faults")["pending"]

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def add_key(
        self,
        access_key: str,
        secret_key: str,
        session_token: str | None = None,
        expires_in: float | None = None,
    ) -> dict:
        members = {"access_key": access_key, "secret_key": secret_key}
        if session_token is not None:
            members["session_token"] = session_token
        if expires_in is not None:
            members["expires_in"] = expires_in
        return self.control("POST", "keys", members)

    def delete_key(self, access_key: str) -> None:
        self.control("DELETE", f"keys/{quote(access_key, safe='')}")

    def set_clock(self, **members) -> dict:
        """offset (s, of Date and signatures), speed and advance (s) of the jobs' clock."""
        return self.control("POST", "clock", members)

    def set_quota(self, **members) -> dict:
        return self.control("POST", "quota", members)

    def settings(self, **members) -> dict:
        """check_signature, region, base_path."""
        return self.control("POST", "settings", members)

    def requests(self, clear: bool = False) -> list[dict]:
        return self.control("GET", "requests?clear=1" if clear else "requests")["requests"]

    def stats(self) -> dict:
        return self.control("GET", "stats")

    def disconnect(self, how: str = "close") -> int:
        """End the open connections of clients (close or reset); returns how many."""
        return self.control("POST", "disconnect", {"how": how})["ended"]

    def reset(self) -> None:
        """Everything as just started; the connections of clients end."""
        self.control("POST", "reset", {})
