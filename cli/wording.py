"""The words for what a case refers to: its procedure's titles, the registers' names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from application.worded import Names
from domain.days.instant import shown
from domain.rules.form import FieldType, FormField
from domain.rules.procedure import Procedure

TYPES = {
    FieldType.TEXT: "文字",
    FieldType.NUMBER: "数字",
    FieldType.BOOLEAN: "是或否",
    FieldType.CHOICE: "单选",
    FieldType.CHOICES: "多选",
    FieldType.DATE: "日期",
    FieldType.INSTANT: "时间",
    FieldType.PLACE: "地点",
    FieldType.UNIT: "承办单位编号",
    FieldType.PERSON: "人员编号",
    FieldType.EVIDENCE: "附件",
    FieldType.ITEM: "待办项",
    FieldType.CLOCK: "时限",
    FieldType.CASE: "事项编号",
    FieldType.FIELDS: "JSON 对象",
}


# What the engine itself writes beside the answers of a form.
ENGINE_FIELDS = {
    "override": "越过的规定", "case": "事项", "procedure": "办理流程", "fields": "登记内容", "reason": "理由",
    "carried_from": "转自", "division": "区划", "title": "标题", "number": "编号", "words": "说明", "levels": "层级",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """What a case of `procedure` is told in; without one, everything is called by its id."""

    procedure: Procedure | None = None
    names: Names = field(default_factory=Names)

    def action(self, action: str) -> str:
        """An action, or the opening of a case, as people call it."""
        known = self.procedure.actions.get(action) if self.procedure else None
        return known.title if known else "上报" if action == "open" else action

    def clock(self, clock: str) -> str:
        """A clock's title."""
        known = self.procedure.clocks.get(clock) if self.procedure else None
        return known.title if known else clock

    def hat(self, hat: str) -> str:
        """A hat in words, with the hat itself."""
        return f"{self.names.hat(hat)}（{hat}）"

    def fields(self, given: Mapping[str, Any], action: str | None = None) -> list[tuple[str, str]]:
        """Titles and answers of a form; `action`: the one whose form it was."""
        return [self._field(name, value, action) for name, value in given.items()]

    def _field(self, name: str, value: Any, action: str | None) -> tuple[str, str]:
        known = next((each for each in self._forms(action) if each.name == name), None)
        items = value if isinstance(value, list) else [value]
        title = known.title if known else ENGINE_FIELDS.get(name, name)
        return title, "、".join(self._answer(known, item) for item in items)

    def _forms(self, action: str | None) -> list[FormField]:
        """Every field of the procedure, those of `action` first."""
        if self.procedure is None:
            return []
        actions = sorted(self.procedure.actions.items(), key=lambda each: each[0] != action)
        taken = [field for _, each in actions for field in each.asked]
        return [*self.procedure.intake.form, *taken] if action is None else [*taken, *self.procedure.intake.form]

    def _answer(self, known: FormField | None, value: Any) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, dict):
            return "；".join(f"{title}：{said}" for title, said in self.fields(value))
        text, kind = str(value), known.type if known else None
        if known and known.options:
            return known.options.get(text, text)
        if kind is FieldType.UNIT:
            return f"{self.names.scope(text)}（{text}）"
        if kind is FieldType.INSTANT:
            return shown(datetime.fromisoformat(text))
        return f"{self.names.person(text)}（{text}）" if kind is FieldType.PERSON else text


def asked(field: Mapping[str, Any]) -> str:
    """A field of an offered form: name, title, type, whether it must be filled in, and its options."""
    need = "，必填" if field["required"] else ""
    options = "、".join(f"{code}（{title}）" for code, title in (field.get("options") or {}).items())
    kind = TYPES[FieldType(field["type"])]
    return f"{field['name']}  {field['title']}（{kind}{need}）" + (f"：{options}" if options else "")
