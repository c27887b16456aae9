"""Two thousand real requests of a city taken over with their real times; the file lies beside the checkout, or not."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.days.instant import rfc3339
from domain.rules.hat import Actor, Hat
from ledger.audit import rebuild
from ledger.imports.column_map import read
from ledger.imports.takeover import standing, take_over
from ledger.registers.sheet import sheet
from settings import ROOT
from tests.domain.scene import COUNTY
from tests.ledger.county import County, Database, inhabited

SYSTEM = Actor("P-SYSTEM", Hat("integration", COUNTY))
FILE = ROOT.parent / "shared" / "data" / "nyc311_subset_2000.csv"
needs_data = pytest.mark.skipif(not FILE.exists(), reason="the requests lie beside this checkout")
NYC = "%m/%d/%Y %I:%M:%S %p"


def counted(rows: Sequence[dict[str, str]]) -> tuple[int, int]:
    """Late and never closed, by the file alone."""
    late = sum(
        datetime.strptime(row["Closed Date"], NYC) > datetime.strptime(row["Due Date"], NYC)  # noqa: DTZ007
        for row in rows
        if row["Closed Date"] and row["Due Date"]
    )
    return late, sum(not row["Closed Date"] for row in rows)


@needs_data
async def test_two_thousand_real_requests_keep_their_times_and_none_is_lost(copied: Callable[[], Database]) -> None:
    one = read((ROOT / "samples/import/nyc311.yaml").read_text())
    given = sheet(FILE.read_bytes())
    rows = list(csv.DictReader(io.StringIO(FILE.read_text())))
    async with inhabited(copied()) as county:
        tried = await take_over(county.ledger, SYSTEM, one, given, dry_run=True)
        for kept in ("command", "event", '"case"', "outbox"):
            assert await county.value(f"select count(*) from {kept}") == 0
        assert await county.value("select last_value from case_number") == 1
        lines = await take_over(county.ledger, SYSTEM, one, given)
        assert [(line.outcome, line.words) for line in lines] == [(line.outcome, line.words) for line in tried]
        outcomes = Counter(line.outcome for line in lines)
        assert outcomes == {"imported": 1999, "to_check": 1}
        assert sum(outcomes.values()) == len(rows)
        found = await standing(county.superuser, SYSTEM, one, given, ["due"])
        late, never = counted(rows)
        assert (late, never) == (304, 42)
        by_stage = {each.stage: each for each in found}
        assert (by_stage["已办结"].late, by_stage["已办结"].red) == (late, late)
        assert by_stage["在办"].cases == never
        assert by_stage["待核对"].cases == 1
        assert sum(each.cases for each in found) == len(rows)
        assert await county.faults() == []
        async with county.ledger.writers.held() as connection:
            assert await rebuild.rebuild(connection, None) == (len(rows), [])
        again = await take_over(county.ledger, SYSTEM, one, given)
        assert {line.outcome for line in again} == {"repeated"}
        assert await county.value('select count(*) from "case"') == len(rows)
        await _times_are_the_files(county, rows)


async def _times_are_the_files(county: County, rows: Sequence[dict[str, str]]) -> None:
    """Every row's own instants are those of its events."""
    zone = ZoneInfo("America/New_York")

    def instant(text: str) -> str | None:
        return rfc3339(datetime.strptime(text, NYC).replace(tzinfo=zone)) if text else None

    stored = await county.rows(
        "select o.body::jsonb -> 'fields' ->> 'reference' as reference, o.leaf::jsonb ->> 'occurred_at' as opened,"
        " a.leaf::jsonb ->> 'occurred_at' as closed, o.body::jsonb -> 'fields' ->> 'due_at' as due"
        " from event o left join event a on a.case_id = o.case_id and a.name = 'ActionTaken' where o.version = 1"
    )
    told_ = {row["reference"]: (row["opened"], row["closed"], row["due"]) for row in stored}
    for row in rows:
        closed = None if row["Closed Date"].startswith("01/01/1900") else instant(row["Closed Date"])
        assert told_[row["Unique Key"]] == (instant(row["Created Date"]), closed, instant(row["Due Date"]))
