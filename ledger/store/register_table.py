"""The registers' tables as SQLAlchemy knows them, for reading; a test compares them with the migrated database."""

from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ledger.store.table import INSTANT, METADATA, instant, text


def _dated(*keys: str) -> list[Column[Any]]:
    """The key of a row that is valid from one day to another."""
    return [
        *(Column(key, Text, primary_key=True) for key in keys),
        Column("valid_from", Date, primary_key=True),
        Column("valid_to", Date),
    ]


def _voidable() -> list[Column[Any]]:
    """Since when a row is known; when it was taken back, by whom, under which hat and why (null: it stands)."""
    taken_back = text("voided_by", "voided_hat", "voided_why", nullable=True)
    return [instant("loaded_at"), Column("voided_at", INSTANT), *taken_back]


division = Table(
    "division",
    METADATA,
    Column("code", Text, primary_key=True),
    *text("name", "level"),
    *text("parent", nullable=True),
    Column("edition", Integer, nullable=False),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("lineage", JSONB, nullable=False),
    Column("loaded_at", INSTANT, nullable=False),
)
unit = Table(
    "unit",
    METADATA,
    Column("id", Text, primary_key=True),
    *text("name", "division", "level"),
    Column("kinds", ARRAY(Text), nullable=False),
)
person = Table(
    "person",
    METADATA,
    Column("id", Text, primary_key=True),
    *text("name"),
    Column("sample", Boolean, nullable=False),
    Column("created_at", INSTANT, nullable=False),
)
hat = Table("hat", METADATA, *_dated("person", "role", "scope"), instant("loaded_at"), Column("ended_at", INSTANT))
token = Table(
    "token",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *text("person", "role", "scope"),
    Column("created_at", INSTANT, nullable=False),
    Column("revoked_at", INSTANT),
    Column("delegated", Boolean, nullable=False),
)
matter = Table("matter", METADATA, *_dated("code", "division", "unit"), *text("title"))
duty = Table(
    "duty",
    METADATA,
    *_dated("division", "list", "code"),
    *text("title", "basis"),
    Column("matters", ARRAY(Text), nullable=False),
)
grid = Table(
    "grid",
    METADATA,
    *_dated("code"),
    *(*text("division", "level", "name"), *text("worker", "phone", nullable=True)),
)
contact = Table("contact", METADATA, *_dated("village", "household"), *text("person", nullable=True))
site = Table(
    "site",
    METADATA,
    Column("id", Text, primary_key=True),
    *(*text("name", "division", "tier", "address"), *text("phone", nullable=True)),
)
absence = Table(
    "absence",
    METADATA,
    *text("person", "role", "scope"),
    *(Column(name, Date, nullable=False) for name in ("from_on", "to_on")),
    *text("delegate"),
    *_voidable(),
)
roster = Table(
    "roster",
    METADATA,
    *text("division"),
    *map(instant, ("from_at", "to_at")),
    *text("person"),
    *_voidable(),
)
handover = Table(
    "handover",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *text("division", "giver", "taker", "words"),
    Column("written_at", INSTANT, nullable=False),
)

TABLES = tuple(METADATA.sorted_tables)  # the registers' and, as they are read first, all others
