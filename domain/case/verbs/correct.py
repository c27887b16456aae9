"""Correcting one's own words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.case.act import CheckedAct
from domain.case.consequence import Consequence, Facts
from domain.case.event import FieldCorrected
from domain.case.state import Case
from domain.case.verbs.verb import Verb
from domain.rules.form import FieldType, FormField, answers
from domain.rules.procedure import Procedure
from domain.rules.refusal import Code, Refusal
from domain.rules.template import Blank

RECEIPT = "receipt"
PLAIN = {FieldType.TEXT, FieldType.PLACE, FieldType.NUMBER, FieldType.DATE, FieldType.INSTANT}


class Correct(Verb):
    """A field said wrongly is said rightly, by the person who said it: its own form says what is right."""

    name = "correct"
    aside = True
    asks_case = True

    def decide(self, act: CheckedAct, _facts: Facts) -> Consequence | Refusal:
        """What the act brings, or why it cannot be."""
        name, text = act.fields["field"], act.fields["value"]
        known = correctable(act.case, act.context.procedure, act.context.actor.person).get(name)
        if known is None:
            return Refusal(Code.NOT_CORRECTABLE, "只能更正本人填写、尚未据以出具文书或作出决定的内容")
        value: Any = text
        if known.type is FieldType.NUMBER:
            value = int(text) if text.lstrip("-").isdecimal() else text
        kept, problems = answers((known,), {name: value}, replace(act.context.known, at=act.at))
        if problems:
            return Refusal(Code.INVALID_FIELDS, problems[0].words, problems)
        return Consequence(after=(FieldCorrected(name, act.case.fields[name], kept.get(name)),))

    def options(self, field: FormField, case: Case, procedure: Procedure, person: str) -> Mapping[str, str] | None:
        """The fields that this person may correct."""
        if field.name != "field":
            return None
        return {name: each.title for name, each in correctable(case, procedure, person).items()}


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
