"""A file that is no YAML is told with line and column, in Chinese."""

import pytest

from calendars.file import FileFault, parsed


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a:\n\tb: 1\n", "第 2 行第 1 个字：不是合格的 YAML，缩进请用空格"),
        ("a: 1\nb: c: d\n", "第 2 行第 5 个字：不是合格的 YAML，一行里有两个冒号"),
        ("a: 1\na: 2\n", "第 2 行第 1 个字：不是合格的 YAML，“a”写了两次"),
        ("a: [1, 2\nb: 3\n", "括号没有成对，或缺少逗号"),
        ('a: "b\n', "引号没有成对"),
        ("a: 2026-13-01\n", "有不存在的日期"),
        ("标题: 甲".encode("gb18030"), "不是 UTF-8 文本，请用 UTF-8 编码另存"),
        ("a: [" * 3000, "层次太深"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str | bytes, told: str) -> None:
    with pytest.raises(FileFault) as caught:
        parsed(text)
    assert told in str(caught.value)
