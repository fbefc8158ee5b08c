"""The service's request quotas: a token bucket for each operation."""

from __future__ import annotations

import time


class Quota:
    """Rate and burst, for each operation on its own.

    The defaults are those Amazon publishes for the job operations: 5 requests a second and a
    burst of 80 % of that.
    """

    RATE = 5.0
    BURST = 4.0

    def __init__(self, enabled: bool = False, rate: float = RATE, burst: float = BURST):
        self.enabled = enabled
        self.rate = rate
        self.burst = burst
        self._buckets: dict[str, tuple[float, float]] = {}  # operation: (tokens, when counted)

    def admit(self, operation: str) -> bool:
        """Take one token; False when there is none and the request has to be throttled."""
        if not self.enabled:
            return True
        now = time.monotonic()
        tokens, counted = self._buckets.get(operation, (self.burst, now))
        tokens = min(self.burst, tokens + (now - counted) * self.rate)
        admitted = tokens >= 1.0
        self._buckets[operation] = (tokens - 1.0 if admitted else tokens, now)
        return admitted
