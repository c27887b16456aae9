"""The words of the board, and its pages rendered."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from application.shapes.case import CardsShape, ProcedureRefShape
from application.shapes.case_list import BoardShape, CountsShape, ListedCaseShape, PlaceShape, SurroundingsShape
from domain.days.instant import SHANGHAI, Instant
from web import STATIC, environment
from web.board import board, board_row, due_text, left_text, short_name, urgency

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=SHANGHAI)
COUNTS = CountsShape(open=3, overdue=1, red=1, yellow=0, due_today=2, escalated=0)
COUNTY = PlaceShape(code="141025000000", name="古县", level="county")
TOWNSHIP = PlaceShape(code="141025101000", name="北平镇", level="township")
AROUND = SurroundingsShape(
    county=COUNTY, place=TOWNSHIP, choices=[COUNTY, TOWNSHIP], viewer_name="样例·朱调度", scope_name="北平镇"
)


def case(**given: Any) -> ListedCaseShape:
    cards = CardsShape(yellow=given.pop("yellow", 0), red=given.pop("red", 0))
    row = {
        "case_id": "01",
        "number": "YH-2026-000001",
        "procedure": ProcedureRefShape(id="hazard", version=4, sha256="0" * 64),
        "procedure_title": "隐患闭环",
        "title": "村后山洪沟被堵住",
        "division": "141025101201",
        "division_name": "李子坪村村民委员会",
        "stage": "dispatched",
        "stage_title": "已派单",
        "level": "township",
        "holder": "handler@U-141025101-01",
        "holder_name": "北平镇综合行政执法队",
        "version": 3,
        "closed": False,
        "due_at": MIDNIGHT,
        "escalations": 0,
        "emergency": False,
        "opened_at": NOW,
        "recorded_at": NOW,
        "cards": cards,
    }
    return ListedCaseShape(**row | given)


def data(cases: list[ListedCaseShape], after: str | None = None, next_after: str | None = None) -> dict[str, Any]:
    shown = BoardShape(division=TOWNSHIP.code, name=TOWNSHIP.name, at=NOW, counts=COUNTS, items=cases, next=next_after)
    return board(shown, AROUND, "dispatcher", after)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=15), "剩 15 天"),
        (timedelta(days=2), "剩 2 天"),
        (timedelta(days=2) - timedelta(seconds=1), "剩 47 小时"),
        (timedelta(hours=5, minutes=59), "剩 5 小时"),
        (timedelta(minutes=59, seconds=59), "剩 59 分钟"),
        (timedelta(seconds=20), "剩 20 秒"),
        (timedelta(microseconds=1), "剩 0 秒"),
        (timedelta(0), "已超 0 秒"),
        (-timedelta(seconds=61), "已超 1 分钟"),
        (-timedelta(hours=2, minutes=30), "已超 2 小时"),
        (-timedelta(days=40), "已超 40 天"),
    ],
)
def test_what_is_left_is_said_in_whole_units_rounded_down(ahead: timedelta, words: str) -> None:
    assert left_text(NOW + ahead, NOW) == words


def test_no_due_date_is_said_so() -> None:
    assert (left_text(None, NOW), due_text(None, NOW)) == ("无时限", "—")


@pytest.mark.parametrize(
    ("due_at", "words"),
    [
        (MIDNIGHT, "11-24 24:00"),
        (datetime(2026, 11, 23, 17, 30, tzinfo=SHANGHAI), "11-23 17:30"),
        (datetime(2026, 11, 23, 9, 30, 5, tzinfo=SHANGHAI), "11-23 09:30:05"),
        (datetime(2027, 1, 1, tzinfo=SHANGHAI), "12-31 24:00"),
        (datetime(2027, 1, 2, tzinfo=SHANGHAI), "2027-01-01 24:00"),
    ],
)
def test_a_midnight_is_the_end_of_the_last_day(due_at: Instant, words: str) -> None:
    assert due_text(due_at, NOW) == words


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"due_at": NOW}, "overdue"),
        ({"due_at": NOW - timedelta(days=1), "red": 1}, "overdue"),
        ({"red": 1, "yellow": 1}, "red"),
        ({"yellow": 1, "due_at": NOW + timedelta(hours=1)}, "yellow"),
        ({"due_at": NOW + timedelta(hours=24)}, "soon"),
        ({"due_at": NOW + timedelta(hours=24, seconds=1)}, "normal"),
        ({"due_at": None}, "normal"),
        ({"due_at": None, "red": 1}, "red"),
    ],
)
def test_urgency_is_the_first_that_applies(given: dict[str, Any], expected: str) -> None:
    assert urgency(case(**given), NOW) == expected


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("偏涧村村民委员会", "偏涧村"),
        ("何家岭村民委员会", "何家岭村"),
        ("岳阳社区居民委员会", "岳阳社区"),
        ("北平镇", "北平镇"),
    ],
)
def test_places_are_called_as_people_call_them(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("holder", "name", "words"),
    [
        ("dispatcher@141025101000", "北平镇", "北平镇 调度员"),
        ("handler@U-141025101-01", "北平镇综合行政执法队", "北平镇综合行政执法队"),
        ("clerk@141025101200", "北平村村民委员会", "北平村 村干部"),
        ("clerk@141025101200", None, "141025101200 村干部"),
        (None, None, "—"),
    ],
)
def test_a_holder_is_a_post_and_a_unit_stands_for_itself(holder: str | None, name: str | None, words: str) -> None:
    assert board_row(case(holder=holder, holder_name=name), NOW).holder_title == words


def test_the_page_and_its_refresh_ask_for_the_same_rows() -> None:
    shown = data([case()], after="a b&c", next_after="d")
    assert shown["rows_url"] == "/board/rows?division=141025101000&after=a+b%26c"
    assert shown["next"] == "/?division=141025101000&after=d"
    assert data([])["rows_url"] == "/board/rows?division=141025101000"
    assert data([])["next"] is None


def test_cards_are_words_and_not_only_colours() -> None:
    page = rendered("board_rows.html", data([case(red=1, yellow=2, emergency=True, due_at=NOW)]))
    for word in ("红牌</b>", "黄牌</b>", "紧急</b>", "超期</b>", "已超 0 秒"):
        assert word in page


def test_what_people_typed_is_escaped() -> None:
    page = rendered("board.html", data([case(title="<script>alert(1)</script>", holder_name='"><img>')]))
    assert "<script>alert" not in page
    assert "<img>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_empty_board_says_so() -> None:
    assert "没有在办事项" in rendered("board.html", data([]))


@pytest.mark.parametrize("error", [None, "令牌无效或已停用"])
def test_the_sign_in_page_is_a_form(error: str | None) -> None:
    page = rendered("sign_in.html", {"error": error})
    assert 'method="post" action="/sign-in"' in page
    assert 'name="token"' in page
    assert ('role="alert"' in page) == bool(error)


@pytest.mark.parametrize("template", ["board.html", "sign_in.html"])
def test_pages_keep_to_the_content_security_policy(template: str) -> None:
    page = rendered(template, {**data([case()]), "error": None})
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"(?:src|href|action)=\"(?!/[^/]|/\"|#)", page)
    for name in re.findall(r"/static/([\w.]+)", page):
        assert (STATIC / name).is_file()


def rendered(template: str, context: dict[str, Any]) -> str:
    return environment().get_template(template).render(context)
