"""What every route may ask for: the house that this application was opened with."""

from typing import Annotated

from fastapi import Depends, Request

from application.house import House


def house(request: Request) -> House:
    """The house."""
    found: House = request.app.state.house
    return found


TheHouse = Annotated[House, Depends(house)]
