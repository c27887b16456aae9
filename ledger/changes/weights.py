"""The county's own weights for what is likely the same: checked, set with a reason, and every change kept."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from domain.case.similarity import Weights
from domain.misreading import quoted, words
from domain.rules.form import control_free
from domain.rules.hat import Actor, Role
from ledger.read.similar import WEIGHTS
from ledger.store.connection import Writers

KEPT = f"{WEIGHTS}/"  # with a number: a change as it was made
SETTING = (Role.ADMINISTRATOR, Role.HEAD)
PARTS = ("text", "place", "village", "kind", "time")
WHOLE = 100
REASON_LENGTH_MAX = 200
TITLES: Mapping[str, str] = {
    "threshold": "提示分数，达到的才列出", "text": "描述相近", "place": "地点相近", "village": "同村",
    "kind": "类别相同", "time": "时间相近", "elsewhere": "地点不同时扣去", "text_full": "描述相近到几成算满分",
    "place_full": "地点相近到几成算满分", "days": "相隔几日算时间不相近",
}  # fmt: skip


class NotSet(Exception):
    """Why the weights are not changed, in words for a person."""


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A change of the weights, as it was kept. `at`: RFC 3339 as PostgreSQL writes it."""

    at: str
    by: str
    hat: str
    reason: str
    weights: Weights


async def weights(writers: Writers) -> Weights:
    """What holds now: the county's own, or the defaults."""
    rows = await writers.fetch("select value from setting where name = $1", WEIGHTS)
    try:
        return Weights.model_validate(json.loads(rows[0]["value"])) if rows else Weights()
    except ValueError:
        return Weights()  # as `similar` takes it


async def set_weights(writers: Writers, actor: Actor, given: Mapping[str, str], reason: str) -> Weights:
    """Change the named weights, keep the others. Raises NotSet, and then nothing is changed."""
    county = await writers.fetch(
        "select from division where code = $1 and level = 'county' and valid_to is null", actor.hat.scope
    )
    if actor.hat.role not in SETTING or not county:
        raise NotSet("查重的分数须由县级管理员或负责人设定")
    why = reason.strip()
    if not why or len(why) > REASON_LENGTH_MAX or not control_free(why):
        raise NotSet(f"理由应为 1 至 {REASON_LENGTH_MAX} 字")
    async with writers.held() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext('similarity'))")
        chosen = checked(await weights(writers), given)
        value = chosen.model_dump_json()
        await connection.execute(
            "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = $2",
            WEIGHTS,
            value,
        )
        await connection.execute(
            "insert into setting (name, value)"
            " select $1 || lpad((count(*) + 1)::text, 6, '0'), jsonb_build_object('at', clock_timestamp(),"
            " 'by', $2::text, 'hat', $3::text, 'reason', $4::text, 'weights', $5::jsonb)::text"
            " from setting where starts_with(name, $1)",
            KEPT, actor.person, str(actor.hat), why, value,
        )  # fmt: skip
    return chosen


def checked(before: Weights, given: Mapping[str, str]) -> Weights:
    """`before` with some weights changed. Raises NotSet with everything that is wrong."""
    try:
        chosen = Weights.model_validate(before.model_dump() | dict(given))
    except ValidationError as error:
        raise NotSet("\n".join(_fault(each) for each in error.errors())) from None
    whole = sum(getattr(chosen, part) for part in PARTS)
    if abs(whole - WHOLE) > 1e-9:
        each = "、".join(f"{TITLES[part]}（{part}）{getattr(chosen, part):g}" for part in PARTS)
        raise NotSet(f"{each} 合计应为 {WHOLE}，现为“{whole:g}”")
    return chosen


async def changes(writers: Writers) -> Sequence[WeightChange]:
    """Every change, the latest first."""
    rows = await writers.fetch("select value from setting where starts_with(name, $1) order by name desc", KEPT)
    kept = [json.loads(row["value"]) for row in rows]
    return [WeightChange(**{**each, "weights": Weights.model_validate(each["weights"])}) for each in kept]


def _fault(found: Mapping[str, object]) -> str:
    name = str(found["loc"][0])  # type: ignore[index]
    if name not in TITLES:
        return f"没有“{name}”这一项（可用：{'、'.join(TITLES)}）"
    return f"{TITLES[name]}（{name}）：{words(found)}{quoted(found['input'])}"
