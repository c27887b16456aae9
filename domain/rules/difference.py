"""What differs between two versions of a procedure, in words for whoever approves that running cases go over."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.rules.procedure import Procedure
from domain.rules.rule import ClockRule, Part


def differences(before: Procedure, after: Procedure) -> Iterator[str]:
    """One line in Chinese a part that differs; clocks with both limits, for those not started yet change as well."""
    yield from _of_clocks(before.clocks, after.clocks)
    for what, was, now in (
        ("阶段", before.stages, after.stages),
        ("操作", before.actions, after.actions),
        ("待办项", before.items, after.items),
        ("表决规则", before.gates, after.gates),
        ("文书", before.documents, after.documents),
    ):
        yield from _of_parts(what, was, now)
    for name in sorted({*before.ladders, *after.ladders}):
        if _dumped(before.ladders.get(name)) != _dumped(after.ladders.get(name)):
            yield f"升级阶梯“{name}”有改动"
    for what, old, new in (
        ("职责分离", before.separation, after.separation),
        ("办结条件", before.closing, after.closing),
        ("重复认定", before.repeated, after.repeated),
        ("奖励标准", before.rewards, after.rewards),
    ):
        if _dumped(old) != _dumped(new):
            yield f"{what}有改动"


def _of_clocks(before: Mapping[str, ClockRule], after: Mapping[str, ClockRule]) -> Iterator[str]:
    for name in (*before, *(each for each in after if each not in before)):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            clock = was or now
            yield f"时限“{clock.title if clock else name}”{'取消' if now is None else '新设'}"
        elif was.limit != now.limit:
            yield f"时限“{now.title}”{was.limit} → {now.limit}"
        elif _dumped(was) != _dumped(now):
            yield f"时限“{now.title}”的情形、依据或升级有改动"


def _of_parts(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in (*before, *(each for each in after if each not in before)):
        was, now = before.get(name), after.get(name)
        if _dumped(was) != _dumped(now):
            word = "取消" if now is None else "新设" if was is None else "有改动"
            title = getattr(now or was, "title", name)
            yield f"{what}“{title}”{word}"


def _dumped(part: Any) -> Any:
    """A part, or parts, as pinned."""
    if isinstance(part, Part):
        return part.model_dump(mode="json", by_alias=True)
    if isinstance(part, Mapping):
        return {name: _dumped(each) for name, each in part.items()}
    return [_dumped(each) for each in part] if isinstance(part, list) else part
