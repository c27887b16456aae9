"""What may not hold at one time: absences or shifts of one person, delegates who lead back to the absent. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from domain.days.instant import local
from ledger.registers.register_kind import RegisterKind, VoidableRow
from ledger.registers.sheet import Fault

Values = Mapping[str, Any]
Placed = tuple[str, Values]  # where a row stands, in words, and what it says


def clashes(kind: RegisterKind, given: Sequence[tuple[int, Values]], standing: Iterable[Values]) -> list[Fault]:
    """One fault for every given row that cannot hold beside another one, given or standing.

    A row that stands under the key of a given one is replaced by it. Rows of the same file fault the later one.
    """
    if not issubclass(kind.row, VoidableRow):
        return []
    replaced = {_under(kind.key, values) for _, values in given}
    kept: list[Placed] = [("登记的", each) for each in standing if _under(kind.key, each) not in replaced]
    by_owner: dict[tuple[Any, ...], list[Placed]] = {}
    for place in kept:
        by_owner.setdefault(_under(kind.row.alone, place[1]), []).append(place)
    found = list[Fault]()
    for number, values in given:
        beside = by_owner.setdefault(_under(kind.row.alone, values), [])
        found += [
            Fault(number, "", f"与{where}{_span(kind.row, other)}重叠")
            for where, other in beside
            if _meet(kind.row, values, other)
        ]
        beside.append((f"第 {number} 行", values))
    if "delegate" in kind.row.model_fields:
        found += _circles(kind.row, given, kept)
    return found


def _under(names: Iterable[str], values: Values) -> tuple[Any, ...]:
    return tuple(values[name] for name in names)


def _meet(row: type[VoidableRow], one: Values, other: Values) -> bool:
    """Whether two spans have something in common: days are whole, an instant's end is no longer in it."""
    (begins, ends), (begin, end) = _under(row.span, one), _under(row.span, other)
    if isinstance(begins, datetime):
        return bool(begins < end and begin < ends)
    return bool(begins <= end and begin <= ends)


def _span(row: type[VoidableRow], values: Values) -> str:
    return "（" + " 至 ".join(map(_told, _under(row.span, values))) + "）"


def _told(value: date | datetime) -> str:
    return f"{local(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _circles(row: type[VoidableRow], given: Sequence[tuple[int, Values]], kept: Iterable[Placed]) -> Iterator[Fault]:
    """Delegates who are away themselves under that hat on the same days, back to where one began: nobody is left."""
    away = dict[tuple[str, str], list[Values]]()
    for values in (*(each for _, each in kept), *(each for _, each in given)):
        away.setdefault((values["role"], values["scope"]), []).append(values)
    for number, values in given:
        others = away[values["role"], values["scope"]]
        ways = [[values]]
        while ways:
            way = ways.pop()
            if way[-1]["delegate"] == values["person"]:
                names = " → ".join((*(each["person"] for each in way), values["person"]))
                yield Fault(number, "代理人", f"代理绕回本人（{names}），这些天无人负责")
                break
            ways += [
                [*way, other]
                for other in others
                if other["person"] == way[-1]["delegate"]
                and all(other is not each and _meet(row, other, each) for each in way)
            ]
