"""The official days by year, one YAML file each, and their loader."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from domain.calendar import Calendar, YearDocument
from domain.misfit import told

DIRECTORY = Path(__file__).parent


class Loader(yaml.SafeLoader):
    """YAML in which only true and false are truth values, so that `off` is a key; a key given twice is an error."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (the base class declares it so)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"“{key}”写了两次")
        return super().construct_mapping(node, deep)


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


class BrokenFileError(ValueError):
    """A calendar file that cannot be used; its text, in Chinese, names the file and what is wrong."""


def load(directory: Path = DIRECTORY) -> Calendar:
    """The calendar of all `*.yaml` in `directory`. Raises BrokenFileError if one is bad or none is there."""
    paths = sorted(directory.glob("*.yaml"))
    if not paths:  # a mistyped directory must not quietly make every date provisional
        raise BrokenFileError(f"目录 {directory} 里没有日历文件")
    return Calendar(read(path) for path in paths)


def read(path: Path) -> YearDocument:
    """The year document in the file `path`, which is named after its year. Raises BrokenFileError."""
    try:
        document = YearDocument.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader))  # noqa: S506 - a safe loader, made stricter
    except ValidationError as error:
        raise BrokenFileError(f"日历文件 {path.name} 有误：{told(error.errors())}") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise BrokenFileError(f"日历文件 {path.name} 不是有效的 YAML：{error}") from error
    if path.stem != str(document.year):
        raise BrokenFileError(f"日历文件 {path.name} 有误：文件名与年份 {document.year} 不符")
    return document
