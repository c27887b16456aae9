"""Documents: numbered texts to print, made from a procedure's templates at the moment that they are issued."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.case.event import Document
from domain.days.counting import MICROSECOND
from domain.days.instant import Instant, local
from domain.rules.form import FieldType, FormField
from domain.rules.procedure import Procedure
from domain.rules.template import Blank

UNSAID = "————"  # printed where a value is missing


def issue(
    procedure: Procedure, document_id: str, given: Mapping[str, Any], case_number: str, count: int, at: Instant
) -> Document:
    """The document as it is served. `given`: what its names stand for; `count`: how many the case has already."""
    template = procedure.documents[document_id]
    serial = case_number.rpartition("-")[2]
    number = f"{template.sign}〔{local(at).year}〕{serial}-{count + 1}号"
    titles = {field.name: field for form in forms(procedure) for field in form}
    words = {name: spoken(titles.get(name), value) for name, value in given.items()}
    words |= {f"{name[:-4]}_yuan": yuan(sum_) for name, sum_ in given.items() if name.endswith("_fen") and sum_}
    words |= {"document_number": number, "date": f"{local(at):%Y年%-m月%-d日}"}
    names = set(Blank(template.text).get_identifiers())
    text = Blank(template.text).substitute({name: words.get(name) or UNSAID for name in names})
    return Document(document_id, template.title, number, f"{template.title}\n{number}\n\n{text}")


def last_day(due_at: Instant) -> str:
    """A due date as documents name it: the last day on time."""
    return f"{local(due_at - MICROSECOND):%Y年%-m月%-d日}"


def yuan(fen: int) -> str:
    """A sum in fen as it is written in yuan: 300000 → `3,000.00`."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def forms(procedure: Procedure) -> list[tuple[FormField, ...]]:
    """Every form of a procedure, the intake's first."""
    return [tuple(procedure.intake.form), *(action.asked for action in procedure.actions.values())]


def spoken(field: FormField | None, value: Any) -> str:
    """An answer as it is written on paper."""
    if isinstance(value, list):
        return "、".join(spoken(field, each) for each in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if field and field.type in (FieldType.DATE, FieldType.INSTANT) and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return (
            f"{moment:%Y年%-m月%-d日}" if field.type is FieldType.DATE else f"{local(moment):%Y年%-m月%-d日%-H时%-M分}"
        )
    if field and field.options and isinstance(value, str):
        return field.options.get(value, value)
    return "" if value is None else str(value)
