"""The county's own weights for what is likely the same: checked, set with a reason, and every change kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from domain.case.similarity import Weights
from domain.days.instant import Instant, utc
from domain.misreading import quoted, words
from domain.rules.form import control_free
from domain.rules.hat import Actor, Role
from ledger.read.similar import read_weights, weights
from ledger.store.connection import Writers

COUNTY = "select from division where code = $1 and level = 'county' and valid_to is null"
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('similarity'))"
CHANGE = "insert into weight_change (person, hat, reason, weights) values ($1, $2, $3, $4)"
CHANGES = "select at, person, hat, reason, weights from weight_change order by seq desc"
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
    """A change of the weights, as it was kept."""

    at: Instant
    by: str
    hat: str
    reason: str
    weights: Weights


async def set_weights(writers: Writers, actor: Actor, given: Mapping[str, str], reason: str) -> Weights:
    """Change the named weights, keep the others. Raises NotSet, and then nothing is changed."""
    county = await writers.fetch(COUNTY, actor.hat.scope)
    if actor.hat.role not in SETTING or not county:
        raise NotSet("查重的分数须由县级管理员或负责人设定")
    why = reason.strip()
    if not why or len(why) > REASON_LENGTH_MAX or not control_free(why):
        raise NotSet(f"理由应为 1 至 {REASON_LENGTH_MAX} 字")
    async with writers.held() as connection, connection.transaction():
        await connection.execute(ONE_AT_A_TIME)
        chosen = checked(await weights(connection), given)
        await connection.execute(CHANGE, actor.person, str(actor.hat), why, chosen.model_dump_json())
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
    return [
        WeightChange(utc(row["at"]), row["person"], row["hat"], row["reason"], read_weights(row["weights"]))
        for row in await writers.fetch(CHANGES)
    ]


def _fault(found: Mapping[str, object]) -> str:
    name = str(found["loc"][0])  # type: ignore[index]
    if name not in TITLES:
        return f"没有“{name}”这一项（可用：{'、'.join(TITLES)}）"
    return f"{TITLES[name]}（{name}）：{words(found)}{quoted(found['input'])}"
