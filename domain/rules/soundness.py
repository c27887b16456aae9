"""Proofs over a procedure's whole state graph, before a case ever runs under it.

The graph's nodes are (stage, unit known, which of the closing acts are done since the last submission): small enough to
walk whole. Each fault names the path on which it shows.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, pairwise, product

from domain.rules.form import FieldType
from domain.rules.hat import LEVELS, Post
from domain.rules.procedure import INTAKE, Action, Procedure
from domain.rules.reference import facts_of, unknown_names
from domain.rules.rule import Condition, LadderRung


@dataclass(frozen=True, slots=True)
class Node:
    """A stage as some path reaches it."""

    stage: str
    unit: bool
    done: frozenset[str]


Path = tuple[str, ...]


def faults(procedure: Procedure) -> list[str]:
    """Everything that is wrong with a procedure, in Chinese, each with its place or path; [] when it is sound."""
    unknown = [*unknown_names(procedure), *_misused_names(procedure)]
    if unknown:
        return unknown  # the graph cannot be walked where names are wrong
    reached = _walk(procedure)
    return [
        *_stages(procedure, reached),
        *_dead_ends(procedure, reached),
        *_unreachable(procedure, reached),
        *_self_acceptance(procedure, reached),
        *_ladders(procedure),
        *_seals(procedure, reached),
        *_items(procedure),
    ]


def _misused_names(procedure: Procedure) -> Iterator[str]:
    """Dispatching is a field named `unit` of type unit; the name means nothing else. So for `item`, and for files."""
    for name, action in procedure.actions.items():
        if any(field.name == "item" and field.type is not FieldType.ITEM for field in action.form):
            yield f"actions.{name}：表单项“item”须为 item 类型"
        if any(field.name == "unit" and field.type is not FieldType.UNIT for field in action.form):
            yield f"actions.{name}：表单项“unit”须为 unit 类型"
    for name, fields in facts_of(procedure).items():  # else a text could pass for a file by what another form means
        if len({field.type is FieldType.EVIDENCE for field in fields}) > 1:
            yield f"表单项“{name}”在一处是附件，在另一处不是"


def _walk(procedure: Procedure) -> dict[Node, Path]:
    """Every node that can be reached, with a shortest path to it (stage, action, stage, …)."""
    reached: dict[Node, Path] = {}
    waiting: deque[Node] = deque()
    for branch in procedure.intake.stage:
        first = Node(branch.stage, False, frozenset())
        if first not in reached:
            reached[first] = (first.stage,)
            waiting.append(first)
    while waiting:
        node = waiting.popleft()
        for name, following in _ways(procedure, node):
            if following not in reached:
                reached[following] = (*reached[node], name, following.stage)
                waiting.append(following)
    return reached


def _ways(procedure: Procedure, node: Node) -> Iterator[tuple[str, Node]]:
    """Every way on from a node: by an action, and by a window that lapses there."""
    for name, action in procedure.actions.items():
        if node.stage in action.from_:
            yield from ((name, following) for following in _after(procedure, node, name, action))
    for clock in procedure.stages[node.stage].clocks:
        lapses_to = procedure.clocks[clock].lapses_to
        if lapses_to:
            yield clock, Node(lapses_to, node.unit, frozenset(procedure.closing.acts))


def _after(procedure: Procedure, node: Node, name: str, action: Action) -> Iterator[Node]:
    """Where an action can lead from a node. Conditions on the unit are decided, others taken as possible."""
    dispatches = action.opens is None and any(
        f.name == "unit" and f.type is FieldType.UNIT and f.required for f in action.form
    )
    unit = node.unit or dispatches
    if action.effect == "resubmit":
        yield from _back(procedure, node)
        return
    done = frozenset() if name in procedure.closing.after else node.done
    if action.unfinished:
        done = frozenset(procedure.closing.acts)
    if name in procedure.closing.acts:
        done = done | {name}
    if not action.to:
        yield Node(node.stage, unit, done)
    decided: list[Condition] = []  # what earlier branches take for certain, conditions on the unit apart
    for branch in action.to:
        rest = {name: allowed for name, allowed in branch.when.items() if name != "unit"}
        fits = "unit" not in branch.when or (branch.when["unit"] == [None]) != unit
        if not fits or any(taken in ({}, rest) for taken in decided):
            continue
        decided.append(rest)
        yield Node(branch.stage, unit and not (action.releases and branch.stage != node.stage), done)


def _back(procedure: Procedure, node: Node) -> Iterator[Node]:
    """Where a case that was returned to this stage can have come from."""
    for action in procedure.actions.values():
        if action.returns and any(branch.stage == node.stage for branch in action.to):
            held_by_unit = {
                name for name, stage in procedure.stages.items()
                if stage.holder and Post.parse(stage.holder).level == "unit"
            }  # fmt: skip
            sources = [name for name in action.from_ if not action.settles or name in held_by_unit]
            yield from (Node(name, name in held_by_unit or node.unit, node.done) for name in sources)


def _stages(procedure: Procedure, reached: dict[Node, Path]) -> Iterator[str]:
    """Every open stage has a holder that exists there and a clock that is no mere window (DOMAIN §6.3)."""
    reported: set[str] = set()
    for node, path in reached.items():
        stage = procedure.stages[node.stage]
        if stage.closed or node.stage in reported:
            continue
        way = " → ".join(path)
        if stage.holder is None:
            yield f"阶段“{stage.title}”无人负责：{way}"
        elif Post.parse(stage.holder).level is None:
            yield f"阶段“{stage.title}”的负责岗位没有层级：{stage.holder}"
        elif Post.parse(stage.holder).level == "unit" and not node.unit:
            yield f"阶段“{stage.title}”由承办单位负责，但此时尚未派单：{way}"
        elif not any(_watches(procedure, clock) for clock in stage.clocks):
            yield f"阶段“{stage.title}”没有时限：{way}"
        else:
            continue
        reported.add(node.stage)


def _watches(procedure: Procedure, name: str) -> bool:
    """Whether a clock surely leads to something: a duty that always starts, or a window whose lapse moves the case."""
    clock = procedure.clocks[name]
    return not clock.when and (not clock.window or clock.lapses_to is not None)


def _dead_ends(procedure: Procedure, reached: dict[Node, Path]) -> Iterator[str]:
    """Every node can reach an end."""
    back: dict[Node, set[Node]] = {}
    for node in reached:
        for name, following in _ways(procedure, node):
            action = procedure.actions.get(name)
            if not (action and action.verb and action.unfinished):  # to be merged or withdrawn is no end of the work
                back.setdefault(following, set()).add(node)
    good = {node for node in reached if procedure.stages[node.stage].closed}
    waiting = deque(good)
    while waiting:
        for before in back.get(waiting.popleft(), set()) - good:
            good.add(before)
            waiting.append(before)
    reported: set[str] = set()
    for node, path in reached.items():
        if node not in good and node.stage not in reported:
            reported.add(node.stage)
            yield f"阶段“{procedure.stages[node.stage].title}”走不到办结：{' → '.join(path)}"


def _unreachable(procedure: Procedure, reached: dict[Node, Path]) -> Iterator[str]:
    stages = {node.stage for node in reached}
    for name, stage in procedure.stages.items():
        if name not in stages:
            yield f"阶段“{stage.title}”（{name}）从上报走不到"
    for name, action in procedure.actions.items():
        if not stages.intersection(action.from_):
            yield f"操作“{action.title}”（{name}）从上报走不到：只能在 {'、'.join(action.from_)} 进行"


def _self_acceptance(procedure: Procedure, reached: dict[Node, Path]) -> Iterator[str]:
    """Nobody could both handle and accept, or accept twice (DOMAIN §6.1), and no path closes past the gate."""
    closing, actions = procedure.closing, procedure.actions
    for first, second in chain(product(closing.after, closing.acts), combinations(closing.acts, 2)):
        if not _separated(procedure, first, second):
            titles = actions[first].title, actions[second].title
            yield f"同一人可以既{titles[0]}又{titles[1]}：{first} → {second} 未列入 separation"
    for handled in closing.after:
        evidence = [f for f in actions[handled].form if f.type is FieldType.EVIDENCE and f.required]
        if closing.evidence and not evidence:
            yield f"办结须有附件，但“{actions[handled].title}”（{handled}）没有必填附件"
    for node, path in reached.items():
        missing = [act for act in closing.acts if act not in node.done]
        if procedure.stages[node.stage].closed and missing:
            yield f"未经{actions[missing[0]].title}即可办结：{' → '.join(path)}"


def _separated(procedure: Procedure, one: str, other: str) -> bool:
    """Whether one rule keeps them apart in both orders; an action in both groups would be let through."""
    return any(
        one in first and other not in first and other in second and one not in second
        for rule in procedure.separation
        for first in rule.groups
        for second in rule.groups
    )


def _ladders(procedure: Procedure) -> Iterator[str]:
    """A ladder only climbs: each rung higher than the one before, none later than its follower, none twice."""
    for name, rungs in procedure.ladders.items():
        way = " → ".join(rung.to for rung in rungs)
        for lower, upper in pairwise(rungs):
            if _height(upper) <= _height(lower):
                yield f"升级阶梯“{name}”绕回：{lower.to} → {upper.to}（{way}）"
            if lower.after.unit == upper.after.unit and upper.after.n <= lower.after.n:
                yield f"升级阶梯“{name}”次序颠倒：{upper.to} 不晚于 {lower.to}（{way}）"
    for name, clock in procedure.clocks.items():
        ladders = {clock.ladder, *(variant.ladder for variant in clock.variants)}
        if not clock.window and not procedure.ladders.get(clock.ladder or ""):
            yield f"时限“{clock.title}”（{name}）没有升级阶梯"
        if clock.window and clock.extension:
            yield f"窗口“{clock.title}”（{name}）不能延期"
        if clock.extension and clock.extension.most.unit != clock.limit.unit:
            yield f"时限“{clock.title}”（{name}）的延期单位与时限不同"
        holders = [s.holder for s in procedure.stages.values() if name in s.clocks and s.holder]
        for ladder in filter(None, ladders):
            for rung in procedure.ladders[ladder]:
                if Post.parse(rung.to).level == "unit" and any(Post.parse(h).level != "unit" for h in holders):
                    yield f"时限“{clock.title}”（{name}）的升级阶梯“{ladder}”指向承办单位，但此时可能尚未派单"


def _height(rung: LadderRung) -> int:
    level = Post.parse(rung.to).level
    return -1 if level in (None, "unit") else LEVELS.index(level)


def _seals(procedure: Procedure, reached: dict[Node, Path]) -> Iterator[str]:
    """What is sealed stays sealed (DOMAIN §6.2), unless an action says that it ends the seal: for a reason on record,
    and never by whoever brought the case."""
    reported: set[tuple[str, str]] = set()
    for name, action in procedure.actions.items():
        lasting = any(each.sealed and not each.for_now for each in map(procedure.stages.__getitem__, action.from_))
        if action.unseals and lasting and not (action.reason and _separated(procedure, INTAKE, name)):
            yield f"操作“{action.title}”（{name}）启封，须说明理由，并与{procedure.intake.title}分属不同的人"
    for node, path in reached.items():
        if not procedure.stages[node.stage].sealed:
            continue
        for name, following in _ways(procedure, node):
            ends = name in procedure.actions and procedure.actions[name].unseals
            if ends or procedure.stages[following.stage].sealed:
                continue
            if (node.stage, following.stage) not in reported:
                reported.add((node.stage, following.stage))
                yield f"密封的事项会公开：{' → '.join((*path, name, following.stage))}"


def _items(procedure: Procedure) -> Iterator[str]:
    """What is opened can be settled, wherever it may keep a case from closing."""
    settled = {kind for action in procedure.actions.values() if action.settles for kind in action.settles.kinds}
    for name, kind in procedure.items.items():
        if kind.blocks and name not in settled and name != "child":
            yield f"待办项“{kind.title}”（{name}）没有可以了结它的操作"
    for name, action in procedure.actions.items():
        if action.settles and action.settles.by_field:
            field = next(field for field in action.asked if field.name == action.settles.by_field)
            states = {state for kind in action.settles.kinds for state in procedure.items[kind].states}
            if not set(field.options or {}) <= states:
                yield f"操作“{action.title}”（{name}）的“{field.title}”与待办项的结果不符"
