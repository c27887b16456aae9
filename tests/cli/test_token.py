"""`bihuan token` and `bihuan divisions`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samples import FOLDER

TOWNSHIP = "141025101000"


def test_a_token_stands_alone_on_stdout(county: Any) -> None:
    code, out, err = county("token", "create", "--hat", f"dispatcher@{TOWNSHIP}", "--name", "样例·甲")
    assert code == 0
    assert out.startswith("bh_")
    assert len(out.split()) == 1
    assert "北平镇 调度员" in err


def test_a_second_hat_is_for_the_same_person(county: Any) -> None:
    err = county("token", "create", "--hat", f"dispatcher@{TOWNSHIP}", "--name", "样例·甲")[2]
    person = err.partition("（")[2].partition("）")[0]
    code, _, err = county("token", "create", "--hat", f"approver@{TOWNSHIP}", "--person", person)
    assert code == 0
    assert "样例·甲" in err
    assert county("token", "list")[1].count(person) == 2


def test_one_person_is_not_registered_twice_by_mistake(county: Any) -> None:
    first = ("token", "create", "--hat", f"dispatcher@{TOWNSHIP}", "--name", "样例·甲")
    person = county(*first)[2].partition("（")[2].partition("）")[0]
    code, out, err = county("token", "create", "--hat", f"approver@{TOWNSHIP}", "--name", " 样例·甲 ")
    assert (code, out) == (1, "")
    assert f"--person {person}（dispatcher@{TOWNSHIP}）" in err
    assert "职责分离按人核对" in err
    assert county("token", "list")[1].count("样例·甲") == 1
    assert county(*first, "--new")[0] == 0
    assert county("token", "list")[1].count("样例·甲") == 2


def test_a_hat_that_fits_nowhere_is_warned_of(county: Any) -> None:
    code, out, err = county("token", "create", "--hat", f"handler@{TOWNSHIP}", "--name", "甲")
    assert (code, out[:3]) == (0, "bh_")
    assert "注意：承办人应设在承办单位，北平镇不是" in err
    for number, hat in enumerate((f"dispatcher@{TOWNSHIP}", f"head@{TOWNSHIP}", "inspector@141025000000")):
        assert "注意" not in county("token", "create", "--hat", hat, "--name", f"乙{number}")[2]


@pytest.mark.parametrize(
    ("words", "ending", "told"),
    [
        (["--hat", "boss@141025101000", "--name", "甲"], 2, "没有“boss”这个角色（可用：网格员（grid_worker）、"),
        (["--hat", "clock@141025101000", "--name", "甲"], 2, "没有“clock”这个角色"),
        (["--hat", "dispatcher", "--name", "甲"], 2, "身份应写作"),
        (["--hat", "dispatcher@141025999000", "--name", "甲"], 3, "没有区划或承办单位"),
        (["--hat", "handler@U-9", "--name", "甲"], 3, "没有区划或承办单位"),
        (["--hat", "dispatcher@141025101000", "--person", "P-9"], 3, "没有编号为 P-9 的人"),
        (["--hat", "dispatcher@141025101000"], 2, "二者取一"),
        (["--hat", "dispatcher@141025101000", "--name", " "], 1, "姓名应为"),
    ],
)
def test_a_bad_request_is_told(county: Any, words: list[str], ending: int, told: str) -> None:
    code, out, err = county("token", "create", *words)
    assert (code, out) == (ending, "")
    assert told in err


def test_a_revoked_token_opens_nothing(county: Any, token: Callable[[str], str]) -> None:
    shown = token("grid_worker@141025101200")
    assert county("token", "revoke", shown)[0] == 0
    assert county("token", "revoke", shown)[0] == 3
    code, _, err = county("case", "show", "YH-2026-000001", "--token", shown)
    assert (code, err) == (1, "令牌无效或已吊销\n")


def test_divisions_are_loaded_whole_or_not_at_all(county: Any, tmp_path: Path) -> None:
    good = FOLDER / "divisions.csv"
    assert county("divisions", "load", str(good))[1].endswith("区划 88 个：新增 0，变更 0，未变 88。\n")
    bad = tmp_path / "bad.csv"
    bad.write_text(good.read_text(encoding="utf-8").replace(",township,", ",town,"), encoding="utf-8")
    code, _, err = county("divisions", "load", str(bad))
    assert code == 1
    assert len(err.splitlines()) == 6 + 1
    assert "什么也没有改" in err
    bad.write_text(good.read_text(encoding="utf-8").replace("北平镇", "新北平镇"), encoding="utf-8")
    assert county("divisions", "load", str(bad))[0] == 1
    assert "变更 1" in county("divisions", "load", str(bad), "--edition", "2024")[1]
    assert county("divisions", "load", str(tmp_path / "none.csv"))[0] == 2
    assert county("divisions", "load", str(good), "--valid-from", "yesterday")[0] == 2


def test_an_empty_directory_name_is_refused(run: Any) -> None:
    for words in (["up"], ["board"]):
        code, _, err = run(*words, "--var", "")
        assert code == 2
        assert "目录不能为空" in err
