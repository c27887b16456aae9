"""What every shape is."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from domain.days.instant import rfc3339

# An instant goes out as the house shows every instant: RFC 3339, +08:00.
Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Shape(BaseModel):
    """A part of an answer. A key that is not named is a mistake; what was not set is left out, which null is not."""

    model_config = ConfigDict(extra="forbid")
