"""Likely the same: candidates come from an index, as far as the caller may look, and rebuild knows the shingles."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql

from domain.case.command import Open
from domain.case.similarity import Matter
from domain.rules.hat import Actor, Hat
from ledger.audit.rebuild import rebuild
from ledger.changes.weights import CHANGE
from ledger.identity.scope import Scope, view_of
from ledger.read.similar import SimilarCase, candidates, similar
from ledger.store.connection import connect
from tests.domain.scene import COUNTY, DISPATCHER, GRID_WORKER, OTHER_TOWNSHIP, PLACES, VILLAGE
from tests.ledger.county import County, ruled

WELL = {"kind": "safety", "place": "二组水井旁", "description": "路边污水井的井盖丢失，行人容易踩空"}
AGAIN = Matter("下水井没有盖子", "污水井缺井盖，孩子容易掉进井里", "2组水井旁", "safety", VILLAGE)
# In five townships of a county of their own, each case with bigrams of which some are common.
FILL = """
with filled as (
    insert into "case" (id, number, previous_version, version, head, fold, state, procedure, procedure_sha256, title,
        division, village, township, county, units, stage, closed, yellow, red, escalations, opened_by, opened_at,
        recorded_at, received_at)
    select gen_random_uuid(), 'S-' || n, 0, 1, '', 1, '{}', 'hazard', 'none', '样例 ' || n, '990001101200',
        '990001101200', '99000110' || n % 5 || '000', '990001000000', '{}', 'reported', n % 10 = 0, 0, 0, 0, 'P-Q',
        now(), now(), now()
    from generate_series(1, 5000) n returning id, township, number)
insert into shingle (case_id, grams)
select id, array['hazard/' || township, 'hazard/990001000000', 'g' || substr(number, 3)::int % 50,
    'h' || substr(number, 3)::int % 700, '井盖']
from filled
"""


async def filed(county: County, title: str, fields: Mapping[str, Any], procedure: str = "hazard") -> UUID:
    """A case in the village."""
    ruling = await county.ledger.registrar.rule(county.request(Open(procedure, VILLAGE, title, fields), GRID_WORKER))
    assert ruling.case_id is not None, ruling
    return ruling.case_id


async def asked(
    county: County, hat: str = DISPATCHER, matter: Matter = AGAIN, procedure: str = "hazard"
) -> list[SimilarCase]:
    """What this hat is shown."""
    async with county.ledger.reading() as connection:
        view = await view_of(connection, Actor("P-0001", Hat.parse(hat)))
        return await similar(connection, view, procedure, PLACES[VILLAGE].lineage, matter)


async def test_the_same_well_is_found_and_nobody_else_sees_it(county: County) -> None:
    case_id = await filed(county, "井盖丢失", WELL)
    await filed(county, "两家争地边", {"kind": "dispute", "place": "五组", "description": "为地界争吵"})
    (hit,) = await asked(county)
    assert (hit.case_id, hit.stage_title, hit.closed) == (case_id, "已上报", False)
    assert hit.score >= 75
    assert hit.reason.startswith("同村，地点相同")
    assert [hit.case_id for hit in await asked(county, f"dispatcher@{COUNTY}")] == [case_id]
    assert await asked(county, f"dispatcher@{OTHER_TOWNSHIP}") == []
    assert await asked(county, "handler@U-141025101-01") == []
    assert await asked(county, f"resident@{VILLAGE}") == []
    assert await asked(county, procedure="petition") == []


async def test_a_sealed_case_shows_itself_to_nobody_it_is_sealed_to(county: County) -> None:
    case_id = await filed(county, "井盖丢失", WELL)
    before = {hit.case_id for hit in await asked(county)}
    assert case_id in before
    await county.forge('update "case" set sealed = $2 where id = $1', case_id, [f"inspector@{COUNTY}"])
    assert {hit.case_id for hit in await asked(county)} == before - {case_id}
    assert case_id in {hit.case_id for hit in await asked(county, f"inspector@{COUNTY}")}


async def test_a_closed_case_is_shown_for_thirty_days_whatever_lapses_later(county: County) -> None:
    fields = {**WELL, "place": "磨坊沟口"}
    matter = Matter("下水井没有盖子", AGAIN.text, "磨坊沟沟口", "safety", VILLAGE)
    case_id = await filed(county, "井盖丢失", fields)
    await county.lead(case_id, "close")
    assert [hit.closed for hit in await asked(county, matter=matter) if hit.case_id == case_id] == [True]
    await county.forge("update event set recorded_at = recorded_at - interval '31 days' where case_id = $1", case_id)
    assert case_id not in {hit.case_id for hit in await asked(county, matter=matter)}


async def test_a_corrected_place_is_what_a_case_is_found_by(county: County) -> None:
    case_id = await filed(county, "井盖丢失", {**WELL, "place": "甲地"})
    await county.act(case_id, "correct", GRID_WORKER, {"field": "place", "value": "丁卯"}, reason="地点写错")
    grams = await county.value("select grams from shingle where case_id = $1", case_id)
    assert ("丁卯" in grams, "甲地" in grams) == (True, False)
    opened = [county.opening() for _ in range(3)]  # more than one case: the other statement
    ids = [ruled(outcome).case_id for outcome in await county.ledger.registrar.rule_many(opened)]
    assert await county.value("select count(*) from shingle where case_id = any($1)", ids) == 3


async def test_the_county_weighs_as_it_wants(county: County) -> None:
    assert await asked(county)
    said = json.dumps({"threshold": 100})
    await county.ledger.writers.fetch(CHANGE, "P-head", "head@141025000000", "试", said)
    assert await asked(county) == []
    await county.ledger.writers.fetch(CHANGE, "P-head", "head@141025000000", "读不出来的", "x")
    assert await asked(county)


async def test_shingles_are_rebuilt(county: County) -> None:
    lost, changed = await county.open(), await county.open()
    await county.forge("delete from shingle where case_id = $1", lost)
    await county.forge("update shingle set grams = '{x}' where case_id = $1", changed)
    _, found = await rebuild(county.superuser, None)
    assert sum(each.endswith("：shingle") for each in found) == 2
    writing = await connect(county.database.app_url)
    await rebuild(county.superuser, writing)
    await writing.close()
    _, found = await rebuild(county.superuser, None)
    assert [each for each in found if each.endswith("：shingle")] == []


async def test_candidates_come_from_the_index(county: County) -> None:
    await county.superuser.execute(FILL)
    await county.superuser.execute('analyze shingle, "case"')
    lineage = {"county": "990001000000", "township": "990001101000"}
    view = Scope(lineage["township"], "镇", "township", lineage["township"], lineage)
    query = candidates(view, "hazard", lineage, Matter("g7", "h9"))
    sql = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]
    async with county.ledger.reading() as connection:
        plan = "\n".join((await connection.exec_driver_sql(f"explain {sql}")).scalars())
        found = len((await connection.execute(query)).all())
    assert "Bitmap Index Scan on shingle_grams" in plan, plan
    assert found == len([n for n in range(1, 5001) if n % 5 == 1 and n % 10 and (n % 50 == 7 or n % 700 == 9)])
