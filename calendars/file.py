"""Files that people write in YAML: read strictly, and told in Chinese with line and column where they are broken."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

# What PyYAML finds → what to look for. The first that is in its words is told.
HINTS: Mapping[str, str] = {
    "写了两次": "{problem}",
    "\\t": "缩进请用空格，不用制表符（Tab）",
    "mapping values are not allowed": "一行里有两个冒号，或与上一行没有对齐；含冒号的文字请加引号",
    "could not find expected ':'": "缺少冒号，或冒号后没有空格",
    "block end": "与上文没有对齐，请检查缩进",
    "expected ','": "括号没有成对，或缺少逗号",
    "node content": "括号没有成对，或缺少逗号",
    "end of stream": "引号没有成对",
    "special characters": "含有不可用的控制字符",
}
OTHERWISE = "请检查缩进、冒号后的空格和引号"


class FileFault(ValueError):
    """Text that cannot be read at all, in Chinese."""


class Loader(yaml.SafeLoader):
    """YAML in which only true and false are truth values, so that `off` is a key; a key given twice is an error."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (the base class declares it so)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                last = [each for each, _ in node.value if each.value == key.value][-1]
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}”写了两次", last.start_mark)
        return super().construct_mapping(node, deep)


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def parsed(data: str | bytes) -> Any:
    """What a file says. Raises FileFault."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        return yaml.load(text, Loader)  # noqa: S506 - a safe loader, made stricter
    except UnicodeDecodeError:
        raise FileFault("不是 UTF-8 文本，请用 UTF-8 编码另存") from None
    except RecursionError:
        raise FileFault("层次太深") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"第 {mark.line + 1} 行第 {mark.column + 1} 个字：" if mark else ""
        raise FileFault(f"{place}不是合格的 YAML，{_hint(error.problem or '')}") from None
    except yaml.YAMLError as error:
        raise FileFault(f"不是合格的 YAML，{_hint(str(error))}") from None
    except ValueError:  # 2026-13-01 looks like a date and is none
        raise FileFault("不是合格的 YAML，有不存在的日期或时间") from None


def _hint(problem: str) -> str:
    return next((hint for found, hint in HINTS.items() if found in problem), OTHERWISE).format(problem=problem)
