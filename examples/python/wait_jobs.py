#!/usr/bin/env python3
"""Waits for any number of Amazon Location Service jobs at once, in asyncio's event loop, and prints each as it ends.

    wait_jobs.py my-job-id another-job-id
    wait_jobs.py < job-ids

Credentials and Region come from the environment and the shared files, as for the AWS CLI. The exit status is 0
when all jobs were completed, 1 when some have failed or were cancelled, 2 when some could not be waited for.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from typing import Any

import locjob


class Waits:
    """Waits of one queue as awaitables of the running event loop."""

    def __init__(self, client: locjob.Client) -> None:
        self._queue = locjob.Queue(client)
        self._futures: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._next_tag = 0
        asyncio.get_running_loop().add_reader(self._queue.fileno(), self._take_results)

    async def wait_for_job(self, job_id: str) -> dict[str, Any]:
        """As locjob.Client.wait_for_job; cancelling the task ends the wait."""
        tag, self._next_tag = self._next_tag, self._next_tag + 1
        self._queue.wait(job_id, tag)
        future = self._futures[tag] = asyncio.get_running_loop().create_future()
        try:
            return await future
        except asyncio.CancelledError:
            with contextlib.suppress(locjob.UnknownTag):  # it has just ended
                self._queue.cancel(tag)
            raise

    def _take_results(self) -> None:
        while (result := self._queue.next(0)) is not None:
            future = self._futures.pop(result.tag)
            if future.cancelled():
                continue
            if result.error:
                future.set_exception(result.error)
            else:
                future.set_result(result.job)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._queue.fileno())
        self._queue.close()


async def ended(waits: Waits, job_id: str) -> int:
    """Prints a job when it has ended; returns what the exit status has to be at least."""
    try:
        job = await waits.wait_for_job(job_id)
    except locjob.WaiterError as error:
        print(f"{job_id}  {error.job['Status']}  {error}", flush=True)
        return 1
    except locjob.LocjobError as error:
        print(f"{job_id}: {error}", file=sys.stderr, flush=True)
        return 2
    print(f"{job_id}  {job['Status']}", flush=True)
    return 0


async def tick(seconds: float, waiting: list[asyncio.Task[int]]) -> None:
    """Something else that goes on in the same event loop."""
    while True:
        await asyncio.sleep(seconds)
        print(f"waiting for {sum(not each.done() for each in waiting)}", file=sys.stderr, flush=True)


async def wait_for_all(client: locjob.Client, job_ids: list[str], tick_seconds: float | None) -> int:
    waits = Waits(client)
    try:
        waiting = [asyncio.create_task(ended(waits, job_id)) for job_id in job_ids]
        ticker = asyncio.create_task(tick(tick_seconds, waiting)) if tick_seconds else None
        statuses = await asyncio.gather(*waiting)
        if ticker:
            ticker.cancel()
        return max(statuses, default=0)
    finally:
        waits.close()


def main() -> int:
    arguments = argparse.ArgumentParser(description="Waits for Amazon Location Service jobs.")
    arguments.add_argument("job_ids", nargs="*", metavar="job_id", help="else read from standard input, one a line")
    arguments.add_argument("--tick", type=float, metavar="SECONDS", help="say this often how many are waited for")
    arguments.add_argument("--delay", type=int, metavar="MILLISECONDS", help="between two looks at a job")
    wanted = arguments.parse_args()
    job_ids = wanted.job_ids or sys.stdin.read().split()
    try:
        with locjob.Client(wait_min_delay_ms=wanted.delay, wait_max_delay_ms=wanted.delay) as client:
            return asyncio.run(wait_for_all(client, job_ids, wanted.tick))
    except locjob.LocjobError as error:
        print(f"wait_jobs.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
