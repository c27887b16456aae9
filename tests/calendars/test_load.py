"""Calendar files: what a person may get wrong, and how it is said."""

from datetime import date, timedelta
from pathlib import Path

import pytest

import calendars
from calendars.build import build, text
from domain.days.calendar import Calendar, YearDocument

GOOD = "year: 2030\nversion: 1\nsource: 通知\noff:\n  - {date: 2030-01-01, name: 元旦}\nwork: []\n"


@pytest.mark.parametrize(
    ("name", "written", "words"),
    [
        ("2030.yaml", GOOD.replace("work: []\n", ""), "2030.yaml 有误：work：缺少此项"),
        ("2030.yaml", GOOD + "rest: []\n", "rest：没有这一项，请检查拼写"),
        ("2030.yaml", GOOD.replace("2030-01-01", "2030-13-01"), "2030.yaml"),
        ("2030.yaml", GOOD.replace("2030-01-01", "2029-01-01"), "2029-01-01不在2030年内"),
        ("2030.yaml", GOOD + "off: []\n", "“off”写了两次"),
        ("2030.yaml", "year: [", "不是合格的 YAML"),
        ("2030.yaml", "", "2030.yaml 有误"),
        ("2031.yaml", GOOD, "文件名与年份 2030 不符"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, written: str, words: str) -> None:
    (tmp_path / name).write_text(written, encoding="utf-8")
    with pytest.raises(calendars.BrokenFileError, match=words):
        calendars.load(tmp_path)


def test_a_directory_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(calendars.BrokenFileError, match="没有日历文件"):
        calendars.load(tmp_path)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "2030.yaml").write_text(GOOD, encoding="utf-8")
    assert calendars.load(tmp_path).published(2030)


@pytest.mark.parametrize("year", range(2018, 2027))
def test_a_built_file_has_the_days_of_the_committed_one(tmp_path: Path, year: int) -> None:
    (tmp_path / f"{year}.yaml").write_text(text(build(year)), encoding="utf-8")
    built, committed = calendars.load(tmp_path), calendars.load()
    day = date(year, 1, 1)
    while day.year == year:  # the two differ in whether a plain weekend beside a holiday bears its name
        assert built.is_working(day) == committed.is_working(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize("document", calendars.load().documents, ids=lambda one: str(one.year))
def test_a_written_file_reads_back_the_same(tmp_path: Path, document: YearDocument) -> None:
    (tmp_path / f"{document.year}.yaml").write_text(text(document), encoding="utf-8")
    assert calendars.load(tmp_path).version == Calendar([document]).version


def test_a_year_not_yet_published_cannot_be_built() -> None:
    with pytest.raises(NotImplementedError):
        build(2090)
