"""What the service counts, in the text form that Prometheus reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the latencies' histogram, seconds."""


class Metrics:
    """Requests by status, rows, calls of the model, latencies."""

    def __init__(self) -> None:
        self.requests: Counter[int] = Counter()
        self.under: Counter[float] = Counter()
        self.rows = self.count = 0
        self.seconds = 0.0

    def add(self, status: int, seconds: float) -> None:
        """One request was answered."""
        self.requests[status] += 1
        self.count += 1
        self.seconds += seconds
        for bound in BUCKETS:
            self.under[bound] += seconds <= bound

    def text(self, calls: int, waiting: int) -> str:
        """All of it; `calls` of the model so far, and rows that wait."""
        return "\n".join([*self._lines(calls, waiting), ""])

    def _lines(self, calls: int, waiting: int) -> Iterator[str]:
        yield "# HELP paribus_requests_total Requests answered, by status."
        yield "# TYPE paribus_requests_total counter"
        for status, count in sorted(self.requests.items()):
            yield f'paribus_requests_total{{status="{status}"}} {count}'
        for name, told, kind, value in (
            ("rows_total", "Rows predicted for.", "counter", self.rows),
            ("calls_total", "Calls of the model.", "counter", calls),
            ("rows_waiting", "Rows that wait for a call.", "gauge", waiting),
        ):
            yield f"# HELP paribus_{name} {told}"
            yield f"# TYPE paribus_{name} {kind}"
            yield f"paribus_{name} {value}"
        yield "# HELP paribus_request_seconds Time until a request was answered."
        yield "# TYPE paribus_request_seconds histogram"
        for bound in BUCKETS:
            yield f'paribus_request_seconds_bucket{{le="{bound:g}"}} {self.under[bound]}'
        yield f'paribus_request_seconds_bucket{{le="+Inf"}} {self.count}'
        yield f"paribus_request_seconds_sum {self.seconds:.6f}"
        yield f"paribus_request_seconds_count {self.count}"
