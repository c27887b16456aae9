"""Who is responsible and by when, as an outline: village, procedure, stage, limits. A table would be too wide."""

from collections.abc import Iterator, Mapping, Sequence

import typer

WIDTH = 100  # columns, where nobody looks at a screen
TERMS = ("时限", "情形", "期限", "内部到期", "到期", "暂定", "依据")

Row = Mapping[str, str]
Line = tuple[int, str]  # how deep, and the words


def outline(rows: Sequence[Row]) -> Iterator[Line]:
    """The lines of rows that come as `bihuan procedure holders` has them. Posts with the same limits share them."""
    above = ("", "")
    for (code, procedure, stage), holders in _grouped(rows, "区划", "流程", "阶段").items():
        if code != above[0]:
            yield 0, f"{holders[0]['区划名称']}（{code}）"
        if (code, procedure) != above:
            yield 1, procedure
        above = (code, procedure)
        alike = dict[tuple[tuple[str, ...], ...], list[Sequence[Row]]]()
        for each in _grouped(holders, "责任岗位", "责任人").values():
            alike.setdefault(tuple(tuple(row[term] for term in TERMS) for row in each), []).append(each)
        for first, *others in alike.values():
            yield 2, f"{stage}：{_who(first[0])}"
            for row in first:
                yield from _limit(row)
            if others:
                same = "；".join(_who(each[0]) for each in others)
                yield 3, f"期限同上（逐级告知按各自单位，见 --csv）的还有 {len(others)} 个岗位：{same}"


def indented(depth: int, words: str) -> None:
    """Prints words at a depth, broken where the screen ends."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    indent = " " * (2 * depth)
    width = (console.width if console.is_terminal else WIDTH) - len(indent)
    for line in Text(words).wrap(console, width):
        typer.echo(f"{indent}{line.plain.rstrip()}")


def _grouped(rows: Sequence[Row], *heads: str) -> dict[tuple[str, ...], list[Row]]:
    found = dict[tuple[str, ...], list[Row]]()
    for row in sorted(rows, key=lambda each: each["区划"]):  # stable: within a village as the procedures say
        found.setdefault(tuple(row[head] for head in heads), []).append(row)
    return found


def _who(row: Row) -> str:
    return f"{row['责任岗位']} {row['责任人']}"


def _limit(row: Row) -> Iterator[Line]:
    when = f"（{row['情形']}）" if row["情形"] else ""
    due = f"到期 {row['到期']}{'（暂定）' if row['暂定'] else ''}"
    inner = f"，内部 {row['内部到期']}" if row["内部到期"] != "—" else ""
    yield 3, f"{row['时限']}{when}：{row['期限']}，{due}{inner}；依据 {row['依据']}"
    if row["逐级告知"] != "—":
        yield 4, f"告知 {row['逐级告知']}"
