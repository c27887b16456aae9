"""Names in a procedure that name nothing: stages, clocks, ladders, actions, and the fields and values of conditions."""

from collections.abc import Collection, Iterator, Mapping

from domain.rules.form import FieldType, FormField
from domain.rules.hat import LEVELS
from domain.rules.procedure import INTAKE, Procedure
from domain.rules.rule import Condition, Value
from domain.rules.template import Blank

Named = tuple[str, str, Collection[str], str]  # where, what is named there, what exists, and the word for it
TITLE = "承办单位"
# What the form says of a matter that is taken over: where it was kept and under which number, its due date there, and
# what of it is doubtful, or so contradictory that a person must look before its limits run.
TRANSFERRED = ("source", "reference", "due_at", "doubt", "contradictory")
ENGINE_SAYS = ("unit_returned", "returned", "has_reporter", "had_before", "assigned")
# What documents may speak of besides the fields of forms.
ON_PAPER = {
    "number", "title", "reason", "date", "document_number", "division_name", "holder_name", "unit_name", "issuer_name",
    "officer_name",
}  # fmt: skip


def unknown_names(procedure: Procedure) -> Iterator[str]:
    """Each name that does not exist, in Chinese, with its place. A condition misspelt would quietly never be met."""
    for place, name, known, what in (*_references(procedure), *_of_actions(procedure), *_separations(procedure)):
        if name not in known:
            yield f"{place}：没有名为“{name}”的{what}"
    facts = facts_of(procedure)
    at_intake = {**facts, "division_level": [_choice("division_level", *LEVELS)]}
    for place, condition in _conditions(procedure):
        known = at_intake if place == INTAKE else facts
        for name, allowed in condition.items():
            if name in known:
                wrong = [value for value in allowed if not _possible(value, known[name])]
                yield from (f"{place}：“{name}”没有“{value}”这个值" for value in wrong)
            else:
                yield f"{place}：没有名为“{name}”的表单项"
    yield from _documents(procedure, facts)
    yield from _spawnings(procedure, facts)


def _references(procedure: Procedure) -> Iterator[Named]:
    stages, clocks = procedure.stages, procedure.clocks
    yield from (("intake", branch.stage, stages, "阶段") for branch in procedure.intake.stage)
    for name, stage in stages.items():
        yield from ((f"stages.{name}", clock, clocks, "时限") for clock in (*stage.clocks, *stage.continues))
    for name, clock in clocks.items():
        ladders = [clock.ladder, *(variant.ladder for variant in clock.variants)]
        yield from ((f"clocks.{name}", ladder, procedure.ladders, "升级阶梯") for ladder in ladders if ladder)
        yield from ((f"clocks.{name}", stage, stages, "阶段") for stage in filter(None, [clock.lapses_to]))
    for name, item in procedure.items.items():
        yield from ((f"items.{name}", clock, clocks, "时限") for clock in filter(None, [item.clock]))
    times = {FieldType.INSTANT}, {FieldType.DATE}
    instants = {name for name, each in facts_of(procedure).items() if {field.type for field in each} in times}
    yield from ((f"clocks.{n}", c.until, instants, "时间或日期表单项") for n, c in clocks.items() if c.until)
    fields = {field.name for field in procedure.intake.form}
    if procedure.intake.transfers:
        yield from (("intake", name, fields, "上报表单项") for name in TRANSFERRED)
    yield from (("identity", name, fields, "上报表单项") for name in procedure.identity)


def _of_actions(procedure: Procedure) -> Iterator[Named]:
    stages, clocks = procedure.stages, procedure.clocks
    for name, action in procedure.actions.items():
        place, form = f"actions.{name}", {field.name for field in action.asked}
        named = (*action.limits, *action.since, *action.starts, *action.stops)
        windows = filter(None, [action.within, action.after])
        kinds = (*filter(None, [action.opens]), *(action.settles.kinds if action.settles else ()))
        yield from ((place, stage, stages, "阶段") for stage in (*action.from_, *(b.stage for b in action.to)))
        yield from ((place, clock, clocks, "时限") for clock in (*named, *windows))
        yield from ((place, field, form, "表单项") for field in action.since.values())
        yield from ((place, kind, procedure.items, "待办项") for kind in kinds)
        gates = [each.gate for each in action.counts] + ([action.hands.gate] if action.hands else [])
        yield from ((place, gate, procedure.gates, "表决规则") for gate in gates)
        yield from ((place, field, form, "表单项") for field in (action.hands.fields if action.hands else ()))
        yield from ((place, field, procedure.fields, "表单项") for field in action.not_before)
        yield from ((place, kind, procedure.items, "待办项") for kind in action.settled)
        yield from ((place, paper, procedure.documents, "文书") for paper in action.issues)
        if action.settles:
            yield from ((place, n, form, "表单项") for n in filter(None, ["item", action.settles.by_field]))
    yield from (("intake", paper, procedure.documents, "文书") for paper in procedure.intake.issues)


