"""The catalogues in registers/: which unit handles which matter, what a township has to do, service sites."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from samples import FOLDER, SampleDivision, divisions_of, units_of
from samples.table import SINCE, Line, short, written

POINTS = 12  # service points beside the village sites; the N of "1+6+79+N"
BASIS = "样例·古县乡镇职责清单（编写）"
# What a township has to do about each kind of hazard. Digging without a licence is the county's to stop.
DUTIES: Mapping[str, tuple[str, str]] = {
    "natural_disaster": ("duty", "自然灾害隐患巡查和先期处置"),
    "environment": ("duty", "生态环境日常巡查"),
    "public_health": ("duty", "公共卫生协助处置"),
    "safety": ("duty", "安全隐患日常巡查"),
    "forest_fire": ("duty", "护林防火巡护"),
    "dispute": ("duty", "矛盾纠纷排查化解"),
    "emergency_event": ("task", "突发事件先期处置"),
    "illegal_mining": ("negative", "不得要求乡镇查处私挖滥采"),
}
KINDS: Mapping[str, str] = {
    "natural_disaster": "自然灾害", "environment": "生态环保", "public_health": "公共卫生", "safety": "安全隐患",
    "forest_fire": "护林防火", "illegal_mining": "私挖滥采", "dispute": "矛盾纠纷", "emergency_event": "突发事件",
}  # fmt: skip


def made(kind: str) -> str:
    """The table of one of the kinds that are kept, as CSV."""
    heads, lines = _TABLES[kind]
    return written(heads, lines())


def _matters() -> Iterator[Line]:
    for unit in units_of(FOLDER):
        for kind in unit.kinds:
            yield kind, unit.division, unit.id, KINDS[kind], SINCE


def _duties() -> Iterator[Line]:
    for township in _of("township"):
        for kind, (which, title) in DUTIES.items():
            yield township.code, which, f"S-{kind}", title, BASIS, kind, SINCE


def _sites() -> Iterator[Line]:
    places = [*_of("county"), *_of("township"), *_of("village", "community")]
    tiers = {"county": ("county", "便民服务中心"), "township": ("township", "便民服务中心")}
    for number, place in enumerate(places, 1):
        tier, title = tiers.get(place.level, ("village", "便民服务站"))
        name = f"样例·{short(place.name)}{title}"
        yield f"S-{number:03d}", name, place.code, tier, "样例·办公楼一层", f"1001{number:07d}"
    for number, place in enumerate(places[-POINTS:], 1):
        name = f"样例·{short(place.name)}代办点"
        yield f"S-N{number:02d}", name, place.code, "point", "样例·村口", f"1002{number:07d}"


def _of(*levels: str) -> list[SampleDivision]:
    return [division for division in divisions_of(FOLDER) if division.level in levels]


_TABLES: Mapping[str, tuple[Sequence[str], Callable[[], Iterator[Line]]]] = {
    "matters": (("事项代码", "区划", "承办单位", "事项名称", "生效日期"), _matters),
    "duties": (("区划", "清单", "职责代码", "职责名称", "依据", "涉及事项", "生效日期"), _duties),
    "sites": (("编号", "名称", "区划", "层级", "地址", "电话"), _sites),
}
