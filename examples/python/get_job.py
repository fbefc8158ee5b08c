#!/usr/bin/env python3
"""Prints an Amazon Location Service job, and follows it to its end if asked to.

    get_job.py my-job-id
    get_job.py my-job-id --follow 60

Credentials and Region come from the environment and the shared files, as for the AWS CLI. The exit
status is 0 for a job that was printed (with --follow: one that completed), 1 for a job that failed or was
cancelled, 2 when the service could not be asked.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

import locjob

FINAL = {"Completed", "Failed", "Cancelled"}


def lines(job: dict[str, Any]) -> list[str]:
    """A job for people to read, one line for each thing it has."""
    found = [f"{job['JobId']}  {job['Status']}  (updated {job['UpdatedAt']:%Y-%m-%d %H:%M:%S} UTC)"]
    if "Name" in job:
        found.append(f"  name    {job['Name']}")
    found.append(f"  input   {job['InputOptions']['Location']}")
    found.append(f"  output  {job['OutputOptions']['Location']}")
    for key, value in sorted(job.get("Tags", {}).items()):
        found.append(f"  tag     {key}={value}")
    if "Error" in job:
        found.append(f"  error   {job['Error']['Code']}")
        found += [f"          {message}" for message in job["Error"].get("Messages", [])]
    return found


def main() -> int:
    arguments = argparse.ArgumentParser(description="Prints an Amazon Location Service job.")
    arguments.add_argument("job_id")
    arguments.add_argument("--region", help="instead of the configured one")
    arguments.add_argument("--endpoint-url", help="instead of the service's own")
    arguments.add_argument(
        "--follow", type=float, metavar="SECONDS", help="ask again this often until the job has ended"
    )
    wanted = arguments.parse_args()
    try:
        with locjob.Client(region_name=wanted.region, endpoint_url=wanted.endpoint_url) as client:
            job = client.get_job(JobId=wanted.job_id)
            print(*lines(job), sep="\n", flush=True)
            while wanted.follow is not None and job["Status"] not in FINAL:
                time.sleep(wanted.follow)
                before, job = job, client.get_job(JobId=wanted.job_id)
                if job["Status"] != before["Status"]:
                    print(*lines(job), sep="\n", flush=True)
    except locjob.LocjobError as error:
        print(f"get_job.py: {error}", file=sys.stderr)
        return 2
    return 1 if job["Status"] in {"Failed", "Cancelled"} else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
