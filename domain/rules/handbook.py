"""A procedure as a page for people: its diagram, and in tables who may do what, how long, and on what authority."""

from collections.abc import Iterable, Iterator

from domain.days.limit import Roll
from domain.rules.diagram import mermaid, post_title
from domain.rules.procedure import Procedure
from domain.rules.rule import ClockRule, Condition
from domain.rules.vote import Threshold


def page(procedure: Procedure) -> str:
    """The page's text in Markdown, ending with a newline. Generated: a test compares it with the document."""
    return "\n".join([*_head(procedure), *_stages(procedure), *_actions(procedure), *_clocks(procedure),
                      *_ladders(procedure), *_rest(procedure)]) + "\n"  # fmt: skip


def _head(procedure: Procedure) -> Iterator[str]:
    yield from (
        f"# {procedure.title}",
        "",
        f"`{procedure.id}` 第 {procedure.version} 版，编号以 {procedure.prefix} 开头。",
    )
    yield from ("本页由流程文件生成。时限写明“默认”的，由县在流程文件中调整。", "")
    yield from ("```mermaid", mermaid(procedure).rstrip("\n"), "```", "")


def _stages(procedure: Procedure) -> Iterator[str]:
    rows = [
        (
            f"{stage.title} `{name}`",
            post_title(stage.holder) if stage.holder else "—",
            "、".join(procedure.clocks[clock].title for clock in stage.clocks) or "—",
            "、".join(procedure.clocks[clock].title for clock in stage.continues) or "—",
            "仅" + "、".join(map(post_title, stage.sealed)) if stage.sealed else "—",
        )
        for name, stage in procedure.stages.items()
    ]
    yield from _table("阶段", ("阶段", "责任岗位", "时限", "延续的时限", "可见范围"), rows)


def _actions(procedure: Procedure) -> Iterator[str]:
    everywhere = {name for name, stage in procedure.stages.items() if not stage.closed}
    for title, shared in (("操作", False), ("共用操作", True)):
        rows = [
            (
                f"{action.title}{'（启封）' if action.unseals else ''} `{name}`",
                "各在办阶段" if shared and everywhere <= set(action.from_) else "、".join(
                    procedure.stages[source].title for source in action.from_
                ),
                "、".join(dict.fromkeys(procedure.stages[branch.stage].title for branch in action.to)) or "—",
                "、".join(map(post_title, action.by)),
            )
            for name, action in procedure.actions.items()
            if action.verb == shared
        ]  # fmt: skip
        yield from _table(title, ("操作", "所在阶段", "去向", "谁可以办"), rows)


def _clocks(procedure: Procedure) -> Iterator[str]:
    rows = []
    for name, clock in procedure.clocks.items():
        rows.append((f"{clock.title} `{name}`", _limit(procedure, clock), _more(clock), clock.authority))
        rows += [
            (
                f"　{when_words(procedure, variant.when)}",
                str(variant.limit or clock.limit),
                "",
                variant.authority or "同上",
            )
            for variant in clock.variants
        ]
    yield from _table("时限", ("时限", "期限", "延期和中止", "依据"), rows)


def _limit(procedure: Procedure, clock: ClockRule) -> str:
    roll = "，末日休息的顺延" if clock.roll is Roll.FORWARD else ""
    until = f"至表单写明的“{procedure.fields[clock.until].title}”；没有写明的，" if clock.until else ""
    return f"{until}{clock.limit}{roll}{'（窗口）' if clock.window else ''}"


def _more(clock: ClockRule) -> str:
    longer = clock.extension
    notes = [f"可延期 {longer.times} 次，每次最多 {longer.most}（{longer.authority}）"] if longer else []
    return "；".join([*notes, *(f"{title}期间不计" for title in clock.pauses.values())]) or "—"


def _ladders(procedure: Procedure) -> Iterator[str]:
    rows = [
        (
            name,
            " → ".join(
                f"{post_title(rung.to)}（{f'+{rung.after}' if rung.after.n else '到期即告'}）" for rung in rungs
            ),
        )
        for name, rungs in procedure.ladders.items()
    ]
    yield from _table("升级阶梯", ("阶梯", "逐级告知"), rows)


def _rest(procedure: Procedure) -> Iterator[str]:
    yield from _table("职责分离", ("规则", "各组操作"), [
        (rule.title, " ／ ".join("、".join(map(procedure.act_title, group)) for group in rule.groups))
        for rule in procedure.separation
    ])  # fmt: skip
    yield from _table("表决", ("会议", "到会", "通过", "依据"), [
        (gate.title, _share(gate.quorum), _share(gate.majority) if gate.majority else "不作决议", gate.authority)
        for gate in procedure.gates.values()
    ])  # fmt: skip
    yield from _table("文书", ("文书", "字号"), [(each.title, each.sign) for each in procedure.documents.values()])


def _share(threshold: Threshold) -> str:
    part, whole = threshold.share
    of = "应到" if threshold.of == "due" else "到会"
    return f"{of}人数的 {part}/{whole} {'以上' if threshold.at_least else '以上（不含本数）'}"


def when_words(procedure: Procedure, condition: Condition) -> str:
    """A condition in words: 紧急情况为是，隐患等级为疑难."""
    titles = {field.name: field for form in (procedure.intake.form, *(a.form for a in procedure.actions.values()))
              for field in form}  # fmt: skip
    parts = []
    for name, allowed in condition.items():
        field = titles.get(name)
        words = [(field.options or {}).get(str(v), str(v)) if field and field.options else str(v) for v in allowed]
        parts.append(
            f"{field.title if field else name}为{'或'.join({'True': '是', 'False': '否'}.get(w, w) for w in words)}"
        )
    return "，".join(parts)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    rows = list(rows)
    if rows:
        yield from (f"## {title}", "", "| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads))
        yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
        yield ""
