"""What the shared verbs do beyond forms, stages and items. Every module of this folder holds one verb."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from domain.case.verbs.verb import Verb
from domain.rules.procedure import Procedure


def _verbs() -> Iterator[Verb]:
    for module in iter_modules(__path__):
        for found in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, Verb) and found.__module__.endswith(f".{module.name}"):
                yield from [found()] if found is not Verb else []


VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _verbs()}


def unknown_effects(procedure: Procedure) -> list[str]:
    """Every action that names a verb which is not there, in Chinese; [] when all are."""
    known = "、".join(sorted(VERBS))
    return [
        f"actions.{name}.effect：只能是 {known}，现为“{action.effect}”"
        for name, action in procedure.actions.items()
        if action.effect is not None and action.effect not in VERBS
    ]
