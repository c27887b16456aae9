"""The first start: registers, samples, accounts."""

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from application import sample
from application.caller import OPERATOR
from application.furnishing import furnish, inhabited
from application.house import House
from application.sample_account import HATS, Account
from cli.welcome import greet
from embedded.state import State
from ledger.identity import token as tokens
from ledger.ledger import Ledger
from ledger.registers.register_kind import KINDS
from procedures import paths
from samples import FOLDER, read
from samples import table as samples_table
from tests.cli.conftest import Run

COUNTY = "141025000000"
Ask = Callable[[Callable[[Ledger], Any]], Any]


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def start(ask: Ask, state: State, with_samples: bool = True) -> list[Account]:
    told: list[str] = []
    made: list[Account] = ask(
        lambda ledger: furnish(House(ledger, state.evidence), OPERATOR, state.accounts, with_samples, told.append)
    )
    assert told == []
    return made


def count(ask: Ask, query: str) -> Any:
    async def counted(ledger: Ledger) -> Any:
        return (await ledger.writers.fetch(query))[0][0]

    return ask(counted)


def stages(ask: Ask) -> dict[str, str]:
    async def listed(ledger: Ledger) -> dict[str, str]:
        return {row["title"]: row["stage"] for row in await ledger.writers.fetch('select title, stage from "case"')}

    found: dict[str, str] = ask(listed)
    return found


def test_a_first_start_fills_everything(ask: Ask, state: State) -> None:
    made = start(ask, state)
    samples = read()
    assert len(made) == len(HATS)
    assert stages(ask).keys() == {hazard.title for hazard in samples.hazards}
    assert "closed" in stages(ask).values()
    steps = sum(len(hazard.life) for hazard in samples.hazards)
    assert count(ask, "select count(*) from command") == len(samples.hazards) + steps
    assert count(ask, "select count(*) from command where from_version = to_version") == 0
    assert stat.S_IMODE(state.accounts.stat().st_mode) == 0o600
    for kind in samples_table.LOADED:
        assert count(ask, f'select count(*) from "{KINDS[kind].table}"') > 0, kind
    assert count(ask, "select count(*) from grid") == 2575
    kept = count(ask, "select count(*) from evidence")
    assert kept == len([path for path in state.evidence.rglob("*") if path.is_file()]) > 0


def test_a_second_start_changes_nothing(ask: Ask, state: State) -> None:
    made = start(ask, state)
    before = count(ask, "select count(*) from event"), count(ask, "select count(*) from token")
    assert start(ask, state) == made
    assert start(ask, state, with_samples=False) == []
    assert (count(ask, "select count(*) from event"), count(ask, "select count(*) from token")) == before


def test_a_start_cut_off_goes_on(ask: Ask, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    lead, led = sample.SampleLife.lead, []

    async def cut(self: sample.SampleLife) -> str | None:
        led.append(self)
        if len(led) > 10:
            raise ConnectionResetError
        return await lead(self)

    monkeypatch.setattr(sample.SampleLife, "lead", cut)
    with pytest.raises(ConnectionResetError):
        start(ask, state)
    assert 0 < len(stages(ask)) < 40
    monkeypatch.setattr(sample.SampleLife, "lead", lead)
    start(ask, state)
    assert len(stages(ask)) == 40
    assert count(ask, "select count(*) from command where from_version = to_version") == 0


def test_a_ledger_in_use_gets_no_samples(ask: Ask, state: State, county: Any) -> None:
    county("token", "create", "--hat", "dispatcher@141025101000", "--name", "真人")
    assert start(ask, state) == []
    assert count(ask, "select count(*) from person") == 1
    assert count(ask, "select count(*) from division") == 88


def test_without_samples_there_are_procedures_and_calendars_and_nothing_of_any_county(ask: Ask, state: State) -> None:
    assert start(ask, state, with_samples=False) == []
    tables = ("division", "person", "unit", '"case"', "grid")
    assert [count(ask, f"select count(*) from {table}") for table in tables] == [0] * len(tables)
    assert count(ask, "select count(*) from calendar") == 1
    assert count(ask, "select count(*) from procedure") == len(paths())
    assert not ask(lambda ledger: inhabited(House(ledger, state.evidence), OPERATOR))
    assert len(start(ask, state)) == len(HATS)
    assert ask(lambda ledger: inhabited(House(ledger, state.evidence), OPERATOR))


def test_the_first_administrator_finds_the_way(run: Run, tmp_path: Path) -> None:
    """The commands that a start without samples prints, as they are printed."""
    lines: list[str] = []
    greet(lines.append, "http://127.0.0.1:1", None, tmp_path, (), inhabited=False)
    commands = [re.sub(r" --var \S+", "", line.strip()) for line in lines if line.strip().startswith("./bihuan")]
    (tmp_path / "区划.csv").write_text((FOLDER / "divisions.csv").read_text())
    people = run("register", "template", "people")[1].splitlines()[0] + "\nP-1,样例·张三\n"
    (tmp_path / "人员.csv").write_text(people)
    for command in commands:
        words = command.replace("县代码", COUNTY).replace("姓名", "样例·管理员").split()[1:]
        words = [str(tmp_path / word) if word.endswith(".csv") else word for word in words]
        code, out, error = run(*words)
        assert code == (1 if "gaps" in command or "holders" in command else 0), (command, out, error)
    gaps = [line for line in lines if "register gaps" in line]
    assert len(commands) == 4
    assert gaps


def revocation(account: Account) -> Callable[[Ledger], Any]:
    return lambda ledger: tokens.revoke(ledger.writers, account.token)


def test_a_revoked_account_is_not_made_again(ask: Ask, state: State) -> None:
    made = start(ask, state)
    assert [ask(revocation(account)) for account in made] == [1] * len(HATS)
    assert start(ask, state) == []
    state.accounts.write_text(json.dumps([]))
    assert len(start(ask, state)) == len(HATS)  # lost, not revoked


def test_a_county_that_has_moved_on_is_left_alone(ask: Ask, state: State, county: Any, tmp_path: Path) -> None:
    newer = tmp_path / "newer.csv"
    newer.write_text("code,name,level,parent\n141025101000,新北平镇,township,141025000000\n", encoding="utf-8")
    assert county("divisions", "load", str(newer), "--edition", "2024")[0] == 0
    start(ask, state, with_samples=False)
    assert count(ask, "select count(*) from division where valid_to is not null") == 1


def test_the_greeting_names_addresses_and_accounts(tmp_path: Path) -> None:
    lines: list[str] = []
    account = Account("P-1", "样例·甲", "北平镇 调度员", "dispatcher@141025101000", "bh_" + "x" * 43)
    greet(lines.append, "http://127.0.0.1:8080", "http://127.0.0.1:8233", tmp_path, [account])
    told = "\n".join(lines)
    for word in ("8080/\n", "8080/api\n", "8080/docs\n", ":8233\n", "样例", account.title, account.hat, account.token):
        assert word in told


def test_pictures_are_pngs_of_their_own() -> None:
    assert sample.picture("甲") == sample.picture("甲") != sample.picture("乙")
    assert sample.picture("甲").startswith(b"\x89PNG\r\n\x1a\n")
