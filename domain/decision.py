"""Decisions: what a command makes happen to a case. Total: events or a Refusal, never an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.calendar import Calendar
from domain.case import Case
from domain.command import Act, Open
from domain.event import ActionTaken, CaseOpened, Event, Move, ProcedureRef, Unit
from domain.form import LINE_BREAK, Known, answers, control_free, legible
from domain.hat import Actor, Post
from domain.instant import Instant
from domain.limit import Limit
from domain.permission import permitted
from domain.procedure import Action, Procedure, meets
from domain.refusal import FieldProblem, Refusal
from domain.timetable import start

TITLE_LENGTH_MAX = 120
REASON_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A division with its ancestors: level → code, from the division itself up to the county."""

    code: str
    level: str
    lineage: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """What deciding needs besides the case. `home`: the division of the actor's scope; `number`: for a new case."""

    procedure: Procedure
    calendar: Calendar
    actor: Actor
    home: str
    known: Known
    units: Mapping[str, Unit] = field(default_factory=dict)
    place: Place | None = None
    number: str = ""


def open_case(command: Open, context: Context, at: Instant) -> tuple[Event, ...] | Refusal:
    """The first event of a case, or why there is none."""
    procedure, intake, place = context.procedure, context.procedure.intake, context.place
    if place is None:
        return Refusal("unknown_division", f"没有代码为“{legible(command.division, 20)}”的区划")
    if context.home not in place.lineage.values():
        return Refusal("division_outside_scope", "该区划不在您的管辖范围内")
    if not any(Post.parse(by).worn_by(context.actor.hat, place.lineage, None, context.home) for by in intake.by):
        return Refusal("hat_not_allowed", f"您当前的身份不能{intake.title}")
    if command.occurred_at is not None and command.occurred_at > at:
        return Refusal("occurred_in_future", "发生时间不能晚于现在")
    fields, problems = answers(tuple(intake.form), command.fields, context.known)
    problems = (*_title_problems(command.title), *problems)
    if problems:
        return _invalid(problems)
    facts = {**fields, "unit": None, "unit_level": None}
    move = _arrive(intake.stage, context, facts, place.lineage, at, version=1)
    if isinstance(move, Refusal):
        return move
    return (
        CaseOpened(
            number=context.number,
            procedure=ProcedureRef(procedure.id, procedure.version, procedure.sha256),
            title=command.title.strip(),
            division=place.code,
            lineage=dict(place.lineage),
            fields=fields,
            has_reporter=command.has_reporter,
            move=move,
        ),
    )


def act(case: Case, command: Act, context: Context, at: Instant) -> tuple[Event, ...] | Refusal:
    """What an action does to a case whose due rungs have already fired."""
    if command.expected_version is not None and command.expected_version != case.version:
        return Refusal(
            "version_conflict",
            f"事项已有新变化（现为第 {case.version} 版，您看到的是第 {command.expected_version} 版），请刷新后再办",
        )
    action = context.procedure.actions.get(command.action)
    if action is None:
        return Refusal("unknown_action", f"本事项没有“{legible(command.action, 40)}”这一操作")
    refusal = permitted(case, command.action, action, context.procedure, context.actor, context.home)
    if refusal:
        return refusal
    fields, problems = answers(tuple(action.form), command.fields, context.known)
    problems = (*problems, *_reason_problems(action, command.reason))
    if problems:
        return _invalid(problems)
    unit = _dispatched(action, fields, context)
    facts = {**case.facts, **fields, "unit": unit.id if unit else case.facts["unit"]}
    facts["unit_level"] = unit.level if unit else case.facts["unit_level"]
    move = _move(case, action, context, facts, unit, at)
    if isinstance(move, Refusal):
        return move
    taken = ActionTaken(command.action, action.title, fields, command.reason, move)
    return (replace(taken, reopened=case.closed and move is not None and not move.closed),)


def _dispatched(action: Action, fields: Mapping[str, Any], context: Context) -> Unit | None:
    """The unit that this action hands the case to, when its form has the field `unit`."""
    names = [f.name for f in action.form if f.name == "unit"]
    return context.units.get(fields.get("unit", "")) if names else None


def _move(
    case: Case, action: Action, context: Context, facts: Mapping[str, Any], unit: Unit | None, at: Instant
) -> Move | Refusal | None:
    branch = next((b for b in action.to if meets(b.when, facts)), None)
    if branch is None or (branch.stage == case.stage and unit is None):
        return None
    running = {clock.id for clock in case.clocks.values() if clock.state == "running"}
    move = _arrive(branch.stage, context, facts, case.lineage, at, case.version + 1, frozenset(running), action.limits)
    return move if isinstance(move, Refusal) else replace(move, unit=unit)


def _arrive(
    stage_id: str,
    context: Context,
    facts: Mapping[str, Any],
    lineage: Mapping[str, str],
    at: Instant,
    version: int,
    running: frozenset[str] = frozenset(),
    limits: Mapping[str, Limit] = {},
) -> Move | Refusal:
    """Going to a stage: its clocks that run already go on, the others start, what runs elsewhere stops."""
    procedure = context.procedure
    stage = procedure.stages[stage_id]
    holder, level = None, None
    if stage.holder is not None:
        post = Post.parse(stage.holder)
        holder = post.at(lineage, facts["unit"])
        level = facts["unit_level"] if post.level == "unit" else post.level
        if holder is None:
            return Refusal("no_holder", f"“{stage.title}”在该区划没有承办岗位，请选择下级区划")
    return Move(
        stage=stage_id,
        stage_title=stage.title,
        holder=str(holder) if holder else None,
        level=level,
        closed=stage.closed,
        unit=None,
        stopped=tuple(sorted(running.difference(stage.clocks))),
        started=tuple(
            start(
                procedure,
                clock,
                facts=facts,
                lineage=lineage,
                calendar=context.calendar,
                at=at,
                version=version,
                limit=limits.get(clock),
            )
            for clock in stage.clocks
            if clock not in running
        ),
    )


def _title_problems(title: str) -> tuple[FieldProblem, ...]:
    if not title.strip():
        return (FieldProblem("title", "missing_field", "请填写标题"),)
    if len(title) > TITLE_LENGTH_MAX:
        return (FieldProblem("title", "field_too_long", f"标题最多 {TITLE_LENGTH_MAX} 字，现有 {len(title)} 字"),)
    if not control_free(title) or LINE_BREAK.search(title):
        return (FieldProblem("title", "control_character", "标题含有不可用的控制字符"),)
    return ()


def _reason_problems(action: Action, reason: str | None) -> tuple[FieldProblem, ...]:
    if action.reason and not (reason or "").strip():
        return (FieldProblem("reason", "missing_field", f"{action.title}须说明理由"),)
    if reason and len(reason) > REASON_LENGTH_MAX:
        return (FieldProblem("reason", "field_too_long", f"理由最多 {REASON_LENGTH_MAX} 字"),)
    if reason and not control_free(reason):
        return (FieldProblem("reason", "control_character", "理由含有不可用的控制字符"),)
    return ()


def _invalid(problems: tuple[FieldProblem, ...]) -> Refusal:
    return Refusal("invalid_fields", "；".join(problem.words for problem in problems[:5]), problems)
