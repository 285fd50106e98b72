"""Counters of the server, in the text format of Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from typing import TypedDict

#: The upper bounds of the buckets of durations, in seconds.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_BOUNDS = (*_BUCKETS, float("inf"))


class Counts(TypedDict):
    """What was counted: methods, statuses and numbers; bounds and numbers; seconds."""

    requests: list[tuple[str, int, int]]
    buckets: list[tuple[float, int]]
    seconds: float


class Metrics:
    """Requests by method and status, and how long they took.

    >>> metrics = Metrics()
    >>> metrics.record("GET", 200, 0.002)
    >>> metrics.text([("knockon_workers", "gauge", "Worker processes.", 2)]).splitlines()[-1]
    'knockon_workers 2'
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: Counter[float] = Counter()
        self._seconds = 0.0

    def record(self, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests[method, status] += 1
        self._seconds += seconds
        self._buckets[_BOUNDS[bisect_left(_BOUNDS, seconds)]] += 1

    def take(self) -> Counts | None:
        """Return what was counted since the last time, for ``add`` of another process; None if it is nothing."""
        if not self._requests:
            return None
        requests = [(method, status, count) for (method, status), count in self._requests.items()]
        counts: Counts = {"requests": requests, "buckets": list(self._buckets.items()), "seconds": self._seconds}
        self._begin()
        return counts

    def add(self, counts: Counts) -> None:
        """Add what another process has counted.

        >>> other, metrics = Metrics(), Metrics()
        >>> other.record("GET", 200, 0.5)
        >>> metrics.add(other.take())
        >>> metrics.text() == other.text(), other.take()
        (False, None)
        """
        for method, status, count in counts["requests"]:
            self._requests[method, status] += count
        self._buckets.update(dict(counts["buckets"]))
        self._seconds += counts["seconds"]

    def text(self, more: Iterable[tuple[str, str, str, float]] = ()) -> str:
        """Return all metrics; ``more`` are others: name, type, description and value."""
        lines = ["# HELP knockon_requests_total Requests answered.", "# TYPE knockon_requests_total counter"]
        lines += [
            f'knockon_requests_total{{method="{method}",status="{status}"}} {count}'
            for (method, status), count in sorted(self._requests.items())
        ]
        name, total = "knockon_request_seconds", 0
        lines += [f"# HELP {name} Seconds from a request to the end of its answer.", f"# TYPE {name} histogram"]
        for bound in _BUCKETS:
            total += self._buckets[bound]
            lines.append(f'{name}_bucket{{le="{bound:g}"}} {total}')
        total += self._buckets[float("inf")]
        lines += [f'{name}_bucket{{le="+Inf"}} {total}', f"{name}_sum {self._seconds:.6f}", f"{name}_count {total}"]
        for key, kind, description, value in more:
            lines += [f"# HELP {key} {description}", f"# TYPE {key} {kind}", f"{key} {value:g}"]
        return "\n".join(lines) + "\n"
