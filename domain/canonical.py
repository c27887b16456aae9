"""Canonical JSON: the one text of a document, so that its hash names it. Other bytes would be other names."""

import json
from typing import Any


def canonical(document: Any) -> str:
    """The RFC 8785 text of a document: keys in order, no spaces, characters as they are.

    That, as long as keys are ASCII and numbers are small integers; numbers with a fraction are written as Python does,
    and keys beyond the basic plane would come in another order. Tests compare leaves with the `rfc8785` package.
    """
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
