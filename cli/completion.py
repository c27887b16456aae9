"""`bihuan completion`: the shell's completion of commands and options."""

from enum import StrEnum
from typing import Annotated

import typer


class Shell(StrEnum):
    """The shells that it is written for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, typer.Argument(help="bash、zsh 或 fish")]) -> None:
    """打印命令补全脚本：source <(./bihuan completion bash)。"""
    from typer._completion_shared import get_completion_script

    typer.echo(get_completion_script(prog_name="bihuan", complete_var="_BIHUAN_COMPLETE", shell=shell))
    if shell is Shell.BASH:
        typer.echo("complete -o default -F _bihuan_completion ./bihuan")
