"""Leaves are canonical to the byte, and the chain holds for whoever checks it with other means."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from domain.canonical import canonical
from domain.case.event import ActionTaken
from domain.case.state import Fact
from domain.rules.hat import Actor, Hat
from ledger.store.journal import GENESIS, chained, digest, entry
from tests.domain.scene import APPROVER, HANDLER
from tests.ledger.county import County

LEAF = {
    *("actor", "body", "case", "command", "hat", "name", "occurred_at"),
    *("previous", "received_at", "recorded_at", "schema", "version"),
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))  # half a surrogate pair has no bytes
KEYS = st.text(st.characters(codec="ascii"), max_size=12)
SMALL = st.integers(-(2**53) + 1, 2**53 - 1)


@given(st.dictionaries(KEYS, TEXT | SMALL, max_size=14))
def test_a_leaf_is_canonical_to_the_byte(leaf: dict[str, str | int]) -> None:
    assert canonical(leaf).encode() == rfc8785.dumps(leaf)


@pytest.mark.parametrize(
    "text", ["\x00\x1f\x7f\x80", '\b\t\n\f\r"\\/', "\u2028\u2029\ufeff", "é é", "😀𠮷", "</script>"]
)
def test_the_characters_that_encoders_disagree_about(text: str) -> None:
    assert canonical({"person": text}).encode() == rfc8785.dumps({"person": text})


@given(
    person=TEXT,
    scope=TEXT,
    reason=TEXT,
    seconds=st.integers(0, 2**33),
    microseconds=st.sampled_from([0, 1, 500_000, 999_999]),
)
def test_an_entry_is_chained_to_the_one_before(
    person: str, scope: str, reason: str, seconds: int, microseconds: int
) -> None:
    at = datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
    fact = Fact(7, ActionTaken("sign", "签收", {"note": reason}, reason), at, at, Actor(person, Hat("handler", scope)))
    case_id, command_id, previous = uuid4(), uuid4(), hashlib.sha256(b"before").digest()
    row = entry(case_id, fact, command_id, at, previous)
    leaf = json.loads(row.leaf)
    assert row.leaf.encode() == rfc8785.dumps(leaf)
    assert (leaf["previous"], leaf["version"], leaf["actor"]) == (previous.hex(), 7, person)
    assert (leaf["case"], leaf["command"], leaf["name"]) == (str(case_id), str(command_id), "ActionTaken")
    assert datetime.fromisoformat(leaf["recorded_at"]) == at
    assert row.hash == hashlib.sha256(row.leaf.encode()).digest()
    salt = bytes.fromhex(row.salt.removeprefix("\\x"))
    assert leaf["body"] == hashlib.sha256(salt + row.body.encode()).hexdigest()
    assert set(leaf) == LEAF


def test_equal_bodies_cannot_be_told_from_their_leaves() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    fact = Fact(1, ActionTaken("sign", "签收"), at, at, Actor("P-1", Hat("handler", "U-1")))
    rows = [entry(UUID(int=1), fact, UUID(int=2), at, GENESIS) for _ in range(50)]
    assert {row.body for row in rows} == {rows[0].body}
    assert len({json.loads(row.leaf)["body"] for row in rows}) == 50
    assert {len(row.salt) for row in rows} == {2 + 2 * 16}
    assert digest(b"a", b"bc") == digest(b"ab", b"c")  # so salts are of one length
    assert chained([]) == GENESIS


# The chain, by other means -------------------------------------------------------------------------------------------


def check(rows: Any, head: bytes) -> None:
    """A small auditor that shares no code with the ledger."""
    previous = "0" * 64
    for place, row in enumerate(rows, 1):
        leaf = json.loads(row["leaf"])
        assert rfc8785.dumps(leaf) == row["leaf"].encode()
        assert leaf["previous"] == previous
        assert leaf["version"] == row["version"] == place
        assert (leaf["case"], leaf["name"], leaf["schema"]) == (str(row["case_id"]), row["name"], row["schema"])
        assert leaf["body"] == hashlib.sha256(row["salt"] + row["body"].encode()).hexdigest()
        assert datetime.fromisoformat(leaf["recorded_at"]) == row["recorded_at"]
        assert datetime.fromisoformat(leaf["occurred_at"]) <= row["recorded_at"]
        assert leaf["recorded_at"].endswith("+08:00")
        previous = hashlib.sha256(row["leaf"].encode()).hexdigest()
    assert previous == head.hex()


async def test_the_chain_of_a_whole_life_holds_for_an_independent_auditor(county: County) -> None:
    case_id = await county.open()
    await county.lead(case_id, "sign")
    county.clock.advance(days=30)
    await county.ledger.registrar.wake(case_id)
    await county.lead(case_id, "submit", start="progress")
    await county.act(case_id, "reject", APPROVER, reason='换行\n引号"反斜线\\ 😀')
    rows = await county.rows("select * from event where case_id = $1 order by version", case_id)
    assert len(rows) > 10
    head = await county.value('select head from "case" where id = $1', case_id)
    check(rows, head)
    people = [json.loads(row["leaf"])["actor"] for row in rows]
    assert {"bihuan", HANDLER, APPROVER} <= set(people)


async def test_every_event_names_its_command(county: County) -> None:
    case_id = await county.open("drill")
    county.clock.advance(seconds=60)
    await county.ledger.registrar.wake(case_id)
    rows = await county.rows(
        "select e.version, k.from_version, k.to_version, k.hat, k.outcome from event e"
        " join command k on k.id = (e.leaf::json->>'command')::uuid where e.case_id = $1 order by e.version",
        case_id,
    )
    assert [(row["from_version"], row["version"], row["to_version"]) for row in rows] == [
        (n - 1, n, n) for n in range(1, 7)
    ]
    assert [row["outcome"] for row in rows] == ["opened"] + ["expired"] * 5
    assert all(row["hat"] == "clock@141025000000" for row in rows[1:])
