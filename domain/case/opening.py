"""Opening: what makes a matter a case, or why it does not become one."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.case.claim_code import sealed_code
from domain.case.command import TITLE_LENGTH_MAX, Open
from domain.case.context import Context, Place
from domain.case.document import issue
from domain.case.event import CaseOpened, Event, ItemOpened, ProcedureRef, Repeated
from domain.case.evidence import openable
from domain.case.item import Item
from domain.case.stage_entry import enter
from domain.days.instant import Instant, utc
from domain.rules.form import LINE_BREAK, answers, control_free, legible
from domain.rules.hat import Post, Role
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, FieldProblem, Refusal, invalid_fields
from domain.rules.rule import meets

# The number of a case that is decided but not yet recorded: it sorts after every real one, as the newest does.
UNNUMBERED = "~"
# Whose offices take in letters, calls and visits: nobody else may say that a matter had been received before.
RECEIVING = {
    Role.DISPATCHER, Role.PETITION_OFFICER, Role.PROXY, Role.INSPECTOR, Role.INTEGRATION, Role.ADMINISTRATOR,
}  # fmt: skip
RECORDED_WITHIN = timedelta(days=60)  # an older claim that a matter was received at an office is refused


def open_case(command: Open, context: Context, at: Instant) -> tuple[Event, ...] | Refusal:
    """The first events of a case, or why there are none. The opening has no number yet: `numbered` gives it one."""
    procedure, intake, place = context.procedure, context.procedure.intake, context.place
    if place is None:
        return Refusal(Code.UNKNOWN_DIVISION, f"没有代码为“{legible(command.division, 20)}”的区划")
    if context.home not in place.lineage.values():
        return Refusal(Code.DIVISION_OUTSIDE_SCOPE, "该区划不在您的管辖范围内")
    if not any(Post.parse(by).worn_by(context.actor.hat, place.lineage, None, context.home) for by in intake.by):
        return Refusal(Code.HAT_NOT_ALLOWED, f"您当前的身份不能{intake.title}")
    if any(moment is not None and moment > at for moment in (command.occurred_at, command.received_at)):
        return Refusal(Code.OCCURRED_IN_FUTURE, "发生时间和收到时间不能晚于现在")
    if command.received_at is not None and context.actor.hat.role not in RECEIVING:
        words = "收到时间由受理、调度岗位补记；您登记的，以登记之时为准"
        return invalid_fields((FieldProblem("received_at", "not_allowed", words),))
    received = command.received_at or at
    if received < (command.occurred_at or received) or received < at - RECORDED_WITHIN:
        words = f"收到时间不能早于发生时间，也不能早于 {RECORDED_WITHIN.days} 日以前"
        return invalid_fields((FieldProblem("received_at", "out_of_range", words),))
    known = replace(context.known, at=at, evidence=openable(command, context))
    fields, problems = answers(tuple(intake.form), command.fields, known)
    problems = (*_title_problems(command.title), *problems)
    if problems:
        return invalid_fields(problems)
    facts = {**fields, "unit": None, "unit_level": None, "has_reporter": command.has_reporter}
    facts["division_level"] = place.level
    branch = next((each for each in intake.stage if meets(each.when, facts)), None)
    if branch is None:
        # An optional field is refused for a wrong value, never for being absent.
        named = {name for each in intake.stage for name, allowed in each.when.items() if None not in allowed}
        missing = [field for field in intake.form if field.name in named and field.name not in fields]
        words = "、".join(field.title for field in missing)
        problems = tuple(FieldProblem(f.name, "missing_field", f"请填写“{f.title}”") for f in missing)
        return (
            invalid_fields(problems) if words else Refusal(Code.NO_STAGE, "按所填内容和区划的层级，没有可以进入的阶段")
        )
    title = command.title.strip()
    # A limit runs from when the matter reached an office, not from when somebody found the time to record it.
    since = dict.fromkeys(procedure.stages[branch.stage].clocks, utc(received))
    move = enter(context.setting(place.lineage), branch.stage, facts, at, version=1, since=since)
    if isinstance(move, Refusal):
        return move
    opened = CaseOpened(
        number=UNNUMBERED,
        procedure=ProcedureRef(procedure.id, procedure.version, procedure.sha256),
        title=title,
        division=place.code,
        lineage=dict(place.lineage),
        fields=fields,
        has_reporter=command.has_reporter,
        move=move,
        parent=command.parent,
        matter=matter(procedure, fields, place.lineage["county"]),
        repeated=repeated(procedure, place.lineage),
    )
    return (opened, *_taken_over(command, procedure, place, context))


def numbered(opened: CaseOpened, context: Context, at: Instant, number: str, code: str | None) -> CaseOpened:
    """The opening with its number, the digest of its claim code and its documents: all drawn after the decision."""
    procedure = context.procedure
    names = {"number": number, "title": opened.title, "division_name": context.names.get(opened.division)}
    issues = enumerate(procedure.intake.issues)
    return replace(
        opened,
        number=number,
        code=sealed_code(context.case_id, code) if code else None,
        papers=tuple(issue(procedure, name, {**opened.fields, **names}, number, n, at) for n, name in issues),
    )


def _taken_over(command: Open, procedure: Procedure, place: Place, context: Context) -> Iterator[ItemOpened]:
    """The items that the case begins with, from the case before. One with a clock is left out: it has become a case."""
    for name, each in command.items.items():
        kind = procedure.items.get(name)
        if kind is None or kind.clock is not None:
            continue
        hats = [Post.parse(text).at(place.lineage, None) for text in kind.to if "@" in text]
        for number, data in enumerate(each, 1):
            yield ItemOpened(
                Item(
                    id=f"{name}.{number}",
                    kind=name,
                    title=kind.title,
                    version=1,
                    by=context.actor.person,
                    to=next((str(hat) for hat in hats if hat), None),
                    blocks=kind.blocks,
                    passing=kind.passing,
                    binding=kind.binding,
                    data=dict(data),
                )
            )


def matter(procedure: Procedure, fields: Mapping[str, Any], county: str) -> str | None:
    """Which matter a case is about: equal for all that say the same in the identifying fields. None: nothing said."""
    said = [unicodedata.normalize("NFKC", str(fields.get(name) or "")).casefold() for name in procedure.identity]
    if not said or not all(said):
        return None
    plain = ["".join(text.split()) for text in said]
    return hashlib.sha256(json.dumps([procedure.id, county, *plain]).encode()).hexdigest()


def repeated(procedure: Procedure, lineage: Mapping[str, str]) -> Repeated | None:
    """When a case here counts as repeated; None without such a rule, or where the place lacks the post's level."""
    rule = procedure.repeated
    recipient = Post.parse(rule.to).at(lineage, None) if rule else None
    return Repeated(rule.red, rule.failures, str(recipient)) if rule and recipient else None


def _title_problems(title: str) -> tuple[FieldProblem, ...]:
    if not title.strip():
        return (FieldProblem("title", "missing_field", "请填写标题"),)
    if len(title) > TITLE_LENGTH_MAX:
        return (FieldProblem("title", "field_too_long", f"标题最多 {TITLE_LENGTH_MAX} 字，现有 {len(title)} 字"),)
    if not control_free(title) or LINE_BREAK.search(title):
        return (FieldProblem("title", "control_character", "标题含有不可用的控制字符"),)
    return ()
