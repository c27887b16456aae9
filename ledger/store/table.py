"""The tables as SQLAlchemy knows them, for reading; a test compares them with the migrated database."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = MetaData()

INSTANT = DateTime(timezone=True)


def _dated(*keys: str) -> list[Column[Any]]:
    """The key of a row that is valid from one day to another."""
    return [
        *(Column(key, Text, primary_key=True) for key in keys),
        Column("valid_from", Date, primary_key=True),
        Column("valid_to", Date),
    ]


def _voidable() -> list[Column[Any]]:
    """Since when a row is known; when it was taken back, by whom, under which hat and why (null: it stands)."""
    taken_back = _text("voided_by", "voided_hat", "voided_why", nullable=True)
    return [_instant("loaded_at"), Column("voided_at", INSTANT), *taken_back]


def _instant(name: str) -> Column[Any]:
    return Column(name, INSTANT, nullable=False)


def _text(*names: str, nullable: bool = False) -> list[Column[str]]:
    return [Column(name, Text, nullable=nullable) for name in names]


division = Table(
    "division",
    METADATA,
    Column("code", Text, primary_key=True),
    *_text("name", "level"),
    *_text("parent", nullable=True),
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
    *_text("name", "division", "level"),
    Column("kinds", ARRAY(Text), nullable=False),
)
person = Table(
    "person",
    METADATA,
    Column("id", Text, primary_key=True),
    *_text("name"),
    Column("sample", Boolean, nullable=False),
    Column("created_at", INSTANT, nullable=False),
)
hat = Table("hat", METADATA, *_dated("person", "role", "scope"), _instant("loaded_at"), Column("ended_at", INSTANT))
token = Table(
    "token",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("person", "role", "scope"),
    Column("created_at", INSTANT, nullable=False),
    Column("revoked_at", INSTANT),
    Column("delegated", Boolean, nullable=False),
)
evidence = Table(
    "evidence",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    *_text("type"),
    Column("uploaded_at", INSTANT, nullable=False),
)
upload = Table(
    "upload",
    METADATA,
    *(Column(name, Text, primary_key=True) for name in ("sha256", "person")),
    Column("at", INSTANT, nullable=False),
)
procedure = Table(
    "procedure",
    METADATA,
    Column("sha256", Text, primary_key=True),
    *_text("id"),
    Column("version", Integer, nullable=False),
    *_text("body"),
    Column("loaded_at", INSTANT, nullable=False),
)
calendar = Table(
    "calendar",
    METADATA,
    Column("version", Text, primary_key=True),
    *_text("body"),
    Column("loaded_at", INSTANT, nullable=False),
)
release = Table(
    "release",
    METADATA,
    Column("seq", BigInteger, primary_key=True),
    *_text("id"),
    *_text("ref", nullable=True),
    Column("released_at", INSTANT, nullable=False),
    *_text("county", nullable=True),
)
command = Table(
    "command",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid),
    *_text("name", "person", "hat"),
    Column("request_hash", LargeBinary, nullable=False),
    *_text("outcome"),
    *_text("words", nullable=True),
    *_text("body"),
    Column("from_version", Integer, nullable=False),
    Column("to_version", Integer, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
)
event = Table(
    "event",
    METADATA,
    Column("case_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    *_text("name"),
    Column("schema", SmallInteger, nullable=False),
    *_text("leaf", "body"),
    Column("salt", LargeBinary, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
)
case = Table(
    "case",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *_text("number"),
    Column("previous_version", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("fold", SmallInteger, nullable=False),
    *_text("state", "procedure", "procedure_sha256", "title", "division"),
    *_text("village", "township", nullable=True),
    *_text("county"),
    *_text("unit", nullable=True),
    Column("units", ARRAY(Text), nullable=False),
    *_text("stage"),
    *_text("level", "holder", nullable=True),
    Column("closed", Boolean, nullable=False),
    Column("due_at", INSTANT),
    Column("wake_at", INSTANT),
    Column("yellow", Integer, nullable=False),
    Column("red", Integer, nullable=False),
    Column("escalations", Integer, nullable=False),
    Column("opened_by", Text, nullable=False),
    *map(_instant, ("opened_at", "recorded_at")),
    *_text("matter", "outcome", nullable=True),
    Column("received_at", INSTANT, nullable=False),
    Column("sealed", ARRAY(Text)),
    Column("public", Boolean, nullable=False),
    Column("provisional", Boolean, nullable=False),
)
reporter = Table(
    "reporter", METADATA, Column("case_id", Uuid, primary_key=True), *_text("name", "phone", nullable=True)
)
outbox = Table("outbox", METADATA, Column("id", BigInteger, primary_key=True), Column("case_id", Uuid, nullable=False))
letter = Table(
    "letter",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sender", Uuid, nullable=False),
    Column("recipient", Uuid, nullable=False),
    *_text("person", "hat", "body"),
    Column("written_at", INSTANT, nullable=False),
)
rebinding = Table(
    "rebinding",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *_text("procedure", "sha256", "county", "stages", "asked_by", "asked_hat"),
    Column("asked_at", INSTANT, nullable=False),
    *_text("approved_by", "approved_hat", nullable=True),
    Column("approved_at", INSTANT),
    *_text("undone_by", nullable=True),
    Column("undone_at", INSTANT),
)
rebinding_case = Table(
    "rebinding_case",
    METADATA,
    Column("rebinding", Uuid, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    *_text("was_sha256"),
    *_text("outcome", "words", "undone", "undone_words", nullable=True),
)
shingle = Table(
    "shingle",
    METADATA,
    Column("case_id", Uuid, primary_key=True),
    Column("grams", ARRAY(Text), nullable=False),
)
trouble = Table(
    "trouble",
    METADATA,
    Column("case_id", Uuid, primary_key=True),
    Column("since", INSTANT, nullable=False),
    *_text("words"),
)
round_ = Table(
    "round",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("due_at", INSTANT, nullable=False),
    Column("openings", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("done_at", INSTANT, nullable=False),
)
analysis = Table(
    "analysis",
    METADATA,
    Column("sha256", Text, primary_key=True),
    *_text("division"),
    Column("as_of", INSTANT, nullable=False),
    *_text("body"),
)
lot = Table(
    "lot",
    METADATA,
    Column("round", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("due_at", INSTANT, nullable=False),
    *_text("source", "seed"),
    Column("count", Integer, nullable=False),
    *_text("groups"),
)
access = Table(
    "access", METADATA, Column("id", BigInteger, primary_key=True), _instant("at"), *_text("person", "hat", "what"),
    Column("case_id", Uuid), Column("sealed", Integer), *_text("about", "request_id", nullable=True),
)  # fmt: skip
weight_change = Table(
    "weight_change", METADATA, Column("seq", BigInteger, primary_key=True), _instant("at"),
    *_text("person", "hat", "reason", "weights"),
)  # fmt: skip
sealed_number_key = Table(
    "sealed_number_key", METADATA, Column("id", Boolean, primary_key=True), Column("key", LargeBinary, nullable=False)
)
setting = Table("setting", METADATA, Column("name", Text, primary_key=True), *_text("value"))
matter = Table("matter", METADATA, *_dated("code", "division", "unit"), *_text("title"))
duty = Table(
    "duty",
    METADATA,
    *_dated("division", "list", "code"),
    *_text("title", "basis"),
    Column("matters", ARRAY(Text), nullable=False),
)
grid = Table(
    "grid",
    METADATA,
    *_dated("code"),
    *(*_text("division", "level", "name"), *_text("worker", "phone", nullable=True)),
)
contact = Table("contact", METADATA, *_dated("village", "household"), *_text("person", nullable=True))
site = Table(
    "site",
    METADATA,
    Column("id", Text, primary_key=True),
    *(*_text("name", "division", "tier", "address"), *_text("phone", nullable=True)),
)
absence = Table(
    "absence",
    METADATA,
    *_text("person", "role", "scope"),
    *(Column(name, Date, nullable=False) for name in ("from_on", "to_on")),
    *_text("delegate"),
    *_voidable(),
)
roster = Table(
    "roster",
    METADATA,
    *_text("division"),
    *map(_instant, ("from_at", "to_at")),
    *_text("person"),
    *_voidable(),
)
handover = Table(
    "handover",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *_text("division", "giver", "taker", "words"),
    Column("written_at", INSTANT, nullable=False),
)
