"""The samples of a first start: registers filled, and made-up hazards led to where their lives say.

Everything goes by ids that follow from the samples, so a start that was cut off goes on where it was.
"""

import asyncio
import hashlib
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.case.command import Act, Command, Open
from domain.days.instant import Instant, day_of, utc
from domain.rules.hat import Actor, Hat
from ledger.ledger import Ledger
from ledger.read.evidence import keep
from ledger.registers.loading import load as load_table
from ledger.registers.register import RegisteredPerson, RegisteredUnit, load_persons, load_units
from ledger.registers.register_kind import KINDS
from ledger.registers.sheet import sheet
from ledger.registrar.request import Reporter, Request, Ruling, callers_id, request_hash
from ledger.store.connection import Writers
from ledger.store.setting import read_setting, write_setting
from samples import SampleHazard, Samples, SampleStep, read
from samples.table import LOADED, SINCE, table

MARK = "samples"
USED = 'select exists (select from person) or exists (select from "case") as used'
NOW = "select clock_timestamp() as at"
HANDS = 4  # lives led at a time
PICTURE_WIDTH, PICTURE_HEIGHT = 96, 64


async def load(ledger: Ledger, evidence: Path, tell: Callable[[str], None]) -> bool:
    """Load the samples into a ledger that nobody has used yet; whether this ledger has them now."""
    mark = await _mark(ledger.writers)
    if mark is None:
        if (await ledger.writers.fetch(USED))[0]["used"]:
            return False
        await _set_mark(ledger.writers, "loading")
    if mark == "loaded":
        return True
    samples = read()
    units = [RegisteredUnit(unit.id, unit.name, unit.division, unit.kinds) for unit in samples.units]
    await load_units(ledger.writers, units)
    people = [RegisteredPerson(person.id, person.name, person.hats) for person in samples.people]
    await load_persons(ledger.writers, people, sample=True, since=SINCE)
    began = await _began(ledger.writers)
    for kind in LOADED:
        made = table(kind, samples, day_of(began))
        await load_table(ledger.writers, KINDS[kind], sheet(made.encode()))
    hands = asyncio.Semaphore(HANDS)

    async def led(hazard: SampleHazard) -> None:
        async with hands:
            fault = await SampleLife(ledger, samples, evidence, began, hazard).lead()
            if fault:
                tell(f"样例“{hazard.title}”没有走完：{fault}")

    await asyncio.gather(*map(led, samples.hazards))
    await _set_mark(ledger.writers, "loaded")
    return True


class SampleLife:
    """One sample hazard, led through the registrar by the sample people whose posts they are."""

    def __init__(self, ledger: Ledger, samples: Samples, evidence: Path, began: Instant, hazard: SampleHazard) -> None:
        self._ledger = ledger
        self._samples = samples
        self._evidence = evidence
        self._began = began
        self._hazard = hazard

    async def lead(self) -> str | None:
        """Open it and take every step; what stood in the way, if anything did."""
        hazard = self._hazard
        fields: dict[str, Any] = {"kind": hazard.kind, "place": hazard.place, "description": hazard.description}
        if hazard.emergency:
            fields["emergency"] = True
        reporter = Reporter(hazard.reporter.name, hazard.reporter.phone) if hazard.reporter else None
        seen_at = self._began - timedelta(hours=hazard.seen_hours_ago)
        opening = Open("hazard", hazard.division, hazard.title, fields, reporter is not None, seen_at)
        ruling = await self._rule("open", hazard.hat_of(), opening, None, reporter)
        for place, step in enumerate(hazard.life):
            if ruling.refused:
                break
            actor = self._actor(hazard.hat_of(step))
            command = Act(step.act, await self._fields(step, actor), step.reason)
            ruling = await self._rule(f"{place}/{step.act}", actor.hat, command, ruling.case_id, None)
        return ruling.body.decode() if ruling.refused else None

    async def _rule(
        self, key: str, hat: Hat, command: Command, case_id: UUID | None, reporter: Reporter | None
    ) -> Ruling:
        actor = self._actor(hat)
        command_id = callers_id(actor.person, f"sample/{self._hazard.title}/{key}")
        # The hash leaves out times: a start that goes on later repeats the same commands.
        hashed = request_hash("SAMPLE", self._hazard.title, key)
        request = Request(command_id, hashed, command, actor, case_id, reporter)
        return await self._ledger.registrar.rule(request)

    def _actor(self, hat: Hat) -> Actor:
        wearer = self._samples.wearer(hat)
        assert wearer is not None, f"samples are checked when read: {hat}"
        return Actor(wearer.id, hat)

    async def _fields(self, step: SampleStep, actor: Actor) -> dict[str, Any]:
        fields = step.filled_in(day_of(self._began))
        if step.evidence is None:
            return fields
        kept = await keep(self._ledger.writers, self._evidence, whole(picture(step.evidence)), actor.person)
        return {**fields, "evidence": [kept.sha256]}


async def whole(data: bytes) -> AsyncIterator[bytes]:
    """`data` as one chunk."""
    yield data


def picture(text: str) -> bytes:
    """A small PNG in two colours that follow from `text`: a stand-in for a photograph, never the same for two texts."""
    seed = hashlib.sha256(text.encode()).digest()
    upper, lower = b"\0" + seed[:3] * PICTURE_WIDTH, b"\0" + seed[3:6] * PICTURE_WIDTH  # each row: filter, pixels
    rows = upper * (PICTURE_HEIGHT // 2) + lower * (PICTURE_HEIGHT // 2)
    header = struct.pack(">IIBBBBB", PICTURE_WIDTH, PICTURE_HEIGHT, 8, 2, 0, 0, 0)
    note = b"Comment\0" + seed.hex().encode()
    chunks = ((b"IHDR", header), (b"tEXt", note), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


async def _mark(writers: Writers) -> str | None:
    return await read_setting(writers, MARK)


async def _set_mark(writers: Writers, value: str) -> None:
    await write_setting(writers, MARK, value)


async def _began(writers: Writers) -> Instant:
    """PostgreSQL's clock, as the registrar reads it: no sample is seen in the future."""
    return utc((await writers.fetch(NOW))[0]["at"])
