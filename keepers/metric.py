"""What the worker counts, for whoever scrapes it."""

from prometheus_client import Counter, Gauge

PATROLLED = Counter("bihuan_patrol_expired", "Overdue cases that Patrol had to wake")
TOLD = Counter("bihuan_relay_told", "Keepers that the relay told of a new wake time")
ROUNDED = Counter("bihuan_round_opened", "Openings by rounds that were acknowledged")
WAITING = Gauge("bihuan_outbox_waiting", "Outbox rows seen in the relay's last look (at most one batch)")
TROUBLED = Gauge("bihuan_case_troubled", "Cases that could not be woken, as Patrol last saw it")
REACHABLE = Gauge("bihuan_temporal_reachable", "1 while Temporal answers")
