"""Who may look: the domain's rule, its SQL and the read of the hot path say the same of every hat and every case."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, product
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import select

from domain.case.command import Act
from domain.case.event import ProcedureRef
from domain.case.sight import sees
from domain.case.state import Case
from domain.clocks.clock import HandlingUnit
from domain.rules.hat import OPENER, WEARABLE, Actor, Hat, Role
from ledger.identity.scope import view_of
from ledger.registrar.request import Request
from ledger.registrar.snapshot import read
from ledger.store.append import append
from ledger.store.case_row import case_row
from ledger.store.table import case as cases
from tests.ledger.county import County

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
COUNTY, TOWNSHIP, OTHER = "141025000000", "141025101000", "141025102000"
VILLAGE, ENDED, MOVED, NEIGHBOUR = "141025101200", "141025101201", "141025101204", "141025102201"
UNIT, COUNTY_UNIT, NOWHERE_UNIT = "U-141025101-01", "U-141025-01", "U-none"
ABOVE = ("141000000000", "140000000000")  # city and province: nothing is handled there
UNKNOWN = ("990001000000", "990001101200")
NOT_ON_REGISTER = (*UNKNOWN, NOWHERE_UNIT)
SCOPES = (
    COUNTY, TOWNSHIP, OTHER, VILLAGE, ENDED, MOVED, NEIGHBOUR, UNIT, COUNTY_UNIT, NOWHERE_UNIT, *ABOVE, *UNKNOWN,
)  # fmt: skip
PERSONS = ("P-one", "P-two", "P-three")
ACTORS = [
    Actor(person, Hat(role, scope)) for role, scope in product(sorted(WEARABLE), SCOPES) for person in PERSONS[:2]
]
PLACES = (
    {"county": COUNTY},
    {"township": TOWNSHIP, "county": COUNTY},
    {"township": OTHER, "county": COUNTY},
    *({"village": each, "township": TOWNSHIP, "county": COUNTY} for each in (VILLAGE, ENDED, MOVED)),
    {"village": MOVED, "township": OTHER, "county": COUNTY},  # from after it had moved
    {"village": NEIGHBOUR, "township": OTHER, "county": COUNTY},
    {"village": UNKNOWN[1], "township": "990001101000", "county": UNKNOWN[0]},  # of divisions no longer on register
)
SEALS = (
    (), (), (),
    (OPENER,), (f"inspector@{COUNTY}",), (f"inspector@{COUNTY}", OPENER),
    (f"handler@{UNIT}", f"dispatcher@{TOWNSHIP}"), (f"handler@{COUNTY_UNIT}", OPENER),
    (f"resident@{VILLAGE}",), (f"clerk@{NEIGHBOUR}", f"head@{ABOVE[0]}"),
)  # fmt: skip
PASSED = ((), (UNIT,), (COUNTY_UNIT,), (COUNTY_UNIT, UNIT), (NOWHERE_UNIT, COUNTY_UNIT))
CASES = 300


@dataclass(frozen=True)
class Shown:
    """What one actor is shown: by the rule, by the read of a single case, by lists, by the hot path."""

    rule: set[UUID]
    one: set[UUID]
    listed: set[UUID]
    named: set[UUID]


def some_cases(random: Random) -> dict[UUID, Case]:
    """Cases that differ in all that the rule reads, and in what it must not read."""
    numbers = count(1)

    def one() -> Case:
        lineage = random.choice(PLACES)
        units = random.choice(PASSED)
        merged = random.random() < 0.2
        return Case(
            number=f"YH-2026-{next(numbers):06}",
            procedure=ProcedureRef("hazard", 1, "none"),
            title="样例",
            division=next(iter(lineage.values())),
            lineage=dict(lineage),
            stage="reported",
            stage_title="已上报",
            holder=None,
            level=None,
            closed=merged or random.random() < 0.3,
            version=1,
            opened_at=MONDAY,
            occurred_at=MONDAY,
            recorded_at=MONDAY,
            received_at=MONDAY - timedelta(days=400) if random.random() < 0.2 else None,  # taken over with its past
            opened_by=random.choice(PERSONS),
            unit=HandlingUnit(units[-1], "county") if units and random.random() < 0.5 else None,
            units=units,
            merged_into=str(uuid4()) if merged else None,
            sealed=random.choice(SEALS),
            public=random.random() < 0.5,
        )

    return {UUID(int=place): one() for place in range(1, CASES + 1)}


async def stocked(county: County, known: dict[UUID, Case]) -> None:
    """The cases on the ledger; a village that has ended, and one that has come under another township."""
    rows = [case_row(case_id, case, 0, bytes(32)) for case_id, case in known.items()]
    query, arguments = append(rows, [], [], [], [])
    await county.superuser.execute(query, *arguments)
    await county.forge("update division set valid_to = '2026-06-01' where code = any($1)", [ENDED, MOVED])
    await county.forge(
        "insert into division (code, name, level, parent, edition, valid_from, lineage) select code, name, level, $2,"
        " 2026, valid_to, lineage || jsonb_build_object('township', $2::text) from division where code = $1",
        MOVED,
        OTHER,
    )


async def shown(county: County, known: dict[UUID, Case]) -> dict[Actor, Shown]:
    """What each actor is shown. Every register and every row is read as it is when people ask."""
    numbers = [case.number for case in known.values()]
    asked = [Request(uuid4(), b"", Act("link", {"cases": numbers}), actor, UUID(int=1)) for actor in ACTORS]
    _, registers = await read(county.superuser, asked)
    assert len(registers.cases) == len(known)
    found = {}
    async with county.ledger.reading() as connection:
        for actor in ACTORS:
            view, home = await view_of(connection, actor), registers.home(actor.hat.scope)
            one = select(cases.c.id).where(view.one)
            listed = select(cases.c.id).where(view.condition, view.sight)
            found[actor] = Shown(
                {case_id for case_id, case in known.items() if sees(case, actor, home)},
                set((await connection.execute(one)).scalars()),
                set((await connection.execute(listed)).scalars()),
                {UUID(other.case_id) for other in registers.others(actor).values()},
            )
    return found


def expected_in_lists(rule: set[UUID], known: dict[UUID, Case], actor: Actor) -> set[UUID]:
    """Of what the rule shows: what lies in the place that the hat looks over, or what a resident reported.

    A scope that the registers do not know is no place.
    """
    place, resident = actor.hat.scope, actor.hat.role == Role.RESIDENT

    def in_list(case: Case) -> bool:
        if resident and case.opened_by == actor.person:
            return True
        within = place in case.lineage.values() or (place in case.units and not resident)
        return within and place not in NOT_ON_REGISTER

    return {case_id for case_id in rule if in_list(known[case_id])}


async def test_the_rule_its_sql_and_the_hot_path_agree_on_every_hat_and_case(county: County) -> None:
    known = some_cases(Random(20261123))
    await stocked(county, known)
    answers = await shown(county, known)
    wrong: list[tuple[str, Actor, set[UUID]]] = []
    for actor, each in answers.items():
        wrong += [
            (name, actor, found ^ expected)
            for name, found, expected in (
                ("one", each.one, each.rule),
                ("named", each.named, each.rule),
                ("listed", each.listed, expected_in_lists(each.rule, known, actor)),
            )
            if found != expected
        ]
    triples = len(answers) * len(known)
    seen = sum(len(each.rule) for each in answers.values())
    listed = sum(len(each.listed) for each in answers.values())
    print(f"{triples} triples, {seen} seen, {listed} listed, {sum(len(each) for *_, each in wrong)} disagreements")
    assert wrong == []
    assert triples >= 100_000
    # Both answers are there in numbers, and lists are narrower: no side of the comparison is empty.
    assert 10_000 < seen < triples - 10_000
    assert 1_000 < listed < seen - 1_000
