"""The calendar on the command line."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import calendars
from cli.calendar import app


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["2026-08-02", "60 days", "--roll"], "2026-10-08 24:00"),
        (["2026-08-02", "60", "days", "--roll"], "2026-10-08 24:00"),
        (["2026-09-29", "5个工作日"], "2026-10-12 24:00"),
        (["2026-09-29T10:00", "2小时"], "2026-09-29 12:00"),
        (["2026-09-29T10:00Z", "2 hours"], "2026-09-29 20:00"),
        (["2026-11-23", "60日", "--roll"], "2027-01-22 24:00  暂定（provisional）"),
    ],
)
def test_due_prints_the_last_day(words: list[str], line: str) -> None:
    assert run("due", *words) == (0, line + "\n")


def test_due_explains_on_request() -> None:
    code, told = run("due", "2026-09-29", "5 working days", "--explain")
    assert code == 0
    assert told.splitlines()[0] == "2026-10-12 24:00"
    assert "2026-10-10（星期六）国庆节调休上班，计为第4个工作日" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["due", "yesterday", "3日"], "看不懂的起算时间"),
        (["due", "2026-02-30", "3日"], "看不懂的起算时间"),
        (["due", "2026-01-01", "3 moons"], "看不懂的时限"),
        (["due", "2026-01-01", "99999999日"], "时限过长"),
        (["due", "9998-12-31", "3000日"], "超出了可以表示的年份"),
        (["show", "2090"], "2090年放假安排未收录"),
        (["show", "--calendars", "nowhere"], "没有日历文件"),
    ],
)
def test_mistakes_are_told_in_chinese_and_fail(words: list[str], told: str) -> None:
    code, output = run(*words)
    assert code == (3 if "2090" in words else 1 if "nowhere" in words else 2)
    assert told in output


def test_show_lists_a_year_with_its_notice_and_version() -> None:
    code, told = run("show", "2026")
    assert code == 0
    for expected in (
        "国庆节",
        "2026-10-01（四） 至 2026-10-07（三）",
        "2026-10-10（六）",
        "国办发明电〔2025〕7号",
        "日历版本",
    ):
        assert expected in told


def test_show_without_a_year_lists_those_published() -> None:
    code, told = run("show")
    assert code == 0
    assert all(str(year) in told for year in range(2018, 2027))


YEAR = """
year: 2027
version: 1
source: 测试用，编写
off:
- {date: 2027-01-01, name: 元旦}
work: []
"""


def test_a_new_year_is_tried_first_and_then_loaded(county: Callable[..., Any], tmp_path: Path) -> None:
    """On the real ledger: looking changes nothing, loading counts what is open again."""
    file = tmp_path / "2027.yaml"
    file.write_text(YEAR, encoding="utf-8")
    code, told, _ = county("calendar", "load", str(file), "--dry-run")
    assert (code, "未启用（--dry-run）" in told) == (0, True)
    code, told, _ = county("calendar", "load", str(file))
    assert (code, "已启用，共 10 年" in told) == (0, True)
    code, told, _ = county("calendar", "load", str(file))
    assert (code, "没有变化" in told) == (0, True)


def test_a_past_year_that_counts_otherwise_is_warned_of(county: Callable[..., Any], tmp_path: Path) -> None:
    """Which days, how many of them are over, and how many running clocks they move; the same file warns of nothing."""
    year = (calendars.DIRECTORY / "2025.yaml").read_text(encoding="utf-8")
    file = tmp_path / "2025.yaml"
    file.write_text(year, encoding="utf-8")
    assert county("calendar", "load", str(file), "--dry-run")[2] == ""
    file.write_text(year.replace("2025-10-08", "2025-10-07"), encoding="utf-8")
    code, told, warned = county("calendar", "load", str(file), "--dry-run")
    assert (code, "未启用" in told) == (0, True)
    assert "2025-10-08（三）改为上班" in warned
    assert "其中 1 天已经过去；休息日减少 1 天；受影响的在办时限 0 个" in warned
    now = 2026
    file = tmp_path / f"{now}.yaml"
    known = (calendars.DIRECTORY / f"{now}.yaml").read_text(encoding="utf-8")
    weekdays = [day for day in (date(now, 12, 1) + timedelta(days=n) for n in range(31)) if day.weekday() < 5]
    more = "".join(f"  - {{date: {day}, name: 样例}}\n" for day in weekdays)
    file.write_text(known.replace("off:\n", f"off:\n{more}"), encoding="utf-8")
    warned = county("calendar", "load", str(file))[2]
    assert f"休息日增加 {len(weekdays)} 天" in warned
    assert county("calendar", "load", str(file))[2] == ""
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / f"{now}.yaml").write_text(known, encoding="utf-8")
    assert "注意：2025 年的日历不再收录。" in county("calendar", "load", str(whole), "--dry-run")[2]
