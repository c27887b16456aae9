"""Writes people.yaml: `python -m samples.build`. Ids follow the order of the posts: append, never insert."""

from collections.abc import Iterator

from samples import FOLDER, Division, Unit, divisions_of, units_of

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
HEADING = """\
# 样例人员：全部是编写的，不是古县的真实干部群众。由 samples/build.py 生成，请勿手改。
# hats：角色@范围；范围是 12 位区划代码或承办单位编号。
sample: true
people:
"""

Post = tuple[str, list[str]]  # the word after the surname, and the hats


def posts(divisions: tuple[Division, ...], units: tuple[Unit, ...]) -> Iterator[Post]:
    """Every post to be filled, in the order of the ids."""
    townships = [division.code for division in divisions if division.level == "township"]
    villages = [division.code for division in divisions if division.level in ("village", "community")]
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


def text() -> str:
    """The whole of people.yaml: one line a person, so that a change shows as one line."""
    lines = []
    for number, (word, hats) in enumerate(posts(divisions_of(FOLDER), units_of(FOLDER)), 1):
        name = f"样例·{SURNAMES[number % len(SURNAMES)]}{word}"
        lines.append(f"- {{id: P-{number:04d}, name: {name}, hats: [{', '.join(hats)}]}}")
    return HEADING + "\n".join(lines) + "\n"


if __name__ == "__main__":
    (FOLDER / "people.yaml").write_text(text(), encoding="utf-8")
