"""How likely two reports are about the same matter: a score from 0 to 100, and the reasons in words.

The score is the sum of five parts, each from 0 to 1, times its weight (`Weights`, data of the county):

- text: title and description, less what every report says (who called, that somebody should come): how many
  characters and character bigrams they share, as the mean of Dice's coefficient and of how much of the shorter one the
  longer one holds, for a call of one line is often about what a grid worker described at length. People choose other
  words for the same thing, so that `text_full` of it counts as all;
- place: the same over the place; places with different numbers are different places, `place_full` counts as all;
- village, kind: whether they are the same;
- time: 1 at the same moment, falling to 0 over `days`.

Two places that are both named and have next to nothing in common take `elsewhere` away. Characters and bigrams and
not words, because word cutters cut place names wrongly.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from domain.case.state import Case
from domain.days.instant import Instant

# What the procedures' intake forms call what a matter is about.
SAID = ("matter", "subject", "item_name", "proposal", "duty", "catalogue", "description")
ABOUT = ("place", *SAID)
TEXT_LENGTH_MAX = 400  # characters compared; what follows rarely distinguishes two matters
NOISE = re.compile(r"[\W_]+")
# Words that depend on who reported (said the caller, please send somebody), not on the matter.
HOLLOW = re.compile(
    "12345|热线|转办|来电|来访|来信|群众|村民|大家|网格员|巡查|发现|反映|举报|微信群?|尽快|处理|希望|[有没无]人|已经|好几天"
    "|危险|严重|附近|一[个根条处段块]|[了的着很得在被把还里上有是请管称说]"
)
NUMERALS = str.maketrans("一二两三四五六七八九", "1223456789")
NUMBERED = re.compile(r"[一二两三四五六七八九](?=[组号队社层幢栋单排])")
DIGITS = re.compile(r"\d+")
ELSEWHERE = 0.15  # below this share two places are two places
MUCH, ALL = 0.5, 0.85  # share of a part from which the reason says 相近, and from which it says 相同
BIGRAMS = 0.3  # of what counts as shared; the rest is characters


class Weights(BaseModel):
    """How much each part counts, and the score from which on a case is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    text: float = Field(default=45, ge=0)
    place: float = Field(default=30, ge=0)
    village: float = Field(default=10, ge=0)
    kind: float = Field(default=6, ge=0)
    time: float = Field(default=9, ge=0)
    elsewhere: float = Field(default=20, ge=0)
    text_full: float = Field(default=0.45, gt=0, le=1)
    place_full: float = Field(default=0.7, gt=0, le=1)
    days: float = Field(default=30, gt=0)
    threshold: float = Field(default=75, ge=0, le=100)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a report says, as far as it is compared."""

    title: str
    text: str = ""
    place: str = ""
    kind: str | None = None
    village: str | None = None
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two matters are, and why."""

    score: int
    reason: str


def matter_of(case: Case) -> Matter:
    """What a case says."""
    fields = case.fields
    return Matter(
        case.title, _said(fields), _text(fields, "place"), _text(fields, "kind") or None, case.lineage.get("village"),
        case.occurred_at,
    )  # fmt: skip


def said_otherwise(before: Case, after: Case) -> bool:
    """Whether a case has come to say something else: only then its shingles are made anew."""
    return any(before.fields.get(name) != after.fields.get(name) for name in ABOUT)


def grams(matter: Matter) -> frozenset[str]:
    """The bigrams of everything that is said: what candidates are found by."""
    return _bigrams(plain(matter.title)) | _bigrams(plain(matter.text)) | _bigrams(plain(matter.place))


def compare(one: Matter, other: Matter, weights: Weights) -> Likeness:
    """How alike, and the reason in Chinese; the reason names only what speaks for it."""
    share = _shared(plain(f"{one.title} {one.text}"), plain(f"{other.title} {other.text}"))
    text = min(1.0, share / weights.text_full)
    where = _places(plain(one.place), plain(other.place))
    # Where one report gives no place, the text takes over its weight: it often names the place.
    place = text if where is None else min(1.0, where / weights.place_full)
    village = one.village is not None and one.village == other.village
    kind = one.kind is not None and one.kind == other.kind
    near = _nearness(one.at, other.at, weights.days)
    score = weights.text * text + weights.place * place + weights.village * village
    score += weights.kind * kind + weights.time * near
    if where is not None and where < ELSEWHERE:
        score -= weights.elsewhere
    reasons = [
        "同村" if village else "",
        "" if where is None else "地点相同" if place >= ALL else "地点相近" if place >= MUCH else "",
        "描述相同" if share >= ALL else "描述相近" if text >= MUCH else "",
        "类别相同" if kind else "",
        "时间相近" if near >= ALL else "",
    ]
    return Likeness(max(0, min(100, round(score))), "，".join(filter(None, reasons)) or "用语有相同之处")


def plain(text: str) -> str:
    """What is said, letters and digits only and in one form: full width and half width, 二组 and 2组 are the same."""
    folded = unicodedata.normalize("NFKC", text[:TEXT_LENGTH_MAX]).casefold()
    bare = NOISE.sub("", NUMBERED.sub(lambda found: found.group().translate(NUMERALS), folded))
    return HOLLOW.sub("", bare) or bare


def _said(fields: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (_text(fields, name) for name in SAID)))


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1)) or frozenset({text} - {""})


def _shared(one: str, other: str) -> float:
    """How much two texts share, from 0 to 1."""
    characters = _common(frozenset(one), frozenset(other))
    return BIGRAMS * _common(_bigrams(one), _bigrams(other)) + (1 - BIGRAMS) * characters


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    """The mean of Dice's coefficient and of the share of the smaller set that is in the other."""
    if not one or not other:
        return 0.0
    common = len(one & other)
    return (2 * common / (len(one) + len(other)) + common / min(len(one), len(other))) / 2


def _places(one: str, other: str) -> float | None:
    """How alike two places are; None when one gives no place."""
    if not one or not other:
        return None
    numbers, others = set(DIGITS.findall(one)), set(DIGITS.findall(other))
    return 0.0 if numbers and others and not numbers & others else _shared(one, other)


def _nearness(one: Instant | None, other: Instant | None, days: float) -> float:
    if one is None or other is None:
        return 0.0
    return max(0.0, 1 - abs((one - other).total_seconds()) / (days * 86_400))
