"""Maps and times of other systems: what they say, and what is wrong with them, in words that name the place."""

from datetime import UTC, datetime

import pytest
import yaml

from ledger.imports.column_map import Map, MapFault, fitting, read
from ledger.imports.foreign_time import ForeignTime
from settings import ROOT
from tests.domain.scene import procedure, when

NYC = ForeignTime(column="t", format="%m/%d/%Y %I:%M:%S %p", zone="America/New_York")
THERE = "（America/New_York）"
COUNTY = ForeignTime(column="t", format=["excel", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "remark"),
    [
        ("03/01/2011 02:27:57 PM", "2011-03-01T19:27:57", ""),
        ("07/01/2011 12:00:00 AM", "2011-07-01T04:00:00", ""),
        (
            "11/06/2011 01:30:00 AM",
            "2011-11-06T05:30:00",
            f"拨慢时钟，2011-11-06 01:30:00{THERE}有两次，取前一次",
        ),
        (
            "03/13/2011 02:30:00 AM",
            "2011-03-13T07:30:00",
            f"拨快时钟，没有 2011-03-13 02:30:00{THERE}这一时刻",
        ),
    ],
)
def test_a_time_without_zone_is_read_in_its_zone(text: str, at: str, remark: str) -> None:
    reading = NYC.read(text)
    assert reading
    assert (reading.at, "".join(reading.remarks)) == (utc(at), remark)


@pytest.mark.parametrize("text", ["13/01/2011 02:27:57 PM", "2011-03-01", "昨天", "NaN", "inf", "9" * 400])
def test_what_is_no_time_is_none(text: str) -> None:
    assert NYC.read(text) is None
    assert ForeignTime(column="t", format="excel").read(text) is None


def test_several_ways_of_writing_and_days_that_end() -> None:
    times = {text: COUNTY.read(text) for text in ("46083.375", "46083", "2026-03-02", "2026-03-02 09:00")}
    times["2026-03-02T01:00:00Z"] = COUNTY.read("2026-03-02T01:00:00Z")
    told = [reading.at if reading else None for reading in times.values()]
    nine, midnight = when("2026-03-02 09:00"), when("2026-03-02 00:00")
    assert told == [nine, midnight, midnight, nine, nine]
    for text in ("46083", "2026-03-02"):
        reading = COUNTY.read(text, last=True)
        assert reading
        assert reading.at == when("2026-03-03 00:00") - datetime.resolution
    exact = COUNTY.read("2026-03-02 09:00", last=True)
    assert exact
    assert exact.at == nine
    # The database of zones still knows summer times in Shanghai; the county's days never had them.
    summer = COUNTY.read("1988-07-01 09:00")
    assert summer
    assert (summer.at, summer.remarks) == (when("1988-07-01 09:00"), ())


GOOD = yaml.safe_load((ROOT / "samples/import/ledger.yaml").read_text())
HEADER = (ROOT / "samples/import/ledger.csv").read_text().strip().split(",")


def test_the_samples_fit_their_tables() -> None:
    fitting(read(yaml.safe_dump(GOOD)), HEADER, procedure("transferred"))
    assert isinstance(read((ROOT / "samples/import/nyc311.yaml").read_text()), Map)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"colour": "red"}, "colour：没有这一项，请检查拼写"),
        ({"format": 2}, "format：只能是 1"),
        ({"reference": ""}, "reference：至少 1 字"),
        ({"created": {"column": "受理时间", "format": "%H:%M"}}, "created.format：“%H:%M”不是时间格式"),
        ({"created": {"column": "受理时间", "format": []}}, "created.format：至少 1 项"),
        ({"due": {"column": "办理期限", "format": "%Y-%m-%d", "zone": "Mars"}}, "due：没有名为“Mars”的时区"),
        ({"due": {"column": "办理期限", "format": "%Y-%m-%d", "zone": "../x"}}, "due：没有名为“../x”的时区"),
        ({"title": {"with": "："}}, "title：column 和 value 须写其一"),
        ({"title": {"value": "a", "column": "b"}}, "title：column 和 value 须写其一"),
        ({"title": {"column": "事项", "otherwise": "b"}}, "title：otherwise 只与 table 同用"),
        ({"closing": {}}, "closing.action：缺少此项"),
    ],
)
def test_a_map_that_says_nothing_sensible(change: dict[str, object], fault: str) -> None:
    with pytest.raises(MapFault) as caught:
        read(yaml.safe_dump({**GOOD, **change}))
    assert fault in str(caught.value)


def test_a_map_that_is_no_yaml_or_no_object() -> None:
    for text, fault in (
        ("a: [", "不是合格的 YAML"),
        ("- a", "（整个文件）：应为下一级的各项"),
        ("", "（整个文件）：应为下一级的各项"),
    ):
        with pytest.raises(MapFault) as caught:
            read(text)
        assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"reference": "单号"}, "reference：表中没有“单号”这一列（有：编号、事项"),
        ({"due": {"column": "时限", "format": "%Y-%m-%d"}}, "due.column：表中没有“时限”这一列"),
        ({"division": {"value": "1410"}}, "division：“1410”不是 12 位区划代码"),
        ({"division": {"column": "类别", "table": {"a": "b"}}}, "division：“b”不是 12 位区划代码"),
        ({"fields": {"due_at": "办理期限"}}, "fields.due_at：这一项由迁入自己填写，不能指定"),
        ({"fields": {"colour": "类别"}}, "fields.colour：表单没有这一项，或这一项不能由表格填写"),
        ({"closing": {"action": "check"}}, "closing.action：“迁入事项”没有名为“check”的办结操作"),
        ({"closing": {"action": "conclude"}}, "closing.fields：缺少必填的“办理结果”（result）"),
        ({"closing": {"action": "ended", "fields": {"x": "类别"}}}, "closing.fields.x：表单没有这一项"),
    ],
)
def test_a_map_that_does_not_fit(change: dict[str, object], fault: str) -> None:
    with pytest.raises(MapFault) as caught:
        fitting(read(yaml.safe_dump({**GOOD, **change})), HEADER, procedure("transferred"))
    assert fault in str(caught.value)


def test_a_map_for_what_takes_nothing_over_and_a_table_with_a_column_twice() -> None:
    one = read(yaml.safe_dump(GOOD))
    for rules, header, fault in (
        (procedure("hazard"), HEADER, "procedure：“隐患闭环”不接受迁入"),
        (None, HEADER, "procedure：没有名为“transferred”的办理流程"),
        (procedure("transferred"), [*HEADER, "编号"], "表中有几列都叫“编号”，分不清用哪一列"),
    ):
        with pytest.raises(MapFault) as caught:
            fitting(one, header, rules)
        assert fault in str(caught.value)
