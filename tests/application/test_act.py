"""Writes: through the registrar, once for each key, counted, and refused in one way."""

import json
from typing import Any
from uuid import UUID

import pytest

from application.act import Report, act, open_case
from application.caller import Caller
from application.declined import UNKNOWN_CASE, Declined
from application.house import House
from application.shapes.case import CaseShape
from application.submission import Submission
from domain.rules.refusal import Code
from ledger.registrar.request import Ruling
from tests.application.conftest import caller
from tests.domain.scene import DISPATCHER, GRID_WORKER, HAZARD, OTHER_TOWNSHIP, VILLAGE
from tests.ledger.county import County

STRANGER = f"dispatcher@{OTHER_TOWNSHIP}"
GRADED = {"grade": "general"}


def sent(key: str, body: bytes = b"{}") -> Submission:
    return Submission(key, "POST", "/x", body)


def report(**more: Any) -> Report:
    return Report("hazard", VILLAGE, "路边大坑", HAZARD, **more)


async def opened(house: House, key: str, **more: Any) -> Ruling:
    return await open_case(house, caller(GRID_WORKER), sent(key), report(**more))


async def number_of(ruling: Ruling) -> str:
    return str(json.loads(ruling.body)["number"])


async def test_the_answer_to_a_command_is_what_is_stored(county: County, house: House) -> None:
    ruling = await opened(house, "stored", reporter_name="样例·某人")
    shape = CaseShape.model_validate_json(ruling.body)
    assert (shape.case_id, shape.version, shape.has_reporter) == (str(ruling.case_id), 1, True)
    (row,) = await county.rows("select name, phone from reporter where case_id = $1", ruling.case_id)
    assert tuple(row) == ("样例·某人", None)
    assert (await opened(house, "stored", reporter_name="样例·某人")).body == ruling.body


async def test_a_key_is_good_for_one_write_of_one_person(house: House) -> None:
    first = await opened(house, "once")
    with pytest.raises(Declined) as caught:
        await open_case(house, caller(GRID_WORKER), sent("once", b"[]"), report())
    assert caught.value.refusal.code is Code.IDEMPOTENCY_CONFLICT
    other: Caller = caller(GRID_WORKER, "P-other")
    assert (await open_case(house, other, sent("once"), report())).case_id != first.case_id


async def test_a_case_is_acted_on_by_id_and_by_number(house: House) -> None:
    ruling = await opened(house, "act")
    which = await number_of(ruling)
    acted = await act(house, caller(DISPATCHER), sent("act"), which, "triage", GRADED)
    assert (acted.outcome, acted.case_id, acted.version) == ("acted", ruling.case_id, 2)


async def test_refusals_come_as_the_ledger_keeps_them(house: House, outcomes: list[str]) -> None:
    case_id = (await opened(house, "refused")).case_id
    assert isinstance(case_id, UUID)
    for who, action, fields, code in [
        (STRANGER, "triage", GRADED, Code.UNKNOWN_CASE),
        (DISPATCHER, "nothing", {}, Code.UNKNOWN_ACTION),
        (DISPATCHER, "\0", {}, Code.UNKNOWN_ACTION),
        (DISPATCHER, "triage", {"grade": "?"}, Code.INVALID_FIELDS),
        (GRID_WORKER, "triage", GRADED, Code.HAT_NOT_ALLOWED),
    ]:
        with pytest.raises(Declined) as caught:
            await act(house, caller(who), sent(f"refused-{code}-{action}"), case_id, action, fields)
        assert caught.value.refusal.code is code
        assert (code is Code.INVALID_FIELDS) == bool(caught.value.refusal.errors)
        assert (code is Code.UNKNOWN_CASE) == (caught.value.refusal is UNKNOWN_CASE)
    assert outcomes == ["opened", "case_outside_scope", "unknown_action", "invalid_fields", "hat_not_allowed"]
