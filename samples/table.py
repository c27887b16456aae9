"""The sample registers as tables that `bihuan register load` takes. Places are real; people, phones and duties made up.

What does not depend on the day is kept in registers/ (written by samples/build.py), what is large or does is made here.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from samples import FOLDER, Samples

KEPT = ("matters", "duties", "sites")
LOADED = (*KEPT, "grids", "contacts", "rosters")  # beside people, posts and units, in the order of loading
KINDS = ("people", "posts", "units", *LOADED)
SINCE = date(2026, 1, 1)  # since when the sample people have their posts
# The county's grids by level: as many as it has, names and workers made up.
GRIDS: Mapping[str, tuple[str, int]] = {
    "A": ("总网格", 6), "B": ("分网格", 79), "C": ("支网格", 38), "D": ("组网格", 380), "E": ("微网格", 1846),
    "F": ("专属网格", 226),
}  # fmt: skip
VACANT_EVERY = 97  # micro grids, so that the list of gaps shows some
HOUSEHOLDS = 20  # of each village; the county has about 28,500
FORGOTTEN_EVERY = 7  # villages, whose last household nobody is in touch with
ROSTER_DAYS = 10
NAME_ENDS = ("村民委员会", "居民委员会")

Line = Sequence[object]


def table(kind: str, samples: Samples, today: date) -> str:
    """The table of one of KINDS as CSV; a roster begins the day before `today`."""
    if kind in KEPT:
        return (FOLDER / "registers" / f"{kind}.csv").read_text(encoding="utf-8")
    return written(*_TABLES[kind](samples, today))


def written(heads: Sequence[str], lines: Iterable[Line]) -> str:
    """Lines as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(lines)
    return text.getvalue()


def short(name: str) -> str:
    """A village as people call it: 北平村, 湾里社区."""
    for end in NAME_ENDS:
        name = name.removesuffix(end)
    return name


def _people(samples: Samples, _: date) -> tuple[Sequence[str], Iterator[Line]]:
    return ("编号", "姓名"), ((each.id, each.name) for each in samples.people)


def _posts(samples: Samples, _: date) -> tuple[Sequence[str], Iterator[Line]]:
    return ("人员编号", "身份", "生效日期"), ((each.id, hat, SINCE) for each in samples.people for hat in each.hats)


def _units(samples: Samples, _: date) -> tuple[Sequence[str], Iterator[Line]]:
    lines = ((each.id, each.name, each.division, " ".join(each.kinds)) for each in samples.units)
    return ("编号", "名称", "区划", "承办类别"), lines


def _grids(samples: Samples, _: date) -> tuple[Sequence[str], Iterator[Line]]:
    return ("网格代码", "网格名称", "网格员", "公开电话", "生效日期"), _grid_lines(samples)


def _grid_lines(samples: Samples) -> Iterator[Line]:
    villages = [each for each in samples.divisions if each.level in ("village", "community")]
    townships = [each for each in samples.divisions if each.level == "township"]
    by_place = _workers(samples, ("clerk", "grid_worker", "committee"))
    heads = _workers(samples, ("head",))
    number = 0
    for letter, (title, count) in GRIDS.items():
        places = townships if letter == "A" else villages
        for place, division in enumerate(places):
            here = count // len(places) + (place < count % len(places))
            for each in range(1, here + 1):
                number += 1
                workers = heads[division.code] if letter == "A" else by_place[division.code]
                worker = "" if letter == "E" and number % VACANT_EVERY == 0 else workers[(each - 1) % len(workers)]
                nth = f"第{each}" if here > 1 else ""
                name = f"样例·{short(division.name)}{nth}{title}"
                yield f"{division.code}{letter}{each:03d}", name, worker, f"1000{number:07d}", SINCE


def _contacts(samples: Samples, _: date) -> tuple[Sequence[str], Iterator[Line]]:
    return ("村（社区）", "户编号", "联系人", "生效日期"), _contact_lines(samples)


def _contact_lines(samples: Samples) -> Iterator[Line]:
    by_place = _workers(samples, ("grid_worker", "clerk"))
    villages = [each.code for each in samples.divisions if each.level in ("village", "community")]
    for place, village in enumerate(villages):
        for each in range(1, HOUSEHOLDS + 1):
            nobody = each == HOUSEHOLDS and place % FORGOTTEN_EVERY == 0
            workers = by_place[village]
            yield village, f"H{each:03d}", "" if nobody else workers[(each - 1) % len(workers)], SINCE


def _rosters(samples: Samples, today: date) -> tuple[Sequence[str], Iterator[Line]]:
    return ("区划", "起", "止", "值班人"), _shifts(samples, today)


def _shifts(samples: Samples, today: date) -> Iterator[Line]:
    """Whole days from 08:00 to 08:00, the dispatchers of a place by turns."""
    by_place = _workers(samples, ("dispatcher",))
    for division in samples.divisions:
        workers = by_place.get(division.code, [])
        for day in range(-1, ROSTER_DAYS) if workers else ():
            begins = today + timedelta(days=day)
            worker = workers[begins.toordinal() % len(workers)]
            yield division.code, f"{begins} 08:00", f"{begins + timedelta(days=1)} 08:00", worker


def _workers(samples: Samples, roles: Sequence[str]) -> dict[str, list[str]]:
    """Scope → who wears one of these roles there, in the order of `roles`."""
    found = dict[str, list[str]]()
    for role in roles:
        for person in samples.people:
            for hat in person.hats:
                if hat.role == role:
                    found.setdefault(hat.scope, []).append(person.id)
    return found


_TABLES = {
    "people": _people, "posts": _posts, "units": _units, "grids": _grids, "contacts": _contacts, "rosters": _rosters,
}  # fmt: skip
