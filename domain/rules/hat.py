"""Hats: the role at a scope under which a person acts (DOMAIN: every act names its hat)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal, get_args

Level = Literal["village", "township", "county"]
LEVELS: tuple[Level, ...] = get_args(Level)
LEVEL_TITLES: Mapping[str, str] = {"village": "村级", "township": "乡镇", "county": "县级", "unit": "承办单位"}


class Role(StrEnum):
    """Every role a hat can name."""

    GRID_WORKER = "grid_worker"
    CLERK = "clerk"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    APPROVER = "approver"
    CALLER = "caller"
    HEAD = "head"
    PETITION_OFFICER = "petition_officer"
    PROXY = "proxy"
    INSPECTOR = "inspector"
    COMMITTEE = "committee"
    ADMINISTRATOR = "administrator"
    CASHIER = "cashier"
    INTEGRATION = "integration"
    RESIDENT = "resident"
    CLOCK = "clock"  # the engine itself; no token can carry it


WEARABLE = frozenset(Role) - {Role.CLOCK}
SUPERVISING = frozenset({Role.INSPECTOR, Role.ADMINISTRATOR})  # who is shown refused attempts

ROLE_TITLES: Mapping[str, str] = {
    Role.GRID_WORKER: "网格员",
    Role.CLERK: "村干部",
    Role.DISPATCHER: "调度员",
    Role.HANDLER: "承办人",
    Role.APPROVER: "验收人",
    Role.CALLER: "回访员",
    Role.HEAD: "负责人",
    Role.PETITION_OFFICER: "信访干部",
    Role.PROXY: "代办员",
    Role.INSPECTOR: "纪检监察干部",
    Role.COMMITTEE: "村务监督委员会成员",
    Role.ADMINISTRATOR: "管理员",
    Role.CASHIER: "出纳",
    Role.INTEGRATION: "接入系统",
    Role.RESIDENT: "群众",
    Role.CLOCK: "时限引擎",
}

ROLES: Mapping[str, str] = {title: role for role, title in ROLE_TITLES.items() if role in WEARABLE}

# Where a role has anything to do; a role that is not here may be worn anywhere.
PLACES: Mapping[str, tuple[str, ...]] = {
    Role.HANDLER: ("unit",),
    Role.HEAD: ("unit", "township", "county"),
    Role.GRID_WORKER: ("village",),
    Role.CLERK: ("village",),
    Role.DISPATCHER: ("township", "county"),
    Role.APPROVER: ("township", "county"),
    Role.CALLER: ("township", "county"),
}


def fits(role: str, level: str) -> bool:
    """Whether a role can do anything at a place of this level (`unit` for a handling unit)."""
    return level in PLACES.get(role, (level,))


@dataclass(frozen=True, slots=True)
class Hat:
    """A role at a scope: a 12-digit division code or the id of a handling unit."""

    role: str
    scope: str

    @classmethod
    def parse(cls, text: str) -> "Hat":
        """Read `ROLE@SCOPE`, the role by its code or its title. Raises ValueError with words for a person otherwise."""
        role, at, scope = text.partition("@")
        role = ROLES.get(role, role)
        if not at or not scope:
            raise ValueError(f"身份应写作“角色@范围”，如 dispatcher@141025101000；收到的是“{text}”")
        if role not in WEARABLE:
            known = "、".join(f"{title}（{code}）" for title, code in ROLES.items())
            raise ValueError(f"没有“{role}”这个角色（可用：{known}）")
        return cls(role, scope)

    def __str__(self) -> str:
        return f"{self.role}@{self.scope}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, and the hat worn for this act. Separation of duties compares persons."""

    person: str
    hat: Hat


# Posts that a case itself fills: who holds it, who answers for an item, who opened it.
HOLDER, ADDRESSEE, OPENER = "holder", "addressee", "opener"
STANDING: Mapping[str, str] = {HOLDER: "责任岗位", ADDRESSEE: "被要求的岗位或人员", OPENER: "上报人"}


@dataclass(frozen=True, slots=True)
class Post:
    """A role at a level, as a procedure names it: `dispatcher@township`; without a level, anywhere above the case."""

    role: str
    level: str | None

    @staticmethod
    @cache
    def parse(text: str) -> "Post":
        """Read `ROLE` or `ROLE@LEVEL`, or one of STANDING. Raises ValueError when role or level is unknown."""
        role, at, level = text.partition("@")
        if text in STANDING:
            return Post(text, None)
        if role not in WEARABLE:
            raise ValueError(f"未知角色“{role}”")
        if at and level not in (*LEVELS, "unit"):
            raise ValueError(f"未知层级“{level}”（可用：village、township、county、unit）")
        return Post(role, level if at else None)

    def at(self, lineage: Mapping[str, str], unit: str | None) -> Hat | None:
        """The hat that this post is in a place, or None where the place has no such level."""
        scope = unit if self.level == "unit" else lineage.get(self.level or "")
        return Hat(self.role, scope) if scope else None

    def worn_by(self, hat: Hat, lineage: Mapping[str, str], unit: str | None, home: str) -> bool:
        """Whether `hat` fills this post; `home` is the division of the hat's scope (a unit's division, or itself)."""
        if hat.role != self.role:
            return False
        if self.level is None:
            return hat.scope == unit or home in lineage.values()
        return self.at(lineage, unit) == hat
