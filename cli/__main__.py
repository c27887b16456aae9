"""`./bihuan …`: assembles the commands. Heavy imports stay inside their functions: starts are quick."""

import typer

from cli import (
    calendar,
    case,
    division,
    holders,
    importing,
    ledger,
    procedure,
    register,
    token,
)
from cli import (
    look as reading,
)
from cli import round as rounds
from cli import (
    rule_change as rebinding,
)
from cli import (
    similar as likeness,
)
from cli.up import up

app = typer.Typer(help="闭环：隐患与信访闭环办理系统", no_args_is_help=True, add_completion=False)
app.command()(up)
app.add_typer(token.app, name="token")
case.app.command("import")(importing.import_)
case.app.command()(reading.show)
case.app.command()(reading.history)
case.app.command()(reading.replay)
case.app.command()(reading.documents)
case.app.command()(reading.similar)
app.add_typer(case.app, name="case")
app.command()(reading.board)
procedure.app.command()(rebinding.move)
procedure.app.command()(holders.holders)
app.add_typer(procedure.app, name="procedure")
app.add_typer(ledger.app, name="ledger")
app.add_typer(division.app, name="divisions")
app.add_typer(register.app, name="register")
app.add_typer(rounds.app, name="round")
app.add_typer(calendar.app, name="calendar")
app.add_typer(likeness.app, name="similar")


if __name__ == "__main__":
    app(prog_name="bihuan")
