"""What the process counts, for Prometheus. No names, no ids: only routes, outcomes and times."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counters of one application; each has its own, so that several may live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "bihuan_http_requests", "HTTP requests", ("method", "route", "status"), registry=self.registry
        )
        self.latency = Histogram(
            "bihuan_http_seconds", "Time to answer", ("method", "route"), buckets=BUCKETS, registry=self.registry
        )
        self.rulings = Counter("bihuan_rulings", "Commands by outcome", ("outcome",), registry=self.registry)

    def ruled(self, outcome: str) -> None:
        """A command was ruled on."""
        self.rulings.labels(outcome).inc()

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
