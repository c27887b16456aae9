"""`--json`: the same bytes as HTTP where it gives the same thing, and something to read for programs elsewhere."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import create
from settings import Settings
from tests.cli.conftest import Run
from tests.cli.test_case import OPEN, TOWNSHIP, VILLAGE, opened
from tests.cli.test_similar import LIKE
from tests.domain.scene import COUNTY


@pytest.fixture
def get(database: str, tmp_path: Path) -> Callable[[str, str], str]:
    """What HTTP answers under a token on the same ledger."""

    def got(path: str, shown: str) -> str:
        async def asked() -> str:
            app = create(Settings(database_url=database, evidence_dir=tmp_path / "evidence"))
            transport = httpx.ASGITransport(app)
            async with (
                app.router.lifespan_context(app),
                httpx.AsyncClient(transport=transport, base_url="http://test") as one,
            ):
                answer = await one.get(path, headers={"Authorization": f"Bearer {shown}"})
                assert answer.status_code == 200, answer.text
                return answer.text

        return asyncio.run(asked())

    return got


def test_a_case_is_told_in_the_same_bytes_as_by_http(
    county: Run, token: Callable[[str], str], get: Callable[[str, str], str]
) -> None:
    worker, office = token(f"grid_worker@{VILLAGE}"), token(f"dispatcher@{TOWNSHIP}")
    case = opened(county, worker)
    assert county(*LIKE, "--token", worker)[0] == 0
    number, path = case["number"], f"/api/cases/{case['case_id']}"
    assert county("case", "act", number, "triage", "--field", "grade=simple", "--token", office)[0] == 0
    for words, at in [
        (("case", "show", number), path),
        (("case", "history", number), f"{path}/history"),
        (("case", "replay", number, "--version", "1"), f"{path}/replay?version=1"),
        (("case", "documents", number), f"{path}/documents"),
        (("case", "similar", number), f"{path}/similar"),
        (("case", "explain", number, "dispatch"), f"{path}/clocks/dispatch/explanation"),
    ]:
        code, out, err = county(*words, "--json", "--token", office)
        assert (code, err) == (0, ""), words
        said = get(at, office)
        if "explain" in words:  # the budget is as of the moment of asking
            mine, theirs = json.loads(out), json.loads(said)
            assert mine.pop("budget").keys() == theirs.pop("budget").keys()
            assert mine == theirs
        else:
            assert out == f"{said}\n", words


def test_lists_are_told_in_the_same_bytes_as_by_http(
    county: Run, token: Callable[[str], str], get: Callable[[str, str], str], tmp_path: Path
) -> None:
    office = token(f"dispatcher@{TOWNSHIP}")
    assert county(*OPEN, "--token", token(f"grid_worker@{VILLAGE}"))[0] == 0
    board, said = (
        json.loads(each) for each in (county("board", "--json", "--token", office)[1], get("/api/board", office))
    )
    assert board.pop("at") <= said.pop("at")
    assert board == said
    for kind in ("units", "duties"):
        file = tmp_path / f"{kind}.csv"
        file.write_text(county("register", "sample", kind)[1], encoding="utf-8")
        assert county("register", "load", kind, str(file))[0] == 0
        shown = county("register", "show", kind, "--division", COUNTY, "--json")[1]
        assert shown == get(f"/api/{kind}?division={COUNTY}&limit=1000", office) + "\n"
        assert json.loads(shown)["items"]


def test_every_reading_command_answers_programs(county: Run, token: Callable[[str], str], tmp_path: Path) -> None:
    """One JSON object on stdout and nothing beside it; how the command ends says the same as with words."""
    shown = token(f"head@{COUNTY}")
    assert county("similar", "set", "threshold=80", "--reason", "试", "--token", shown)[0] == 0
    for words, name, ending in [
        (("board",), "items", 0),
        (("register", "show", "people"), "items", 0),
        (("register", "gaps", VILLAGE), "items", 1),
        (("procedure", "holders", "--division", VILLAGE, "--procedure", "hazard"), "unresolved", 1),
        (("procedure", "holders", "--unresolved"), "unresolved", 1),
        (("procedure", "check"), "items", 0),
        (("ledger", "verify"), "items", 0),
        (("ledger", "rebuild", "--check"), "differences", 0),
        (("token", "list"), "items", 0),
        (("calendar", "show"), "items", 0),
        (("calendar", "show", "2026"), "off", 0),
        (("calendar", "due", "2026-08-02", "60日", "--explain"), "steps", 0),
        (("similar", "show"), "items", 0),
        (("similar", "history"), "items", 0),
    ]:
        code, out, err = county(*words, "--json")
        assert (code, err) == (ending, ""), words
        assert name in json.loads(out), words
        assert out.count("\n") == 1


def test_what_programs_read_says_what_people_read(county: Run, token: Callable[[str], str]) -> None:
    gaps = json.loads(county("register", "gaps", VILLAGE, "--json")[1])["items"]
    assert f"共 {len(gaps)} 处" in county("register", "gaps", VILLAGE)[2]
    held: Any = json.loads(county("procedure", "holders", "--division", VILLAGE, "--procedure", "hazard", "--json")[1])
    assert (held["rows"], held["villages"], len(held["procedures"])) == (len(held["items"]), 1, 1)
    first = held["items"][0]
    assert (first["stage_title"], first["holder"]["hat"]) == ("已上报", f"dispatcher@{TOWNSHIP}")
    assert (first["limit"], first["limit_text"]) == ({"n": 24, "unit": "hour"}, "24小时")
    assert first["told"][0]["at"].endswith("+08:00")
    due = json.loads(county("calendar", "due", "2026-08-02", "60日", "--roll", "--json")[1])
    assert (due["due_at"], due["due_text"]) == ("2026-10-09T00:00:00+08:00", "2026-10-08 24:00")
    assert "steps" not in due


def test_why_a_date_is_what_it_is(county: Run, token: Callable[[str], str]) -> None:
    worker = token(f"grid_worker@{VILLAGE}")
    number = opened(county, worker)["number"]
    code, out, err = county("case", "explain", number, "triage", "--token", worker)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("研判（triage）：计时中，到期 ")
    assert lines[1].startswith("   1. ")
    assert (
        len(lines)
        == len(json.loads(county("case", "explain", number, "triage", "--token", worker, "--json")[1])["steps"]) + 1
    )
    assert county("case", "explain", number, "--token", worker)[1] == out  # there is no other clock yet
    (only,) = json.loads(county("case", "explain", number, "--token", worker, "--json")[1])["items"]
    assert only["clock"] == "triage"
    assert county("case", "explain", number, "none", "--token", worker) == (3, "", "本事项没有这一时限\n")
    assert county("case", "documents", number, "1", "--json", "--token", worker)[0] == 2
