"""What time it is for tests: now, or the instant that BIHUAN_TEST_NOW names (RFC 3339), running on from there.

`make days` runs the tests at days that a calendar makes special. PostgreSQL's clock decides what time it is in the
product, so the tests' own cluster is given the same shift (`clock_sql`).
"""

import os
from datetime import UTC, date, datetime, timedelta, tzinfo

from domain.days.instant import day_of

NAMED = os.environ.get("BIHUAN_TEST_NOW")
SHIFT = datetime.fromisoformat(NAMED) - datetime.now(UTC) if NAMED else timedelta()


def now(zone: tzinfo = UTC) -> datetime:
    """The time of the tests."""
    return (datetime.now(UTC) + SHIFT).astimezone(zone)


def today() -> date:
    """The day of the tests in Shanghai."""
    return day_of(now())


def clock_sql() -> str:
    """Statements by which every database made afterwards, by whatever role, reads the tests' time; '' for now.

    Functions of a schema that goes before PostgreSQL's own in the search path; what tests read of `public` is as ever.
    """
    if not SHIFT:
        return ""
    shifted = f"pg_catalog.clock_timestamp() + interval '{SHIFT.total_seconds():f} seconds'"
    return f"""
create schema moment;
grant usage on schema moment to public;
create function moment.clock_timestamp() returns timestamptz volatile language sql as $$ select {shifted} $$;
create function moment.now() returns timestamptz stable language sql as $$ select {shifted} $$;
alter role all set search_path = public, moment, pg_catalog;
"""
