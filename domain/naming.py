"""Names in a procedure that name nothing: stages, clocks, ladders, actions, and the fields and values of conditions."""

from collections.abc import Collection, Iterator, Mapping

from domain.form import FieldType, FormField
from domain.hat import LEVELS
from domain.procedure import Condition, Procedure

Value = str | bool | int | None
Named = tuple[str, str, Collection[str], str]  # where, what is named there, what exists, and the word for it


def unknown_names(procedure: Procedure) -> Iterator[str]:
    """Each name that does not exist, in Chinese, with its place. A condition misspelt would quietly never be met."""
    for place, name, known, what in (*_references(procedure), *_separations(procedure)):
        if name not in known:
            yield f"{place}：没有名为“{name}”的{what}"
    facts = _facts(procedure)
    for place, condition in _conditions(procedure):
        for name, allowed in condition.items():
            if name in facts:
                wrong = [value for value in allowed if not _possible(value, facts[name])]
                yield from (f"{place}：“{name}”没有“{value}”这个值" for value in wrong)
            else:
                yield f"{place}：没有名为“{name}”的表单项"


def _references(procedure: Procedure) -> Iterator[Named]:
    stages, clocks = procedure.stages, procedure.clocks
    yield "intake", procedure.intake.stage, stages, "阶段"
    for name, stage in stages.items():
        yield from ((f"stages.{name}", clock, clocks, "时限") for clock in stage.clocks)
    for name, action in procedure.actions.items():
        place = f"actions.{name}"
        yield from ((place, stage, stages, "阶段") for stage in (*action.from_, *(b.stage for b in action.to)))
        yield from ((place, clock, clocks, "时限") for clock in (*action.limits, *filter(None, [action.within])))
    for name, clock in clocks.items():
        ladders = [clock.ladder, *(variant.ladder for variant in clock.variants)]
        yield from ((f"clocks.{name}", ladder, procedure.ladders, "升级阶梯") for ladder in ladders if ladder)


def _separations(procedure: Procedure) -> Iterator[Named]:
    for rule in procedure.separation:
        yield from (("separation", action, procedure.actions, "操作") for group in rule.groups for action in group)
    closing = procedure.closing
    yield from (("closing", action, procedure.actions, "操作") for action in (*closing.after, *closing.acts))


def _conditions(procedure: Procedure) -> Iterator[tuple[str, Condition]]:
    for name, action in procedure.actions.items():
        yield from ((f"actions.{name}", branch.when) for branch in action.to)
    for name, clock in procedure.clocks.items():
        yield from ((f"clocks.{name}", variant.when) for variant in clock.variants)
    for name, rungs in procedure.ladders.items():
        yield from ((f"ladders.{name}", rung.when) for rung in rungs)


def _facts(procedure: Procedure) -> Mapping[str, list[FormField]]:
    """What conditions may speak of: every field of every form, and the two that dispatching sets."""
    title = "承办单位"
    facts = {
        "unit": [FormField(name="unit", title=title, type=FieldType.UNIT)],
        "unit_level": [
            FormField(name="unit_level", title=title, type=FieldType.CHOICE, options={level: level for level in LEVELS})
        ],
    }
    for form in (procedure.intake.form, *(action.form for action in procedure.actions.values())):
        for field in form:
            facts.setdefault(field.name, []).append(field)
    return facts


def _possible(value: Value, fields: Collection[FormField]) -> bool:
    """Whether a field of this name could ever have this value. None is "not given": always possible."""
    return value is None or any(_fits(value, field) for field in fields)


def _fits(value: Value, field: FormField) -> bool:
    match field.type:
        case FieldType.CHOICE:
            return value in (field.options or {})
        case FieldType.BOOLEAN:
            return isinstance(value, bool)
        case FieldType.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        case FieldType.CHOICES | FieldType.EVIDENCE:  # lists: a condition compares single values
            return False
        case _:
            return isinstance(value, str)
