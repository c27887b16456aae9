"""Writing the shared verbs out: a procedure file and what every procedure shares, made into one whole document."""

from collections.abc import Mapping
from typing import Any

RawProcedure = dict[str, Any]

MERGED = ("clocks", "items", "ladders", "documents")
SHELVING = "shelving"


def resolved(document: Any, shared: Mapping[str, Any]) -> Any:
    """`document` with the verbs, and the items, clocks, ladders and documents that those need, written out.

    What the file says of them itself goes before. Whatever is no procedure at all is left for `read` to refuse.
    """
    if not isinstance(document, dict) or not all(isinstance(document.get(k, {}), dict) for k in (*MERGED, "verbs")):
        return document
    if not all(isinstance(document.get(k), dict) for k in ("stages", "actions", "clocks")):
        return document
    whole = {key: value for key, value in document.items() if key != "verbs"}
    whole["actions"] = {**document["actions"], **_verbs(document, shared)}
    for part in MERGED:
        given = document.get(part, {})
        whole[part] = {**given, **{name: _over(rule, given.get(name)) for name, rule in shared.get(part, {}).items()}}
    whole.setdefault("repeated", shared.get("repeated"))
    if isinstance(whole.get("intake"), dict):
        whole["intake"] = {**shared.get("intake", {}), **whole["intake"]}
    return _pruned(whole, document)


def _verbs(document: RawProcedure, shared: Mapping[str, Any]) -> RawProcedure:
    given = document.get("verbs", {})
    stages = [name for name, stage in document["stages"].items() if isinstance(stage, dict) and not stage.get("closed")]
    grounds = _grounds(document)
    verbs = {}
    for name, template in shared["actions"].items():
        wanted = given.get(name, None if template.get("optional") else {})
        if wanted is None or name in document["actions"] or (name in ("pause", "resume") and not grounds):
            continue
        verb = {**template, **wanted, "verb": True} if isinstance(wanted, dict) else {"title": wanted}
        verb.pop("optional", None)
        if verb.get("from") == "open":
            verb["from"] = stages
        if name == "pause":
            options = {code: title for code, title in grounds.items() if code != SHELVING}
            verb["form"] = [{**f, "options": options} if f.get("options") == "grounds" else f for f in verb["form"]]
            if not options:
                continue
        verbs[name] = verb
    unknown: RawProcedure = {
        name: {} for name in given if name not in shared["actions"]
    }  # `read` names what is missing
    return {**verbs, **unknown}


def _grounds(document: RawProcedure) -> dict[str, str]:
    """Every ground on which some clock of the procedure may be paused."""
    rules = [rule for rule in document["clocks"].values() if isinstance(rule, dict)]
    return {
        code: title for rule in rules if isinstance(rule.get("pauses"), dict) for code, title in rule["pauses"].items()
    }


def _over(rule: Any, given: Any) -> Any:
    if given is None:
        return rule
    return {**rule, **given} if isinstance(rule, dict) and isinstance(given, dict) else given


def _pruned(whole: RawProcedure, document: RawProcedure) -> RawProcedure:
    """Without shared parts that nothing of this procedure uses: its hash must not change when those do."""
    actions = [action for action in whole["actions"].values() if isinstance(action, dict)]
    opened = {action.get("opens") for action in actions}
    if any(action.get("effect") == "merge" for action in actions):
        opened.add("source")
    issuing = [*actions, whole["intake"]] if isinstance(whole.get("intake"), dict) else actions
    keep: dict[str, set[Any]] = {"items": opened, "documents": {d for a in issuing for d in a.get("issues") or ()}}
    items = [item for name, item in whole["items"].items() if name in opened and isinstance(item, dict)]
    keep["clocks"] = {item.get("clock") for item in items} | {"hold"}
    clocks = [c for n, c in whole["clocks"].items() if n in keep["clocks"] or n in document["clocks"]]
    keep["ladders"] = {clock.get("ladder") for clock in clocks if isinstance(clock, dict)}
    for part in MERGED:
        own = document.get(part, {})
        whole[part] = {name: rule for name, rule in whole[part].items() if name in own or name in keep[part]}
    return whole
