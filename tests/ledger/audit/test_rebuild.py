"""Everything that is folded can be folded again: after a new fold, after damage, and as it stood at any version."""

import json
import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from domain.case import state as cases
from domain.case.command import Act
from domain.case.fold import evolve, fold
from domain.case.view import present
from domain.rules.form import FieldType, FormField
from domain.rules.procedure import Procedure
from ledger.audit.rebuild import REPLACE_CASES, rebuild
from ledger.audit.refold import files
from ledger.registrar.docket import clock_actor
from ledger.registrar.request import Request, Ruling, expiry
from ledger.store.connection import connect
from ledger.store.row import rows_json
from ledger.store.stored_case import journal
from tests.domain.scene import (
    APPROVER,
    CALLER,
    COUNTY_UNIT,
    DISPATCHER,
    GRID_WORKER,
    HANDLER,
    HAZARD,
    PHOTO,
    TOWNSHIP_UNIT,
    VILLAGE,
    procedure,
)
from tests.ledger.county import County, told

MANY = 1000


async def mended(county: County, write: bool = True) -> tuple[int, list[str]]:
    """What `rebuild` finds, and mends if it may."""
    if not write:
        return await rebuild(county.superuser, None)
    writing = await connect(county.database.app_url)
    try:
        return await rebuild(county.superuser, writing)
    finally:
        await writing.close()


async def opened(county: County, count: int) -> list[UUID]:
    """So many new cases, opened together."""
    ids = []
    for first in range(0, count, 250):
        requests = [county.opening() for _ in range(min(250, count - first))]
        for outcome in await county.ledger.registrar.rule_many(requests):
            assert isinstance(outcome, Ruling)
            assert outcome.case_id is not None
            ids.append(outcome.case_id)
    return ids


async def everything(county: County) -> list[tuple[Any, ...]]:
    """Every case row as it stands."""
    return [tuple(row) for row in await county.rows('select * from "case" order by id')]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update \"case\" set title = '别的' where id = $1", ["title"]),
        ("update \"case\" set state = '{}', wake_at = null, red = 7 where id = $1", ["state", "wake_at", "red"]),
        ("update \"case\" set head = '\\x00' where id = $1", ["head"]),
        ('delete from "case" where id = $1', ["id"]),
    ],
)
async def test_damage_is_told_and_mended(county: County, statement: str, found: list[str]) -> None:
    case_id = await county.open("drill")
    county.clock.advance(seconds=7)
    await county.ledger.registrar.wake(case_id)
    honest = await everything(county)
    await county.forge(statement, case_id)
    for write in (False, True):
        _, differences = await mended(county, write)
        assert [difference.rpartition("：")[2] for difference in differences] == found
        assert all(str(case_id) in difference for difference in differences)
    assert (await mended(county))[1] == []
    assert await everything(county) == honest


async def test_a_case_that_cannot_be_folded_hides_no_other(county: County) -> None:
    unreadable, damaged = await county.open(), await county.open()
    await county.forge("update event set schema = 99 where case_id = $1", unreadable)
    await county.forge('update "case" set red = 5 where id = $1', damaged)
    _, differences = await mended(county)
    assert any(str(unreadable) in difference and "无法折叠" in difference for difference in differences)
    assert any(difference.endswith(f"（{damaged}）：red") for difference in differences)
    await county.forge("update event set schema = 1 where case_id = $1", unreadable)
    assert (await mended(county))[1] == []


async def test_a_case_that_moved_on_meanwhile_keeps_its_newer_row(county: County) -> None:
    case_id = await county.open()
    old = [file.refolded() async for file in files(county.superuser) if file.case_id == case_id]
    await county.lead(case_id, "dispatch")
    newer = await everything(county)
    await county.superuser.execute(REPLACE_CASES, rows_json(old))
    assert await everything(county) == newer


# Replay --------------------------------------------------------------------------------------------------------------

LIVES, STEPS = 200, 14
HATS = {
    "dispatcher@township": DISPATCHER,
    "handler@unit": HANDLER,
    "approver@township": APPROVER,
    "caller@township": CALLER,
    "grid_worker@village": GRID_WORKER,
    "clerk@village": f"clerk@{VILLAGE}",
    "inspector": "inspector@141025000000",
}


def hat_for(post: str, body: dict[str, Any], dice: random.Random) -> str:
    """Somebody who might fill the post."""
    if post == "holder":
        return str(body["holder"] or DISPATCHER)
    if post == "addressee":
        return str(dice.choice([item["to"] for item in body["items"] if item["to"]] or [DISPATCHER]))
    role, _, level = post.partition("@")
    place = {"county": "141025000000", "village": VILLAGE, "unit": TOWNSHIP_UNIT}.get(level, "141025101000")
    return HATS.get(post, f"{'inspector' if role == 'opener' else role}@{place}")


def answer(field: FormField, dice: random.Random) -> Any:
    """Something that fits, most of the time."""
    if dice.random() < 0.02:
        return 5
    match field.type:
        case FieldType.CHOICE:
            return dice.choice(list(field.options or {}))
        case FieldType.BOOLEAN:
            return dice.random() < 0.5
        case FieldType.UNIT:
            return dice.choice([TOWNSHIP_UNIT, TOWNSHIP_UNIT, COUNTY_UNIT])
        case FieldType.EVIDENCE:
            return [PHOTO]
        case FieldType.ITEM:
            return f"{dice.choice(['return', 'extension', 'urge', 'supervision', 'co_handling', 'signature'])}.1"
        case FieldType.CLOCK:
            return "handle"
        case FieldType.DATE:
            return dice.choice(["2026-12-20", "2027-01-05"])
        case FieldType.NUMBER:
            return dice.randint(1, 9)
        case _:
            return dice.choice(["已处理", "Ä\n\"'\\ 😀", "字" * 50])


