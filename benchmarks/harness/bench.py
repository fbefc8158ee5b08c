"""What the experiments share: the server, the programs, and how much is measured."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from .contender import Contender
from .programs import BENCHMARKS, PYTHON, Programs
from .server import JOB_ID, PATH, last_request

#: Calls of the two runs whose difference tells the instructions of one call.
FEW, MANY = 200, 1200


class Bench:
    def __init__(self, folder: Path, urls: dict[str, str], rounds: int, calls: int):
        self.folder = folder
        self.urls = urls
        self.rounds = rounds
        self.calls = calls
        self.programs = Programs(folder)
        #: What could not be had, for the report.
        self.missing: list[str] = []
        #: Before anything was measured.
        self.load = os.getloadavg()[0]

    def environment(self, scheme: str = "http") -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),  # where there are no configuration files
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",  # boto3 reads this one
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjE" + "A" * 983,  # 1000 characters, as those of roles have
            "AWS_CA_BUNDLE": str(self.folder / "ca.pem"),
            "AWS_ENDPOINT_URL_LOCATION": self.urls[scheme],
        }

    def address(self, scheme: str = "http", job_id: str = JOB_ID) -> str:
        return f"{self.urls[scheme]}{PATH}{job_id}"

    @functools.cached_property
    def agent(self) -> str:
        """The library's User-Agent, which the programs on libcurl alone send too."""
        self.locjob("http").run(1)
        return last_request(self.folder)[1]

    # The contenders that more than one experiment has.

    def floor(self, scheme: str, *more, job_id: str = JOB_ID, **options) -> Contender:
        command = lambda calls: [self.programs.path("floor"), self.address(scheme, job_id), calls, self.agent, *more]  # noqa: E731
        return self.contender("libcurl alone", command, scheme, **options)

    def locjob(self, scheme: str, *more, job_id: str = JOB_ID, **options) -> Contender:
        command = lambda calls: [self.programs.path("locjob"), job_id, calls, *more]  # noqa: E731
        return self.contender("locjob", command, scheme, **options)

    def python_binding(self, scheme: str, **options) -> Contender:
        command = lambda calls: [PYTHON, BENCHMARKS / "with_locjob.py", JOB_ID, calls]  # noqa: E731
        return self.contender("locjob through Python", command, scheme, **options)

    def boto3(self, scheme: str, **options) -> Contender:
        command = lambda calls: [PYTHON, BENCHMARKS / "with_boto3.py", self.urls[scheme], JOB_ID, calls]  # noqa: E731
        return self.contender("boto3", command, scheme, **options)

    def contender(self, name: str, command, scheme: str = "http", **options) -> Contender:
        options = {"group": scheme, "calls": self.calls} | options
        return Contender(name, command, self.environment(scheme), **options)
