"""Writes people.yaml and registers/: `python -m samples.build`. Ids follow the order of the posts.

Whoever is in people.yaml stays, and posts that nobody fills are appended: what a new procedure needs moves nobody.
"""

import re
from collections.abc import Iterable, Iterator

import procedures
from domain.clocks.demand import posts as needed
from domain.rules.hat import LEVELS, STANDING, Post
from samples import FOLDER, SampleDivision, SampleUnit, catalogue, divisions_of, units_of
from samples.table import KEPT

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
)
COUNTY = "141025000000"
COUNTY_POSTS = {
    "dispatcher": "调度",
    "head": "主管",
    "approver": "验收",
    "caller": "回访",
    "inspector": "监委",
    "administrator": "管理",
    "petition_officer": "信访",
}
TOWNSHIP_POSTS = {
    "dispatcher": "调度",
    "head": "主管",
    "approver": "验收",
    "caller": "回访",
    "inspector": "纪委",
    "petition_officer": "信访",
    "proxy": "代办",
}
UNIT_POSTS = {"handler": "承办", "head": "负责"}
VILLAGE_POSTS = {"grid_worker": "网格", "clerk": "干部"}
COMMITTEE_EVERY = 4  # villages; enough to see the role at work
THREE_HATS_AT = "141025101200"
ON_DUTY = 2  # dispatchers beside the first who take turns in the duty room
WORDS = {
    **COUNTY_POSTS, **UNIT_POSTS, **VILLAGE_POSTS, "proxy": "代办", "committee": "监督", "cashier": "出纳",
    "head": "主管", "inspector": "纪检", "integration": "接入", "resident": "群众",
}  # fmt: skip
HEADING = """\
# 样例人员：全部是编写的，不是古县的真实干部群众。由 samples/build.py 生成，请勿手改。
# hats：角色@范围；范围是 12 位区划代码或承办单位编号。
sample: true
people:
"""
LINE = re.compile(r"^- \{id: P-\d{4}, name: .+, hats: \[(.+)\]\}$", re.MULTILINE)

Person = tuple[str, list[str]]  # the word after the surname, and the hats


def posts(divisions: tuple[SampleDivision, ...], units: tuple[SampleUnit, ...]) -> Iterator[Person]:
    """The people whom a county begins with, in the order of the ids."""
    townships, villages = _of(divisions, "township"), _of(divisions, "village", "community")
    for role, word in COUNTY_POSTS.items():
        yield word, [f"{role}@{COUNTY}"]
    yield "热线", [f"integration@{COUNTY}"]
    for township in townships:
        for role, word in TOWNSHIP_POSTS.items():
            yield word, [f"{role}@{township}"]
    for unit in units:
        for role, word in UNIT_POSTS.items():
            yield word, [f"{role}@{unit.id}"]
    for village in villages:
        for role, word in VILLAGE_POSTS.items():
            yield word, [f"{role}@{village}"]
    for village in villages[1::COMMITTEE_EVERY]:
        yield "监督", [f"committee@{village}"]
    yield "三员", [f"committee@{THREE_HATS_AT}", f"inspector@{THREE_HATS_AT}", f"proxy@{THREE_HATS_AT}"]
    for village in villages:
        yield "群众", [f"resident@{village}"]
    for place in (COUNTY, *townships):
        for _ in range(ON_DUTY):
            yield "值班", [f"dispatcher@{place}"]


def wanted(divisions: tuple[SampleDivision, ...], units: tuple[SampleUnit, ...]) -> Iterator[str]:
    """Every hat that some procedure under procedures/ needs or lets act, everywhere in the county."""
    places = {"county": [COUNTY], "township": _of(divisions, "township")}
    places |= {"village": _of(divisions, "village", "community"), "unit": [unit.id for unit in units]}
    named = dict[str, None]()
    for path in procedures.paths():
        procedure = procedures.parse(path)
        named |= dict.fromkeys((*needed(procedure), *sorted(procedure.posts)))
    parsed = [Post.parse(text) for text in named]
    for level in (*reversed(LEVELS), "unit"):
        for role in dict.fromkeys(post.role for post in parsed if post.level == level and post.role not in STANDING):
            yield from (f"{role}@{place}" for place in places[level])


def text(there: str = "") -> str:
    """The whole of people.yaml, following what is `there`: one line a person, so that a change shows as one line."""
    divisions, units = divisions_of(FOLDER), units_of(FOLDER)
    lines = [match[0] for match in LINE.finditer(there)]
    worn = [hat for match in LINE.finditer(there) for hat in match[1].split(", ")]
    people: Iterable[Person] = posts(divisions, units)
    for word, hats in people:
        if all(hat in worn for hat in hats):
            for hat in hats:
                worn.remove(hat)  # a post that two fill is asked for twice
        else:
            lines.append(_line(len(lines) + 1, word, hats))
    worn = [hat for match in LINE.finditer("\n".join(lines)) for hat in match[1].split(", ")]
    for hat in wanted(divisions, units):
        if hat not in worn:
            lines.append(_line(len(lines) + 1, WORDS[hat.partition("@")[0]], [hat]))
    return HEADING + "\n".join(lines) + "\n"


def _line(number: int, word: str, hats: list[str]) -> str:
    name = f"样例·{SURNAMES[number % len(SURNAMES)]}{word}"
    return f"- {{id: P-{number:04d}, name: {name}, hats: [{', '.join(hats)}]}}"


def _of(divisions: tuple[SampleDivision, ...], *levels: str) -> list[str]:
    return [division.code for division in divisions if division.level in levels]


if __name__ == "__main__":
    people = FOLDER / "people.yaml"
    people.write_text(text(people.read_text(encoding="utf-8")), encoding="utf-8")
    for kind in KEPT:
        (FOLDER / "registers" / f"{kind}.csv").write_text(catalogue.made(kind), encoding="utf-8")
