"""Near-duplicates: what is found, what is missed, what is shown wrongly, over made-up pairs of reports."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.case.similarity import Matter, Weights, compare, grams, plain
from tests.domain.scene import when

NOW = when("2026-11-23 09:00")
VILLAGES = ("141025101200", "141025101201", "141025101202", "141025101203")
PAIRS = 200

# Of each matter: its kind, how people title it, and how they describe it; no two alike in wording.
MATTERS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("safety", ("路面塌陷", "道路塌了一块", "路上有大坑"), (
        "路面塌陷约两米，车辆过不去", "道路塌了个大坑，车过不去，晚上看不见", "路上塌陷一个坑，过往车辆要绕行")),
    ("safety", ("井盖丢失", "下水井没有盖子", "井盖不见了"), (
        "路边污水井的井盖丢失，行人容易踩空", "井盖被人拿走，孩子容易掉进井里", "污水井缺井盖，晚上走路危险")),
    ("safety", ("挡墙开裂", "护坡挡墙裂了缝", "挡土墙有裂缝"), (
        "挡墙开裂三米多，下雨后往外鼓", "挡土墙裂缝变宽，墙体外鼓，怕塌", "护坡的挡墙有裂缝，雨后更明显")),
    ("safety", ("电线杆倾斜", "电杆歪了", "电线杆要倒"), (
        "电线杆倾斜，电线垂到路面", "电杆歪斜得厉害，电线快碰到车顶", "一根电线杆歪了，线垂得很低")),
    ("safety", ("危房漏雨", "老房子屋顶要塌", "房屋成危房"), (
        "独居老人的土房漏雨，屋顶下沉", "老人住的土坯房屋顶下沉漏雨，怕塌", "危房漏雨严重，里面还住着老人")),
    ("environment", ("垃圾堆积", "垃圾没人清", "生活垃圾乱堆"), (
        "生活垃圾堆积半个月没清运，味道大", "垃圾堆了十几天无人清运，苍蝇多", "生活垃圾乱堆乱放，臭味很大")),
    ("environment", ("污水直排河道", "向河里排污水", "河水发黑有臭味"), (
        "养猪场污水直接排进河里，河水发黑", "猪场往河道排污水，水又黑又臭", "河水发黑发臭，上游养猪场在排污水")),
    ("environment", ("焚烧秸秆", "地里烧秸秆", "有人烧玉米秆"), (
        "有人在地里焚烧秸秆，浓烟很大", "地里烧玉米秸秆，烟飘到公路上", "焚烧秸秆冒浓烟，影响行车")),
    ("forest_fire", ("林区有人用火", "山上有人点火", "坟地烧纸有火险"), (
        "林区边上有人烧纸点火，风大容易着山火", "有人在林边烧纸，火星乱飞，风大", "林子边上烧纸用火，怕引起山火")),
    ("illegal_mining", ("私挖煤炭", "夜里有人偷挖煤", "非法采煤"), (
        "夜间有挖掘机私挖煤炭，货车往外拉", "半夜有人用挖掘机偷挖煤，拉煤车来往", "有人夜里挖煤往外拉，动静很大")),
    ("illegal_mining", ("河道采砂", "有人偷采河砂", "河里挖砂"), (
        "河道内有铲车采砂，河岸被挖空", "铲车在河里偷采砂石，河岸要塌", "有人在河道挖砂往外卖，岸边挖空了")),
    ("natural_disaster", ("山体滑坡", "山上滑下土石", "滑坡堵了路"), (
        "雨后山体滑坡，土石堵住半边路", "山上滑下来土石，路被堵了一半", "下雨后滑坡，路上都是土石")),
    ("natural_disaster", ("河堤决口", "堤坝被水冲开", "河堤冲坏了"), (
        "河堤被洪水冲开口子，水进了农田", "堤坝冲开一段，河水漫进地里", "河堤冲坏了一段，庄稼地进水")),
    ("public_health", ("饮水浑浊", "自来水发黄", "吃水有异味"), (
        "自来水浑浊发黄有异味，村民不敢喝", "家里自来水发黄，有怪味，不能喝", "饮用水浑浊，水发黄有味道")),
    ("public_health", ("死猪乱扔", "沟里有死猪", "病死猪没处理"), (
        "沟里扔了几头病死猪，已经发臭", "有人把死猪扔在沟里，臭味大", "几头病死猪丢在沟边没人处理，发臭")),
    ("dispute", ("地界纠纷", "两家争地边", "宅基地界线有争议"), (
        "两户因为地界争吵，差点动手", "两家为地边的界线吵架，动了手", "邻居因宅基地界线争执不下")),
    ("dispute", ("拖欠工钱", "干活不给工资", "欠农民工工资"), (
        "工地拖欠十几个人的工资，要去上访", "包工头欠十多人工钱不给，大家情绪大", "工地欠农民工工资，十几人要讨说法")),
    ("safety", ("桥栏杆损坏", "桥上护栏断了", "桥护栏缺失"), (
        "桥上的栏杆被车撞断，行人危险", "护栏撞断一截，桥面没有遮挡", "桥栏杆断了没人修，孩子过桥危险")),
    ("safety", ("学校围墙倾斜", "学校外墙要倒", "小学围墙歪了"), (
        "小学围墙向外倾斜，学生从旁边走", "学校围墙歪了，放学时孩子从下面过", "围墙倾斜有裂，学生来往不安全")),
    ("emergency_event", ("煤气泄漏", "闻到煤气味", "燃气管道漏气"), (
        "燃气管道漏气，附近能闻到味道", "闻到很浓的煤气味，像是管道漏气", "管道煤气泄漏，味道很重")),
)  # fmt: skip
PLACES = (
    ("村口小桥旁", "村口的小桥边"), ("村委会门前", "村委会大门口"), ("二组打谷场", "2组打谷场附近"),
    ("三组王家院外", "三组老王家院子外"), ("小学北侧", "村小学北面"), ("旧供销社东墙", "老供销社东边"),
    ("西沟水库坝下", "西沟水库大坝下面"), ("南坡果园路口", "南坡果园岔路口"), ("卫生室对面", "村卫生室对过"),
    ("县道涵洞处", "县道边的涵洞"), ("东头戏台", "村东头戏台旁"), ("五组水井旁", "五组老水井边"),
    ("磨坊沟口", "磨坊沟沟口"), ("北梁羊圈下", "北梁上羊圈下面"), ("加油站后面", "加油站背后"),
)  # fmt: skip
CALLERS = ("", "", "群众来电反映：", "网格员巡查发现，", "村民来访称", "12345转办：", "有人在微信群里说，")
ENDINGS = ("", "", "。请尽快处理", "，希望有人管", "，已经好几天了", "。")
SLIPS = (("塌陷", "踏陷"), ("井盖", "井蓋"), ("裂缝", "烈缝"), ("发黄", "发簧"), ("围墙", "围强"), ("垃圾", "拉圾"),
         ("电线", "电缐"), ("污水", "汚水"), ("秸秆", "秸杆"), ("煤", "媒"))  # fmt: skip


def told(dice: random.Random, matter: int, wording: int, place: int, called: int, village: str) -> Matter:
    """One report as one person would make it, over one channel."""
    kind, titles, texts = MATTERS[matter]
    text = dice.choice(CALLERS) + texts[wording] + dice.choice(ENDINGS)
    if dice.random() < 0.3:
        text = f"{PLACES[place][called]}{text}"
    if dice.random() < 0.4:
        for right, wrong in SLIPS:
            text = text.replace(right, wrong, 1)
    if dice.random() < 0.2:
        spot = dice.randrange(len(text))
        text = text[:spot] + text[spot + 1 :]
    if dice.random() < 0.15:
        kind = dice.choice(["safety", "environment"])
    title = titles[wording] if dice.random() < 0.7 else f"{PLACES[place][called]}{titles[wording]}"
    return Matter(title, text, PLACES[place][called], kind, village, NOW - timedelta(hours=dice.randrange(120)))


def pairs(dice: random.Random) -> Iterator[tuple[Matter, Matter]]:
    """One matter, told by two people in different words; one in ten is filed under the neighbouring village."""
    for number in range(PAIRS):
        matter, place = number % len(MATTERS), dice.randrange(len(PLACES))
        first, second = dice.sample(range(3), 2)
        village = dice.choice(VILLAGES)
        elsewhere = dice.choice(VILLAGES) if dice.random() < 0.1 else village
        yield told(dice, matter, first, place, 0, village), told(dice, matter, second, place, 1, elsewhere)


def strangers(dice: random.Random) -> Iterator[tuple[Matter, Matter]]:
    """Two matters: a quarter of one sort in one village at two places, a quarter at one place, the rest anywhere."""
    for number in range(PAIRS):
        matter, place = number % len(MATTERS), dice.randrange(len(PLACES))
        other = (matter + dice.randrange(1, len(MATTERS))) % len(MATTERS)
        where = (place + dice.randrange(1, len(PLACES))) % len(PLACES)
        village = dice.choice(VILLAGES)
        if number % 4 == 0:
            other, beside = matter, village
        elif number % 4 == 1:
            where, beside = place, village
        else:
            beside = dice.choice(VILLAGES)
        first, second = dice.sample(range(3), 2)
        yield told(dice, matter, first, place, 0, village), told(dice, other, second, where, 1, beside)


def test_most_pairs_are_found_and_hardly_a_stranger() -> None:
    weights, dice = Weights(), random.Random(20261123)
    alike = [compare(one, other, weights).score for one, other in pairs(dice)]
    apart = [compare(one, other, weights).score for one, other in strangers(dice)]
    found = sum(score >= weights.threshold for score in alike)
    false = sum(score >= weights.threshold for score in apart)
    print(f"\nthreshold {weights.threshold:.0f}: found {found}, missed {PAIRS - found}, false {false} of {PAIRS} each")
    for limit in range(60, 95, 5):
        print(f"  at {limit}: {sum(s >= limit for s in alike)} found, {sum(s >= limit for s in apart)} false")
    assert found >= 0.85 * PAIRS
    assert false <= 0.05 * PAIRS


def test_every_pair_shares_a_bigram() -> None:
    dice = random.Random(7)
    assert all(grams(one) & grams(other) for one, other in pairs(dice))


def test_the_score_does_not_depend_on_who_came_first() -> None:
    dice = random.Random(8)
    for one, other in [*pairs(dice), *strangers(dice)]:
        assert compare(one, other, Weights()) == compare(other, one, Weights())
        assert compare(one, one, Weights()).score == 100


def test_the_reason_names_what_speaks_for_it() -> None:
    one = Matter("井盖丢失", "路边污水井的井盖丢失，行人容易踩空", "二组水井旁", "safety", VILLAGES[0], NOW)
    other = Matter("下水井没有盖子", "污水井缺井盖，晚上走路危险", "2组水井旁", "safety", VILLAGES[0], NOW)
    assert compare(one, other, Weights()).reason == "同村，地点相同，描述相近，类别相同，时间相近"
    third = Matter("两家争地边", "", "五组", "dispute", VILLAGES[1], NOW - timedelta(days=40))
    assert (compare(one, third, Weights()).score, compare(one, third, Weights()).reason) == (0, "用语有相同之处")


@pytest.mark.parametrize(
    ("text", "expected"), [("二组 路口！", "2组路口"), ("ＡＢ１２", "ab12"), ("统一", "统一"), ("", "")]
)
def test_texts_are_compared_in_one_form(text: str, expected: str) -> None:
    assert plain(text) == expected
