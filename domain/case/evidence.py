"""Files in a case: where they are named, and which of them somebody may name again.

To know a file's hash is nothing: a hash is in every export and on every printed history. Whoever names a file in a case
gives it to all who see that case, so it must be his or hers to give.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.case.command import Open
from domain.case.context import Context
from domain.case.sight import outsider
from domain.case.state import Case
from domain.rules.form import FieldType
from domain.rules.procedure import Procedure


def files(procedure: Procedure, said: Mapping[str, Any]) -> Iterator[str]:
    """The files that answers name. A text that reads like a hash names nothing: anybody can write one."""
    for name, value in said.items():
        field = procedure.fields.get(name)
        if field is not None and field.type is FieldType.EVIDENCE:
            yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str))


def nameable(case: Case, context: Context) -> frozenset[str]:
    """What the actor may name in this case: own uploads, and what stands in it already where the actor sees it."""
    if outsider(case, context.actor):
        return context.known.evidence
    said = [case.fields, *(part for item in case.items.values() for part in (item.data, item.answer))]
    return context.known.evidence.union(file for each in said for file in files(context.procedure, each))


def openable(command: Open, context: Context) -> frozenset[str]:
    """What may be named in a new case. Only a letter names a parent, and what it names was tried there (`spawn`)."""
    own = context.known.evidence
    return own.union(files(context.procedure, command.fields)) if command.parent else own
