#!/usr/bin/env python3
"""Prints Amazon Location Service jobs, and follows them to their end if asked to.

    get_job.py JOB_ID...                     ask once
    get_job.py --wait JOB_ID...              wait until each has ended
    get_job.py --follow SECONDS JOB_ID...    ask every so many seconds until each has ended, and show its status
    get_job.py NAME=VALUE ...                the same with settings, such as region_name=us-east-1

Credentials and Region come from the environment and the shared files, as for the AWS CLI. The exit
status is 0 when all jobs were read, 1 when one of them has failed or was cancelled, 2 when one could not be read.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

import locjob

FINAL = {"Completed", "Failed", "Cancelled"}


def line(label: str, value: str) -> None:
    print(f"{label:22}{value}", flush=True)


def print_job(job: dict[str, Any]) -> None:
    line("Job id", job["JobId"])
    line("Name", job.get("Name", "-"))
    line("Status", job["Status"])
    line("Updated at", f"{job['UpdatedAt']:%Y-%m-%dT%H:%M:%SZ}")
    line("Input location", job["InputOptions"]["Location"])
    line("Output location", job["OutputOptions"]["Location"])
    if "Error" in job:
        line("Error code", job["Error"].get("Code", "-"))
        for message in job["Error"].get("Messages", []):
            line("Error message", message)
    for key, value in job.get("Tags", {}).items():
        line("Tag", f"{key} = {value}")


def print_error(what: str, error: locjob.LocjobError) -> None:
    print(f"{what}: {error}\n  code        {error.code_name}", file=sys.stderr)
    if isinstance(error, locjob.ClientError):
        print(f"  error code  {error.response['Error']['Code']}", file=sys.stderr)


def get_job(client: locjob.Client, job_id: str, wanted: argparse.Namespace) -> dict[str, Any]:
    if wanted.wait:
        try:
            return client.wait_for_job(JobId=job_id)
        except locjob.WaiterError as ended:  # failed, or cancelled
            return ended.job
    job = client.get_job(JobId=job_id)
    while wanted.follow is not None and job["Status"] not in FINAL:
        line("Status", job["Status"])
        time.sleep(wanted.follow)
        job = client.get_job(JobId=job_id)
    return job


def main() -> int:
    arguments = argparse.ArgumentParser(description="Prints Amazon Location Service jobs.")
    arguments.add_argument("arguments", metavar="NAME=VALUE | JOB_ID", nargs="+")
    how = arguments.add_mutually_exclusive_group()
    how.add_argument("--wait", action="store_true", help="wait until each has ended")
    how.add_argument("--follow", type=float, metavar="SECONDS", help="ask again this often until each has ended")
    wanted = arguments.parse_intermixed_args()
    settings = dict(argument.split("=", 1) for argument in wanted.arguments if "=" in argument)
    status = 0
    try:
        with locjob.Client(**settings) as client:
            for job_id in (argument for argument in wanted.arguments if "=" not in argument):
                try:
                    job = get_job(client, job_id, wanted)
                    print_job(job)
                    status = max(status, job["Status"] in {"Failed", "Cancelled"})
                except locjob.LocjobError as error:
                    print_error(job_id, error)
                    status = 2
    except locjob.LocjobError as error:
        print_error("get_job.py", error)
        status = 2
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
