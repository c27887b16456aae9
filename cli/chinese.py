"""The command line's framework in Chinese: headings, usage, hints and errors of typer, which are English.

typer translates only some of its words through gettext, and by the machine's language; what people read here is Chinese
on every machine. A test walks every help page and the usual mistakes for a word that is left.
"""

import re
from collections.abc import Callable
from typing import Any

from typer import _coercion, _param_types, core, rich_utils
from typer._click import core as click_core
from typer._click import exceptions, formatting

from domain.misreading import words

PANELS = {
    "DEPRECATED_STRING": "（不再使用）",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "错误",
    "ABORTED_TEXT": "已中断。",
    "RICH_HELP": "用法说明：[blue]{command_path} {help_option}[/]",
}
SENTENCES = {
    "(dynamic)": "（自动）", "default: {default}": "默认：{default}", "required": "必填",
    "env var: {var}": "环境变量：{var}",
    "Arguments": "参数", "Options": "选项", "Commands": "命令",
    "Aborted!": "已中断。", "Missing command.": "请写明命令。",
    "No such command {name!r}.": "没有“{name}”这个命令。",
}  # fmt: skip
# What is put together before anybody could translate it: from the whole sentence to its parts.
ERRORS = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"Invalid value for (.+?) \(env var: '(\w+)'\): (.*)", r"\1（环境变量 \2）的值不对：\3"),
        (r"Invalid value for (.+?): (.*)", r"\1 的值不对：\2"),
        (r"Invalid value: (.*)", r"值不对：\1"),
        (r"Missing (?:argument|option|parameter)\s*(.*?)\.(?: (.*))?", r"缺少 \1。\2"),
        (r"No such option: (\S+)(?: \(Possible options: (.*)\))?", r"没有 \1 这个选项。"),
        (r"No such command '(.*?)'\.(.*)", r"没有“\1”这个命令。\2"),
        (r"Option '(.*?)' requires an argument\.", r"选项 \1 之后应写明它的值。"),
        (r"Option '(.*?)' requires (\d+) arguments\.", r"选项 \1 之后应写明 \2 个值。"),
        (r"Option '(.*?)' does not take a value\.", r"选项 \1 不带值。"),
        (r"Argument '(.*?)' takes (\d+) values\.", r"参数 \1 应写 \2 个值。"),
        (r"Got unexpected extra argument\(?s?\)? \((.*)\)", r"多出了参数：\1"),
        (r"(.*?) is not one of (.*?)\.?", r"\1 不在可选之列（可选：\2）"),
        (r"Value (.*) is not a valid (\w+)\.", r"\1 不是合适的值。"),
    )
)
CHOICES = re.compile(r"Choose from:\n\t(.*)", re.DOTALL)
SUGGESTED = re.compile(r" ?Did you mean (.*)\?", re.DOTALL)
TYPES = {
    "<str>": "<文字>",
    "<int>": "<整数>",
    "<int range>": "<整数>",
    "<float>": "<数>",
    "<path>": "<路径>",
    "<bool>": "",
    "<list[str]>": "<文字>…",
}
USAGE = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}


def sentence(english: str) -> str:
    """A sentence of the framework in Chinese; what is none of its sentences stays."""
    chinese = english
    for pattern, said in ERRORS:
        if found := pattern.fullmatch(english):
            said_of, colon, reason = found.expand(said).strip().replace("'", "").partition("：")
            chinese = said_of + colon + (sentence(reason) if reason else "")
            break
    chinese = CHOICES.sub(lambda found: "可选：" + re.sub(r",\s*", "、", found[1]), chinese)
    return SUGGESTED.sub(r"是不是 \1？", chinese)


def speak() -> None:
    """From now on in this process. Doing it again changes nothing."""
    if PANELS["OPTIONS_PANEL_TITLE"] == rich_utils.OPTIONS_PANEL_TITLE:
        return
    for name, said in PANELS.items():
        setattr(rich_utils, name, said)
    vars(core)["_"] = lambda english: SENTENCES.get(english, english)
    for module in (_coercion, _param_types):
        module.get_error_msg = lambda error: words(error.errors()[0])  # type: ignore[attr-defined]
    for kind in (exceptions.ClickException, exceptions.UsageError, exceptions.BadParameter,
                 exceptions.MissingParameter, exceptions.NoSuchOption):  # fmt: skip
        if "format_message" in vars(kind) or kind is exceptions.UsageError:
            setattr(kind, "format_message", _translated(kind.format_message))  # noqa: B010 - its own type says otherwise
    formatting.HelpFormatter.write_usage = _usage(formatting.HelpFormatter.write_usage)  # type: ignore[method-assign]
    click_core.Command.get_help_option = _helped(click_core.Command.get_help_option)  # type: ignore[method-assign]
    for kind_ in (core.TyperArgument, core.TyperOption):
        kind_.display_type_rich = _typed(kind_.display_type_rich)  # type: ignore[method-assign]


def _translated(english: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda error: sentence(english(error))


def _usage(write: Callable[..., None]) -> Callable[..., None]:
    def chinese(self: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        for english, said in USAGE.items():
            args = args.replace(english, said)
        write(self, prog, args, prefix or "用法：")

    return chinese


def _helped(option: Callable[..., Any]) -> Callable[..., Any]:
    def chinese(self: Any, ctx: Any) -> Any:
        found = option(self, ctx)
        if found is not None:
            found.help = "显示本说明"
        return found

    return chinese


def _typed(display: Callable[..., str | None]) -> Callable[..., str | None]:
    def chinese(self: Any, ctx: Any) -> str | None:
        shown = display(self, ctx)
        return TYPES.get(shown, shown) if shown else shown

    return chinese