def step(county: County, rules: Procedure, body: dict[str, Any], dice: random.Random) -> Request:
    """A random command on a case as it was last shown: as a rule an allowed one."""
    case_id = UUID(body["case_id"])
    able = [name for name, action in rules.actions.items() if body["stage"] in action.from_]
    likely = [name for name in able for _ in range(1 if rules.actions[name].verb else 9)]
    if not likely or dice.random() < 0.1:
        return expiry(case_id, clock_actor("-"))
    name = dice.choice(likely if dice.random() < 0.95 else list(rules.actions))
    action = rules.actions[name]
    fields = {field.name: answer(field, dice) for field in action.form if field.required or dice.random() < 0.4}
    hat = hat_for(dice.choice(action.by), body, dice)
    if hat == HANDLER and body["holder"]:
        hat = body["holder"].replace("head@", "handler@") if "U-" in body["holder"] else hat
    seen = body["version"] if dice.random() < 0.2 else None
    person = "P-0001" if dice.random() < 0.1 else None  # somebody with many hats
    return county.request(Act(name, fields, "理由" if action.reason else None, seen), hat, case_id, person=person)


async def test_replay_at_every_version_is_what_had_been_answered(county: County) -> None:
    """Two hundred random lives under a clock that jumps, also backwards."""
    dice = random.Random(20261123)
    rules = {name: procedure(name) for name in ("hazard", "drill")}
    requests = []
    for _ in range(LIVES):
        name = dice.choice(["hazard", "hazard", "drill"])
        fields = {**HAZARD, "emergency": dice.random() < 0.5} if name == "hazard" else {}
        requests.append(county.opening(name, fields))
    shown: dict[tuple[str, int], dict[str, Any]] = {}
    latest: dict[str, dict[str, Any]] = {}
    outcomes: Counter[str] = Counter()
    for _ in range(STEPS):
        await county.uploaded(*requests)
        for ruling in await county.ledger.registrar.rule_many(requests):
            assert isinstance(ruling, Ruling), ruling
            outcomes[ruling.outcome] += 1
            if ruling.outcome in ("opened", "acted"):
                body = told(ruling)
                shown[body["case_id"], body["version"]] = latest[body["case_id"]] = body
        county.clock.advance(seconds=dice.choice([0, 0, 3, 12, 3600, 86_400, 5 * 86_400, -600]))
        requests = [
            step(county, rules[body["procedure"]["id"]], body, dice) for body in latest.values() if dice.random() < 0.8
        ]
    # Lives that never get anywhere would prove nothing.
    assert len(latest) == LIVES
    assert outcomes["acted"] > LIVES * 3, outcomes
    # A merged case needs another one to go into: tests/ledger/registrar/test_mail.py.
    assert {body["stage"] for body in shown.values()} >= set(rules["hazard"].stages) - {"merged"}
    assert sum(body["reopened"] for body in latest.values()) > 0
    assert sum(body["escalations"] for body in latest.values()) > LIVES
    kinds = {"opened", "acted", "expired", "version_conflict", "invalid_fields", "same_person"}
    assert kinds <= set(outcomes), outcomes

    for case_id in latest:
        facts = await journal(county.superuser, UUID(case_id))
        case = None
        for fact in facts:
            case = evolve(case, fact)
            was = shown.get((case_id, fact.version))
            if was is not None:
                now = json.loads(json.dumps(present(case_id, case)))
                assert now == {key: value for key, value in was.items() if key not in ("actions", "events")}
    for (case_id, version), was in dice.sample(sorted(shown.items(), key=lambda item: item[0]), 50):
        replayed = fold(None, await journal(county.superuser, UUID(case_id), version))
        assert replayed is not None
        assert json.loads(json.dumps(present(case_id, replayed)))["stage"] == was["stage"]
        assert replayed.version == version
    assert await county.faults() == []
    assert (await mended(county, write=False))[1] == []


# A new fold ---------------------------------------------------------------------------------------------------------


async def test_a_new_fold_under_a_thousand_cases(county: County) -> None:
    ids = await opened(county, MANY)
    count = await county.value('select count(*) from "case"')
    for case_id in ids[:20]:
        await county.lead(case_id, "sign")
    honest = await everything(county)
    await county.forge("""update "case" set fold = 0, state = '{"of": "another time"}'""")

    # The next command of a case folds it again and is right.
    progress = await county.act(ids[0], "progress", HANDLER, {"progress": "在办"})
    assert (progress.outcome, told(progress)["version"], told(progress)["stage"]) == ("acted", 5, "handling")
    triage = [county.request(Act("triage", {"grade": "hard"}), DISPATCHER, case_id) for case_id in ids[20:40]]
    outcomes = await county.ledger.registrar.rule_many([*triage, county.request(Act("sign"), HANDLER, ids[1])])
    assert Counter(getattr(outcome, "outcome", None) for outcome in outcomes) == {
        "acted": 20,
        "action_not_allowed_in_stage": 1,
    }
    assert await county.value('select count(*) from "case" where fold = $1', cases.FOLD) == 21
    assert await county.faults() == []

    # A refusal and a wake that changes nothing leave the rest to the rebuild, which finds no difference and renews it.
    assert await mended(county, write=False) == (count, [])
    assert await county.value('select count(*) from "case" where fold = 0') == count - 21
    assert await mended(county) == (count, [])
    assert await county.value('select count(*) from "case" where fold = 0') == 0
    assert await mended(county) == (count, [])
    untouched = {row[0] for row in honest} - {ids[0], *ids[20:40]}
    assert [row for row in await everything(county) if row[0] in untouched] == [
        row for row in honest if row[0] in untouched
    ]
