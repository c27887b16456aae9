"""The sample accounts that a start prints: made once, kept beside the state for later starts."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from domain.rules.hat import ROLE_TITLES, Hat
from ledger.identity import token as tokens
from ledger.registers.register import scopes
from ledger.store.connection import Writers

# One of each who takes part in a hazard's life in one township and the county, and of those who watch over it.
HATS = (
    "grid_worker@141025101200",
    "clerk@141025101200",
    "dispatcher@141025101000",
    "handler@U-141025101-01",
    "approver@141025101000",
    "caller@141025101000",
    "dispatcher@141025000000",
    "inspector@141025000000",
    "head@141025101000",
    "petition_officer@141025000000",
    "administrator@141025000000",
    "committee@141025101200",
    "resident@141025101200",
)


WEARER = """
select p.id, p.name from hat h join person p on p.id = h.person
where h.role = $1 and h.scope = $2 and p.sample and h.valid_to is null order by p.id limit 1
"""
MADE_UP = """
insert into person (id, name, sample) values ($1, $2, true)
on conflict (id) do update set name = person.name returning id, name
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A sample person with a token: `title` is the hat in words."""

    person: str
    name: str
    title: str
    hat: str
    token: str


async def accounts(writers: Writers, file: Path) -> list[Account]:
    """The sample accounts whose tokens are good; made anew only where this ledger knows none of those in `file`.

    A token that somebody revoked stays revoked.
    """
    kept = _read(file)
    known = await tokens.known(writers, [account.token for account in kept])
    if not known:
        kept = [await _made(writers, Hat.parse(hat)) for hat in HATS]
        _write(file, kept)
        return kept
    return [account for account in kept if known.get(account.token)]


async def _made(writers: Writers, hat: Hat) -> Account:
    """An account for the first sample person who wears `hat`, or for one made up now where the samples have none."""
    rows = await writers.fetch(WEARER, hat.role, hat.scope)
    if not rows:
        rows = await writers.fetch(MADE_UP, f"P-SAMPLE-{hat.role}", f"样例·{ROLE_TITLES[hat.role]}")
    names = await scopes(writers, [hat.scope])
    title = f"{names.get(hat.scope, hat.scope)} {ROLE_TITLES[hat.role]}"
    token = await tokens.create(writers, rows[0]["id"], hat)
    return Account(rows[0]["id"], rows[0]["name"], title, str(hat), token)


def _read(file: Path) -> list[Account]:
    try:
        return [Account(**entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _write(file: Path, made: Iterable[Account]) -> None:
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps([asdict(each) for each in made], ensure_ascii=False, indent=1), encoding="utf-8")
    new.replace(file)
