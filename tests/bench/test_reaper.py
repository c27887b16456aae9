"""Deaths as they are planned: the same for a seed, apart from each other, and across the instants that matter."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import procedures
from bench.due_days import expected
from bench.reaper import APART_SECONDS, POSTGRES, TEMPORAL, WORKERS, Blow, planned
from bench.virtual import Virtual

START = datetime(2024, 12, 31, 4, tzinfo=UTC)
YEAR = timedelta(days=365)
TIME = Virtual(START, datetime(2026, 1, 1, tzinfo=UTC), YEAR / timedelta(minutes=12), YEAR)


def deaths(seed: int) -> list[Blow]:
    due = {one.id: one.due for one in expected(procedures.ROUNDS, START, START + YEAR)}
    return planned(random.Random(seed), TIME, 24, due["affairs_day"], due["weekly_analysis"])


def test_deaths_of_a_year_follow_from_the_seed_keep_apart_and_span_what_they_should() -> None:
    for seed in range(20):
        blows = deaths(seed)
        assert blows == deaths(seed)
        assert len(blows) == 24
        assert all(later.at - sooner.at >= timedelta(seconds=APART_SECONDS) for sooner, later in pairwise(blows))
        spans = Counter(blow.victims for blow in blows if blow.spans)
        assert spans == {(TEMPORAL,): 2, WORKERS: 2, (TEMPORAL, *WORKERS): 2}
        assert sum(POSTGRES in blow.victims for blow in blows) == 1
        for blow in blows:
            back = blow.at + timedelta(seconds=blow.down_seconds)
            assert blow.spans is None or TIME(blow.at) < blow.spans < TIME(back)
