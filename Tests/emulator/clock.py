"""Two clocks: the one the service shows and checks signatures by, and the one jobs live on."""

from __future__ import annotations

import time
from email.utils import formatdate


class Clock:
    """The service's wall clock, which can be wrong, and the jobs' clock, which can be fast.

    They are separate so that a test can make a job finish in milliseconds without breaking
    every signature, and shift the service's clock without ageing a job.
    """

    def __init__(self, speed: float = 1.0):
        self.offset = 0.0
        self.speed = speed
        self._job_anchor = time.time()
        self._anchor = time.monotonic()
        self._date_second = None
        self._date = ""

    def now(self) -> float:
        """Seconds since the epoch as the service believes."""
        return time.time() + self.offset

    def job_now(self) -> float:
        """Seconds since the epoch on the jobs' clock."""
        return self._job_anchor + (time.monotonic() - self._anchor) * self.speed

    def set_speed(self, speed: float) -> None:
        """Run the jobs' clock at another speed from now on; 0 stops it."""
        self.advance(0.0)
        self.speed = speed

    def advance(self, seconds: float) -> None:
        """Move the jobs' clock forward at once."""
        self._job_anchor = self.job_now() + seconds
        self._anchor = time.monotonic()

    def http_date(self, shift: float = 0.0) -> str:
        """The value of a Date header; the text is made once a second, as it is asked for often."""
        second = int(self.now() + shift)
        if second != self._date_second:
            self._date_second, self._date = second, formatdate(second, usegmt=True)
        return self._date
