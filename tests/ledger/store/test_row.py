"""The rows that an append writes fit the tables that take them."""

from dataclasses import fields
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import Table

from ledger.store.journal import Entry
from ledger.store.row import CaseRow, CommandRow, LetterRow
from ledger.store.shingle import ShingleRow
from ledger.store.table import case, command, event, letter, shingle

ROWS: list[tuple[type[Any], Table, set[str]]] = [
    (CaseRow, case, set()),
    (Entry, event, set()),
    (CommandRow, command, {"gated"}),  # says whether it goes in, and does not
    (LetterRow, letter, set()),
    (ShingleRow, shingle, set()),
]


@pytest.mark.parametrize(("row", "table", "more"), ROWS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_row_has_a_value_for_every_column_and_may_be_null_where_it_may(
    row: type[Any], table: Table, more: set[str]
) -> None:
    hints = get_type_hints(row)
    assert {field.name for field in fields(row)} - more == {column.name for column in table.c}
    nullable = {name for name, kind in hints.items() if type(None) in get_args(kind)}
    assert nullable == {column.name for column in table.c if column.nullable}
