"""How names, codes and numbers are written, each with the words for whoever has written something else."""

from collections.abc import Mapping

NAME = r"^[a-z][a-z0-9_]{0,39}$"
PREFIX = r"^[A-Z]{2,4}$"
HOUR = r"^([01]\d|2[0-3]):[0-5]\d$"
CODE = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"
PHONE = r"^[0-9+-]{1,20}$"
DIVISION = r"^[0-9]{12}$"
GRID = r"^([0-9]{12})([A-F])[0-9]{3}$"

WORDS: Mapping[str, str] = {
    NAME: "1 至 40 个小写字母、数字或 _，以小写字母开头",
    PREFIX: "2 至 4 个大写字母",
    HOUR: "时:分，如 08:30",
    CODE: "1 至 40 个字母、数字、-、_ 或 .，以字母或数字开头，如 P-0001",
    PHONE: "1 至 20 位数字、+ 或 -",
    DIVISION: "12 位数字的区划代码，如 141025101000",
    GRID: "12 位区划代码加一个字母 A 至 F 和三位数字，如 141025101200B001",
}
