"""Effects on what was said and who may take part: corrections and recusals."""

from dataclasses import replace
from typing import Any

from domain.case.act import CheckedAct, moved
from domain.case.claim_code import sealed_code
from domain.case.consequence import Consequence, Facts, invalid
from domain.case.event import Event, FieldCorrected, GateCounted, PersonRecused
from domain.case.state import Case
from domain.hat import Role
from domain.refusal import Code, Refusal
from domain.rules import vote as gates
from domain.rules.form import FieldType, FormField, answers
from domain.rules.procedure import Procedure
from domain.rules.template import Blank

RECUSING = {Role.HEAD, Role.INSPECTOR, Role.COMMITTEE}
RECEIPT = "receipt"
PLAIN = {FieldType.TEXT, FieldType.PLACE, FieldType.NUMBER, FieldType.DATE, FieldType.INSTANT}


def recuse(deed: CheckedAct, facts: Facts) -> Consequence | Refusal:
    """The person takes no part any more; the meeting just held is counted again without him or her (DOMAIN §4).

    Everybody recuses himself or herself; others are recused by who leads, inspects or supervises.
    """
    person, name, vote = (deed.fields.get(key) for key in ("person", "name", "vote"))
    if not person and not name:
        return invalid("person", "请写明回避人", "missing_field")
    actor = deed.context.actor
    if person != actor.person and actor.hat.role not in RECUSING:
        return Refusal(Code.HAT_NOT_ALLOWED, "本人可以申请自己回避；他人的回避由负责人、监督委员会或纪检监察决定")
    if name and name in deed.case.recused_names:
        return invalid("name", f"{name}已经回避", "already_recused")
    if vote is not None and "proof" not in deed.fields:
        return invalid("proof", "已参加表决的，须附签到表决记录等凭证", "missing_field")
    recused = PersonRecused(person, name)
    last = max(deed.case.tallies.values(), key=lambda tally: tally.version, default=None)
    if vote is None or last is None:
        return Consequence(after=(recused,))
    again = gates.without(deed.context.procedure.gates[last.gate], last, vote)
    if min(again.present, again.in_favour, again.opposed) < 0 or again.due < 1:
        return invalid("vote", "与原计票不符：减去此人后人数小于 0")
    if deed.case.stage not in (last.stage, last.led_to):
        return Refusal(Code.REVOTE_NEEDED, "表决之后已办理后续手续，应回避的须重新提交表决")
    if again.passed and not last.passed:
        return Refusal(Code.REVOTE_NEEDED, "除去此人后结果由未通过变为通过，须重新表决")
    after: tuple[Event, ...] = (recused, GateCounted(again, again=True))
    if not last.passed or again.passed:
        return Consequence(after=after)
    move = moved(deed, last.stage, {**facts, f"gate_{last.gate}": again.result}, None)
    return move if isinstance(move, Refusal) else Consequence(after=after, move=move)


def readmit(deed: CheckedAct, _facts: Facts) -> Consequence | Refusal:
    """A recusal that was a mistake ends; whoever was recused cannot end it."""
    person = deed.fields["person"]
    if person not in deed.case.recused:
        return invalid("person", "此人没有回避", "not_recused")
    return Consequence(after=(PersonRecused(person, lifted=True),))


def claim(deed: CheckedAct, _facts: Facts) -> Consequence | Refusal:
    """Whoever claims shows the code that was told when the case was opened; the code itself is not written down."""
    given = "".join(str(deed.fields["claim_code"]).split()).upper()
    if sealed_code(deed.context.case_id, given) != deed.case.code:
        return invalid("claim_code", "领取码不符", "wrong_code")
    return Consequence()


def correctable(case: Case, procedure: Procedure, person: str) -> dict[str, FormField]:
    """What this person may correct: own words, in no issued document, on which nothing has been decided."""
    printed = {
        name
        for paper in case.papers
        if paper in procedure.documents and paper != RECEIPT
        for name in Blank(procedure.documents[paper].text).get_identifiers()
    }
    fixed = printed | procedure.governing
    fields = procedure.fields
    return {
        name: fields[name]
        for name in case.fields
        if name in fields and fields[name].type in PLAIN and name not in fixed and case.said.get(name) == person
    }


def correct(deed: CheckedAct, _facts: Facts) -> Consequence | Refusal:
    """A field said wrongly is said rightly, by the person who said it: its own form says what is right."""
    name, text = deed.fields["field"], deed.fields["value"]
    known = correctable(deed.case, deed.context.procedure, deed.context.actor.person).get(name)
    if known is None:
        return Refusal(Code.NOT_CORRECTABLE, "只能更正本人填写、尚未据以出具文书或作出决定的内容")
    value: Any = text
    if known.type is FieldType.NUMBER:
        value = int(text) if text.lstrip("-").isdecimal() else text
    kept, problems = answers((known,), {name: value}, replace(deed.context.known, at=deed.at))
    if problems:
        return Refusal(Code.INVALID_FIELDS, problems[0].words, problems)
    return Consequence(after=(FieldCorrected(name, deed.case.fields[name], kept.get(name)),))
