"""The group of all commands: nothing that nobody expected shows its inside to whoever typed a command."""

import errno
from typing import Any

import typer
from typer import core, exceptions

from cli.exit_code import ExitCode
from cli.session import DEBUG, failure, trace

ALWAYS_MEANT = (typer.Exit, typer.Abort, exceptions.TyperException, EOFError)
WORDS = f"系统内部出错，命令没有办完；请以 {DEBUG}=1 再执行一次，把显示的内容交给维护人员"


class Root(core.TyperGroup):
    """Ends with one sentence whatever breaks below it; with where it broke only for whoever asks for it."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ALWAYS_MEANT:
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:  # whoever reads has had enough
                raise
            trace(error)
            raise failure(WORDS, ExitCode.BROKEN) from None
