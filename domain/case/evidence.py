"""Files in a case: where they are named, and which of them somebody may name again.

Knowing a file's hash gives no right to it: hashes stand in every export and printed history. Naming a file in a case
shows it to everybody who sees that case, so only its uploader, or who sees it in that case already, may name it.
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
    """The files that answers name. A hash inside a text field names nothing: anybody can type one."""
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
    """What may be named in a new case. Only a parent's letter sets `parent`; `spawn` has checked its files."""
    own = context.known.evidence
    return own.union(files(context.procedure, command.fields)) if command.parent else own
