"""Reading what is sealed by the command line: traced as by HTTP, and not shown without."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from domain.days.instant import ONE_DAY
from embedded.postgres import Postgres
from tests import moment
from tests.cli.conftest import Run
from tests.cli.test_case import OPEN
from tests.domain.scene import TOWNSHIP, VILLAGE
from tests.procedures.direct_line import SAID

Rows = list[tuple[str, str, int | None]]


@pytest.fixture
def read(ask: Any) -> Callable[[], Rows]:
    """What was read so far: hat, what, and how many of a list."""

    async def rows(ledger: Any) -> Rows:
        found = await ledger.writers.fetch("select hat, what, sealed from access order by id")
        return [(row["hat"], row["what"], row["sealed"]) for row in found]

    return lambda: ask(rows)


@pytest.fixture
def sealed(county: Run, token: Callable[[str], str]) -> str:
    """The number of a sealed case."""
    code, out, err = county(
        "case", "open", "--procedure", "direct_line", "--division", VILLAGE, "--title", "样例·机动地发包",
        "--fields-json", json.dumps(SAID), "--token", token(f"committee@{VILLAGE}"), "--json",
    )  # fmt: skip
    assert code == 0, err
    return str(json.loads(out)["number"])


def test_reads_of_a_sealed_case_are_traced_and_seen_by_inspectors(
    county: Run, token: Callable[[str], str], sealed: str, read: Callable[[], Rows]
) -> None:
    hat = f"inspector@{TOWNSHIP}"
    mine = ("--token", token(hat))
    out = ""
    for words, what in [
        (("show", sealed), "case"),
        (("documents", sealed), "documents"),
        (("documents", sealed, "1"), "documents"),
        (("replay", sealed, "--version", "1"), "replay"),
        (("similar", sealed), "case"),
        (("explain", sealed), "explanation"),
        (("history", sealed), "history"),
    ]:
        code, out, err = county("case", *words, *mine)
        assert code == 0, (words, err)
        assert read()[-1] == (hat, what, None), words
    assert len(read()) == 7
    assert all(word in out for word in ("看过密封内容的", "回放", "文书", "样例·某人"))
    assert county("board", *mine)[0] == 0
    assert read()[-1] == (hat, "list", 1)
    assert county("board", "--division", TOWNSHIP)[0] == 0  # nobody in particular, to whom nothing sealed is shown
    other = token(f"dispatcher@{TOWNSHIP}")
    assert county("case", "show", sealed, "--token", other)[0] == 3
    assert county("board", "--token", other)[0] == 0
    assert len(read()) == 8


def test_without_the_trace_nothing_is_shown(
    county: Run, token: Callable[[str], str], sealed: str, template: Postgres, database: str
) -> None:
    mine = ("--token", token(f"inspector@{TOWNSHIP}"))
    assert county("case", "show", sealed, *mine)[0] == 0
    template.sql("revoke insert on access from bihuan", database.partition("?")[0].rpartition("/")[2])
    for words in (("case", "show", sealed), ("case", "history", sealed), ("board",)):
        code, out, err = county(*words, *mine)
        assert (code, out) == (4, ""), words
        assert "连不上数据库" in err


def test_an_act_for_somebody_absent_says_so_in_the_history(
    county: Run, token: Callable[[str], str], tmp_path: Any
) -> None:
    hat, today = f"dispatcher@{TOWNSHIP}", moment.today()
    head = token(f"head@{TOWNSHIP}")
    for kind, table in [
        ("people", "id,name\nZ-1,样例·朱调度\nZ-2,样例·代理\n"),
        ("posts", f"person,hat\nZ-1,{hat}\n"),
        ("absences", f"person,hat,from_on,to_on,delegate\nZ-1,{hat},{today},{today + ONE_DAY},Z-2\n"),
    ]:
        file = tmp_path / "table.csv"
        file.write_text(table)
        assert county("register", "load", kind, str(file), "--token", head)[0] == 0
    mine = county("token", "create", "--hat", hat, "--person", "Z-2")[1].strip()
    number = json.loads(county(*OPEN, "--token", token(f"grid_worker@{VILLAGE}"), "--json")[1])["number"]
    assert county("case", "act", number, "triage", "--field", "grade=general", "--token", mine)[0] == 0
    out = county("case", "history", number, "--token", mine)[1]
    assert out.count(f"样例·代理（Z-2）（代理 样例·朱调度，{today} 至 {today + ONE_DAY}）") == 1