def _separations(procedure: Procedure) -> Iterator[Named]:
    acts = {INTAKE, *procedure.actions}
    for rule in procedure.separation:
        yield from (("separation", action, acts, "操作") for group in rule.groups for action in group)
    closing = procedure.closing
    yield from (("closing", action, procedure.actions, "操作") for action in (*closing.after, *closing.acts))


def _conditions(procedure: Procedure) -> Iterator[tuple[str, Condition]]:
    yield from (("intake", branch.when) for branch in procedure.intake.stage)
    for name, action in procedure.actions.items():
        whens = (
            [b.when for b in action.to]
            + [c for r in action.requires for c in (r.when, r.unless or {}, r.override or {})]
            + [c.when for c in action.counts]
        )
        yield from ((f"actions.{name}", when) for when in whens)
    for name, clock in procedure.clocks.items():
        yield f"clocks.{name}", clock.when
        yield from ((f"clocks.{name}", variant.when) for variant in clock.variants)
    for name, rungs in procedure.ladders.items():
        yield from ((f"ladders.{name}", rung.when) for rung in rungs)


def _documents(procedure: Procedure, facts: Mapping[str, object]) -> Iterator[str]:
    sums = {f"{name[:-4]}_yuan" for name in facts if name.endswith("_fen")}
    computed = {action.computes.field for action in procedure.actions.values() if action.computes}
    sums |= {f"{name[:-4]}_yuan" for name in computed}
    dates = {f"due_{clock}" for clock in procedure.clocks}
    for name, document in procedure.documents.items():
        paper = Blank(document.text)
        if not paper.is_valid():
            yield f"documents.{name}：文中的 $ 应写作 ${{名称}} 或 $$"
            continue
        for used in paper.get_identifiers():
            if used not in facts and used not in ON_PAPER | sums | computed | dates:
                yield f"documents.{name}：没有名为“{used}”的表单项"


def _spawnings(procedure: Procedure, facts: Mapping[str, object]) -> Iterator[str]:
    """What actions say of the child cases that they open by themselves."""
    for name, action in procedure.actions.items():
        spawns, form = action.spawns, {field.name: field for field in action.form}
        if spawns is None:
            continue
        chosen = form.get(spawns.by_field or "")
        known = {spawns.procedure} if spawns.procedure else set((chosen and chosen.options) or ())
        whole = action.effect == "spawn" and action.opens and (spawns.more is None or spawns.more in form)
        if not known or not whole:
            yield f"actions.{name}.spawns：须为衍生操作，by_field 为必填的单选项，more 为表单项"
        yield from (f"actions.{name}.spawns：没有名为“{each}”的选项" for each in spawns.fields if each not in known)
        for text in (spawns.title, *(text for fields in spawns.fields.values() for text in fields.values())):
            paper = Blank(text)
            unknown = {*paper.get_identifiers()} - {*facts, "case_title"} if paper.is_valid() else {text}
            yield from (f"actions.{name}.spawns：没有名为“{each}”的表单项" for each in sorted(unknown))


def facts_of(procedure: Procedure) -> Mapping[str, list[FormField]]:
    """What conditions may speak of: every field of every form, and what the engine itself knows of a case."""
    facts = {name: [field] for name, field in _known_to_the_engine(procedure).items()}
    for form in (tuple(procedure.intake.form), *(action.asked for action in procedure.actions.values())):
        for field in form:
            facts.setdefault(field.name, []).append(field)
    return facts


def _choice(name: str, *options: str) -> FormField:
    return FormField(name=name, title=name, type=FieldType.CHOICE, options={option: option for option in options})


def _known_to_the_engine(procedure: Procedure) -> dict[str, FormField]:
    fields = [
        FormField(name="unit", title=TITLE, type=FieldType.UNIT),
        _choice("unit_level", *LEVELS),
        *(FormField(name=n, title=n, type=FieldType.NUMBER) for n in ("returns", "hops")),
        *(FormField(name=n, title=n, type=FieldType.BOOLEAN) for n in ENGINE_SAYS),
        *(FormField(name=f"done_{n}", title=n, type=FieldType.BOOLEAN) for n in procedure.actions),
        FormField(name="extended", title="已延期", type=FieldType.BOOLEAN),
        _choice("signatures", "passed", "failed", "open"),
        FormField(name="first", title="首报", type=FieldType.BOOLEAN),
        FormField(name="on_duty_list", title="在职责清单内", type=FieldType.BOOLEAN),
        _choice("earlier", "none", "open", "closed", "exhausted"),
        *(_choice(f"gate_{name}", "no_quorum", "passed", "failed") for name in procedure.gates),
    ]
    lapsed = [clock.outcome for clock in procedure.clocks.values() if clock.outcome]
    fields += [_choice("outcome", *lapsed)] if lapsed else []
    return {field.name: field for field in fields}


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
        case FieldType.CHOICES | FieldType.EVIDENCE | FieldType.FIELDS:  # a condition compares single values
            return False
        case _:
            return isinstance(value, str)
