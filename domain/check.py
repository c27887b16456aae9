"""Proofs over a procedure's whole state graph, before a case ever runs under it.

The graph's nodes are (stage, unit known, which of the closing acts are done since the last submission): small enough to
walk whole. Each fault names the path on which it shows.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, pairwise, product

from domain.form import FieldType
from domain.hat import LEVELS, Post
from domain.naming import unknown_names
from domain.procedure import Action, Condition, LadderRung, Procedure


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
        return unknown  # the graph of a procedure that names what does not exist means nothing
    reached = _walk(procedure)
    return [
        *_stages(procedure, reached),
        *_dead_ends(procedure, reached),
        *_unreachable(procedure, reached),
        *_self_acceptance(procedure, reached),
        *_ladders(procedure),
    ]


def _misused_names(procedure: Procedure) -> Iterator[str]:
    """Dispatching is a field named `unit` of type unit; the name may mean nothing else."""
    for name, action in procedure.actions.items():
        if any(field.name == "unit" and field.type is not FieldType.UNIT for field in action.form):
            yield f"actions.{name}：表单项“unit”须为 unit 类型"


def _walk(procedure: Procedure) -> dict[Node, Path]:
    """Every node that can be reached, with a shortest path to it (stage, action, stage, …)."""
    start = Node(procedure.intake.stage, False, frozenset())
    reached: dict[Node, Path] = {start: (start.stage,)}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for name, action in procedure.actions.items():
            if node.stage not in action.from_:
                continue
            for following in _after(procedure, node, name, action):
                if following not in reached:
                    reached[following] = (*reached[node], name, following.stage)
                    waiting.append(following)
    return reached


def _after(procedure: Procedure, node: Node, name: str, action: Action) -> Iterator[Node]:
    """Where an action can lead from a node. Conditions on the unit are decided, others taken as possible."""
    dispatches = any(f.name == "unit" and f.type is FieldType.UNIT and f.required for f in action.form)
    unit = node.unit or dispatches
    done = frozenset() if name in procedure.closing.after else node.done
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
        yield Node(branch.stage, unit, done)


def _stages(procedure: Procedure, reached: dict[Node, Path]) -> Iterator[str]:
    """Every open stage has a holder that exists there and a clock that is no mere window (DOMAIN §6.3)."""
    told: set[str] = set()
    for node, path in reached.items():
        stage = procedure.stages[node.stage]
        if stage.closed or node.stage in told:
            continue
        way = " → ".join(path)
        if stage.holder is None:
            yield f"阶段“{stage.title}”无人负责：{way}"
        elif Post.parse(stage.holder).level is None:
            yield f"阶段“{stage.title}”的负责岗位没有层级：{stage.holder}"
        elif Post.parse(stage.holder).level == "unit" and not node.unit:
            yield f"阶段“{stage.title}”由承办单位负责，但此时尚未派单：{way}"
        elif all(procedure.clocks[clock].window for clock in stage.clocks):
            yield f"阶段“{stage.title}”没有时限：{way}"
        else:
            continue
        told.add(node.stage)


def _dead_ends(procedure: Procedure, reached: dict[Node, Path]) -> Iterator[str]:
    """Every node can reach an end."""
    back: dict[Node, set[Node]] = {}
    for node in reached:
        for name, action in procedure.actions.items():
            if node.stage in action.from_:
                for following in _after(procedure, node, name, action):
                    back.setdefault(following, set()).add(node)
    good = {node for node in reached if procedure.stages[node.stage].closed}
    waiting = deque(good)
    while waiting:
        for before in back.get(waiting.popleft(), set()) - good:
            good.add(before)
            waiting.append(before)
    told: set[str] = set()
    for node, path in reached.items():
        if node not in good and node.stage not in told:
            told.add(node.stage)
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
        holders = [s.holder for s in procedure.stages.values() if name in s.clocks and s.holder]
        for ladder in filter(None, ladders):
            for rung in procedure.ladders[ladder]:
                if Post.parse(rung.to).level == "unit" and any(Post.parse(h).level != "unit" for h in holders):
                    yield f"时限“{clock.title}”（{name}）的升级阶梯“{ladder}”指向承办单位，但此时可能尚未派单"


def _height(rung: LadderRung) -> int:
    level = Post.parse(rung.to).level
    return -1 if level in (None, "unit") else LEVELS.index(level)
