"""Gates: what a meeting must count for its decision to stand.

DOMAIN §4, after 中国共产党农村基层组织工作条例 and 村民委员会组织法.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import field_validator

from domain.rules.form import FieldType, FormField
from domain.rules.refusal import Code, FieldProblem, Refusal
from domain.rules.rule import Part

VOTES = {"absent": "未到会", "for": "同意", "against": "不同意", "abstain": "弃权"}
COUNTS = ("members", "recused", "present", "in_favour", "opposed")


def _heads(name: str, title: str, required: bool = True) -> FormField:
    return FormField(name=name, title=title, type=FieldType.NUMBER, required=required, whole=True, min=0, max=100_000)


FORM = (
    _heads("members", "有表决权人数"),
    _heads("recused", "其中回避人数", required=False),
    _heads("present", "到会人数（不含回避）"),
    _heads("in_favour", "同意人数"),
    _heads("opposed", "不同意人数"),
    FormField(name="roll", title="签到和表决记录", type=FieldType.EVIDENCE, required=True),
    FormField(name="witness", title="乡镇列席人", type=FieldType.TEXT, required=True, max=60),
)


class Threshold(Part):
    """A share of the members `due` (with a vote, less those recused) or of those `present`.

    `at_least`: the share itself is enough; otherwise more than it is needed.
    """

    share: tuple[int, int]
    of: Literal["due", "present"]
    at_least: bool = False

    @field_validator("share")
    @classmethod
    def _a_part(cls, share: tuple[int, int]) -> tuple[int, int]:
        if not 0 < share[0] <= share[1]:
            raise ValueError(f"{share[0]}/{share[1]} 不是人数的一部分")
        return share

    def reached(self, count: int, due: int, present: int) -> bool:
        """Whether `count` heads are enough; never out of nobody."""
        base = due if self.of == "due" else present
        reach, need = count * self.share[1], base * self.share[0]
        return base > 0 and (reach >= need if self.at_least else reach > need)


class VoteRule(Part):
    """A meeting: how many must be there, and how many of them (or of all) must agree.

    Without `majority` it decides nothing: it opens once enough are there, and the hands are only counted.
    """

    title: str
    quorum: Threshold
    majority: Threshold | None = None
    authority: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted at a gate. `due`: members with a vote less those recused."""

    gate: str
    due: int
    present: int
    in_favour: int
    opposed: int
    quorate: bool
    passed: bool
    stage: str = ""  # where the meeting was held
    led_to: str = ""  # the stage to which its result led
    version: int = 0  # the version of the case before it was counted
    held_on: str = ""  # the day in Shanghai on which it was counted

    @property
    def result(self) -> str:
        """For conditions: no_quorum, passed or failed."""
        return "no_quorum" if not self.quorate else "passed" if self.passed else "failed"


def tally(gate_id: str, gate: VoteRule, due: int, present: int, in_favour: int, opposed: int) -> Tally:
    """Whether the counts pass: never without a quorum."""
    quorate = gate.quorum.reached(present, due, present)
    passed = quorate and (gate.majority is None or gate.majority.reached(in_favour, due, present))
    return Tally(gate_id, due, present, in_favour, opposed, quorate, passed)


def problems(fields: Mapping[str, Any]) -> tuple[FieldProblem, ...]:
    """Counts that cannot be: more present than due, more votes than heads, or nobody due."""
    counted = {name: fields.get(name, 0) for name in COUNTS}
    due = counted["members"] - counted["recused"]
    found: list[FieldProblem] = []
    if due < 1:
        found.append(FieldProblem("recused", "out_of_range", "除去回避的，没有有表决权的人"))
    elif counted["present"] > due:
        found.append(FieldProblem("present", "out_of_range", f"到会 {counted['present']} 人，超过应到 {due} 人"))
    if counted["in_favour"] + counted["opposed"] > counted["present"]:
        found.append(FieldProblem("in_favour", "out_of_range", "同意与不同意的人数合计超过到会人数"))
    return tuple(found)


def again(title: str, before: Tally | None, now: Tally, reason: str | None) -> Refusal | None:
    """Why a meeting that did not pass may not be counted once more: that takes another one, with as many due."""
    if before is None or before.result == "passed":
        return None
    if before.held_on == now.held_on:
        counts = f"应到 {before.due} 人，到会 {before.present} 人"
        words = f"{title}今天已经计过（{counts}），没有通过的须另行召集，当日不能重计"
        return Refusal(Code.REQUIREMENT_NOT_MET, words)
    if now.due < before.due and not (reason or "").strip():
        words = f"应到 {now.due} 人，比上次的 {before.due} 人少，须说明理由"
        return Refusal(Code.INVALID_FIELDS, words, (FieldProblem("reason", "missing_field", words),))
    return None


def counted(gate_id: str, gate: VoteRule, fields: Mapping[str, Any]) -> Tally:
    """The tally of a filled-in form without `problems`."""
    due = fields["members"] - fields.get("recused", 0)
    return tally(gate_id, gate, due, fields["present"], fields["in_favour"], fields["opposed"])


def without(gate: VoteRule, before: Tally, vote: str) -> Tally:
    """The counts done again without somebody who should not have taken part (DOMAIN §4), by how he or she voted."""
    there = vote != "absent"
    again = tally(
        before.gate, gate, before.due - 1, before.present - there,
        before.in_favour - (vote == "for"), before.opposed - (vote == "against"),
    )  # fmt: skip
    return replace(again, stage=before.stage, led_to=before.led_to, version=before.version)
