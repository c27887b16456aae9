"""The tables as SQLAlchemy knows them, for reading; a test compares them with the migrated database."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

METADATA = MetaData()

INSTANT = DateTime(timezone=True)


def instant(name: str) -> Column[Any]:
    return Column(name, INSTANT, nullable=False)


def text(*names: str, nullable: bool = False) -> list[Column[str]]:
    return [Column(name, Text, nullable=nullable) for name in names]


evidence = Table(
    "evidence",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    *text("type"),
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
    *text("id"),
    Column("version", Integer, nullable=False),
    *text("body"),
    Column("loaded_at", INSTANT, nullable=False),
)
calendar = Table(
    "calendar",
    METADATA,
    Column("version", Text, primary_key=True),
    *text("body"),
    Column("loaded_at", INSTANT, nullable=False),
)
release = Table(
    "release",
    METADATA,
    Column("seq", BigInteger, primary_key=True),
    *text("id"),
    *text("ref", nullable=True),
    Column("released_at", INSTANT, nullable=False),
    *text("county", nullable=True),
)
command = Table(
    "command",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid),
    *text("name", "person", "hat"),
    Column("request_hash", LargeBinary, nullable=False),
    *text("outcome"),
    *text("words", nullable=True),
    *text("body"),
    Column("from_version", Integer, nullable=False),
    Column("to_version", Integer, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
)
event = Table(
    "event",
    METADATA,
    Column("case_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    *text("name"),
    Column("schema", SmallInteger, nullable=False),
    *text("leaf", "body"),
    Column("salt", LargeBinary, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
)
case = Table(
    "case",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *text("number"),
    Column("previous_version", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("fold", SmallInteger, nullable=False),
    *text("state", "procedure", "procedure_sha256", "title", "division"),
    *text("village", "township", nullable=True),
    *text("county"),
    *text("unit", nullable=True),
    Column("units", ARRAY(Text), nullable=False),
    *text("stage"),
    *text("level", "holder", nullable=True),
    Column("closed", Boolean, nullable=False),
    Column("due_at", INSTANT),
    Column("wake_at", INSTANT),
    Column("yellow", Integer, nullable=False),
    Column("red", Integer, nullable=False),
    Column("escalations", Integer, nullable=False),
    Column("opened_by", Text, nullable=False),
    *map(instant, ("opened_at", "recorded_at")),
    *text("matter", "outcome", nullable=True),
    Column("received_at", INSTANT, nullable=False),
    Column("sealed", ARRAY(Text)),
    Column("public", Boolean, nullable=False),
    Column("provisional", Boolean, nullable=False),
)
reporter = Table("reporter", METADATA, Column("case_id", Uuid, primary_key=True), *text("name", "phone", nullable=True))
outbox = Table("outbox", METADATA, Column("id", BigInteger, primary_key=True), Column("case_id", Uuid, nullable=False))
letter = Table(
    "letter",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("sender", Uuid, nullable=False),
    Column("recipient", Uuid, nullable=False),
    *text("person", "hat", "body"),
    Column("written_at", INSTANT, nullable=False),
)
rebinding = Table(
    "rebinding",
    METADATA,
    Column("id", Uuid, primary_key=True),
    *text("procedure", "sha256", "county", "stages", "asked_by", "asked_hat"),
    Column("asked_at", INSTANT, nullable=False),
    *text("approved_by", "approved_hat", nullable=True),
    Column("approved_at", INSTANT),
    *text("undone_by", nullable=True),
    Column("undone_at", INSTANT),
)
rebinding_case = Table(
    "rebinding_case",
    METADATA,
    Column("rebinding", Uuid, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    *text("was_sha256"),
    *text("outcome", "words", "undone", "undone_words", nullable=True),
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
    *text("words"),
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
    *text("division"),
    Column("as_of", INSTANT, nullable=False),
    *text("body"),
)
lot = Table(
    "lot",
    METADATA,
    Column("round", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("due_at", INSTANT, nullable=False),
    *text("source", "seed"),
    Column("count", Integer, nullable=False),
    *text("groups"),
)
access = Table(
    "access", METADATA, Column("id", BigInteger, primary_key=True), instant("at"), *text("person", "hat", "what"),
    Column("case_id", Uuid), Column("sealed", Integer), *text("about", "request_id", nullable=True),
)  # fmt: skip
weight_change = Table(
    "weight_change", METADATA, Column("seq", BigInteger, primary_key=True), instant("at"),
    *text("person", "hat", "reason", "weights"),
)  # fmt: skip
sealed_number_key = Table(
    "sealed_number_key", METADATA, Column("id", Boolean, primary_key=True), Column("key", LargeBinary, nullable=False)
)
setting = Table("setting", METADATA, Column("name", Text, primary_key=True), *text("value"))
