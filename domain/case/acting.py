"""Acting: what an action does to a case whose due rungs have already fired."""

from dataclasses import replace
from typing import Any

from domain.case.act import CheckedAct
from domain.case.carry_out import carry_out
from domain.case.command import Act
from domain.case.context import Context
from domain.case.event import Event
from domain.case.evidence import nameable
from domain.case.permission import answerable, permitted
from domain.case.state import Case
from domain.case.verbs.request_extension import extendable
from domain.days.instant import Instant
from domain.rules import vote as votes
from domain.rules.form import FieldType, answers, control_free, legible
from domain.rules.procedure import Action
from domain.rules.refusal import Code, FieldProblem, Refusal, invalid_fields

REASON_LENGTH_MAX = 1000


def act(case: Case, command: Act, context: Context, at: Instant) -> tuple[Event, ...] | Refusal:
    """What an action does to a case whose due rungs have already fired."""
    if command.expected_version is not None and command.expected_version != case.version:
        return Refusal(
            Code.VERSION_CONFLICT,
            f"事项已有新变化（现为第 {case.version} 版，您看到的是第 {command.expected_version} 版），请刷新后再办",
        )
    action = context.procedure.actions.get(command.action)
    if action is None:
        return Refusal(Code.UNKNOWN_ACTION, f"本事项没有“{legible(command.action, 40)}”这一操作")
    refusal = permitted(case, command.action, action, context.procedure, context.actor, context.home)
    if refusal:
        return refusal
    known = replace(
        context.known,
        evidence=nameable(case, context),
        items=frozenset(item.id for item in answerable(case, action, context.actor, context.home)),
        clocks=frozenset(clock.id for clock in extendable(case, context.procedure)),
        at=at,
        came_at=case.came_at,
        spans={clock.id: (clock.started_at, clock.due_at) for clock in case.clocks.values()},
    )
    fields, problems = answers(action.asked, command.fields, known)
    problems = (*problems, *_reason_problems(action, command.reason))
    if not problems and action.counts:
        problems = votes.problems(fields)
    if problems:
        return invalid_fields(problems)
    fields = {name: _plain(action, name, value, context) for name, value in fields.items()}
    return carry_out(CheckedAct(case, command.action, action, fields, command.reason, context, at))


def _plain(action: Action, name: str, value: Any, context: Context) -> Any:
    """The answers with each case field replaced by that case's id: a form may name a case by its number."""
    if any(field.name == name and field.type is FieldType.CASE for field in action.form):
        return context.others[value].case_id
    return value


def _reason_problems(action: Action, reason: str | None) -> tuple[FieldProblem, ...]:
    if action.reason and not (reason or "").strip():
        return (FieldProblem("reason", "missing_field", f"{action.title}须说明理由"),)
    if reason and len(reason) > REASON_LENGTH_MAX:
        return (FieldProblem("reason", "field_too_long", f"理由最多 {REASON_LENGTH_MAX} 字"),)
    if reason and not control_free(reason):
        return (FieldProblem("reason", "control_character", "理由含有不可用的控制字符"),)
    return ()
