# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A form: one labelled field under the other, its values as text by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Select

from fleet.i18n import _
from fleet.model.dates import iso_day
from tui.acts import FieldSpec
from tui.widgets.result_sheet import ResultSheet

Offered = Mapping[str, Sequence[tuple[str, str]]]
NEW = "+"
LONGEST_NUMBER = 6


class Field(Horizontal):
    """A label and its control."""

    DEFAULT_CSS = """
    Field { height: auto; }
    Field > Label { width: 20; }
    Field > Input, Field > Select { width: 1fr; }
    """

    def __init__(self, spec: FieldSpec, offered: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.spec = spec
        self.control = _control(spec, offered)

    def compose(self) -> ComposeResult:
        star = " *" if self.spec.required else ""
        yield Label(_(self.spec.label) + star, markup=False)
        yield self.control

    def on_descendant_focus(self) -> None:
        """Show where the focus is."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """Show that the focus is elsewhere."""
        self.remove_class("-here")

    @property
    def value(self) -> str:
        """What is in it, as it is recorded; a date that is none stays as it was typed."""
        control = self.control
        if isinstance(control, ResultSheet):
            return control.value
        if isinstance(control, Select):
            return control.value if isinstance(control.value, str) else ""
        typed = control.value.strip() if isinstance(control, Input) else ""
        return (iso_day(typed) or typed) if self.spec.type == "date" else typed

    @property
    def wrong(self) -> str:
        """Why what was typed is no value of its type; empty when it is one."""
        kind, value = self.spec.type, self.value
        if kind == "date" and value and iso_day(value) is None:
            text = _("{text} is not a date; write 2026-03-31 or 31/03/2026")
            return text.format(text=value)
        if kind == "number" and value and not (value.isascii() and value.isdigit()):
            return _("« {field} » is not a number.").format(field=_(self.spec.label))
        return ""


class Form(Vertical):
    """The fields of an act. Enter in a text goes to the next field."""

    DEFAULT_CSS = "Form { height: auto; }"

    @dataclass
    class Changed(Message):
        """A value is another one."""

    @dataclass
    class NewAsked(Message):
        """A record that is not in the list is to be added."""

        field: FieldSpec

    def __init__(self, fields: Sequence[FieldSpec], offered: Offered) -> None:
        super().__init__()
        self.fields = tuple(fields)
        self.offered = offered

    def compose(self) -> ComposeResult:
        for field in self.fields:
            yield Field(field, self.offered.get(field.name, ()))

    @property
    def values(self) -> dict[str, str]:
        """What every field holds; nothing where it is no value."""
        return {row.spec.name: "" if row.wrong else row.value for row in self.query(Field)}

    def problem(self) -> tuple[Field, str] | None:
        """Return the first field that is missing or wrong, and why."""
        return next(self._problems(), None)

    def _problems(self) -> Iterator[tuple[Field, str]]:
        values = self.values
        for row in self.query(Field):
            spec = row.spec
            if row.wrong:
                yield row, row.wrong
            elif spec.required and not row.value and values.get(spec.unless) != "true":
                yield row, _("« {field} » is missing.").format(field=_(spec.label))

    def choose(self, name: str, offered: Sequence[tuple[str, str]], value: str) -> None:
        """Offer other choices in a field, and choose one."""
        row = next(row for row in self.query(Field) if row.spec.name == name)
        if isinstance(row.control, Select):
            row.control.set_options(_options(row.spec, offered))
            row.control.value = value

    @on(Input.Submitted)
    def _next(self, message: Input.Submitted) -> None:
        message.stop()
        self.screen.focus_next()

    @on(Input.Changed)
    @on(ResultSheet.Changed)
    def _typed(self, message: Message) -> None:
        message.stop()
        self.post_message(self.Changed())

    @on(Select.Changed)
    def _chosen(self, message: Select.Changed) -> None:
        message.stop()
        row = message.select.parent
        if message.value == NEW and isinstance(row, Field):
            message.select.clear()
            self.post_message(self.NewAsked(row.spec))
        else:
            for sheet in self.query(ResultSheet):
                sheet.ask(self.values.get("profile", ""))
            self.post_message(self.Changed())


def _control(spec: FieldSpec, offered: Sequence[tuple[str, str]]) -> Widget:
    match spec.type:
        case "choice":
            first = offered[0][0] if spec.preset and offered else Select.NULL
            return Select(
                _options(spec, offered), prompt=_(spec.hint) if spec.hint else _("Choose"),
                value=first, compact=True,
            )  # fmt: skip
        case "yes_no":
            return Select(
                [(_("No"), "false"), (_("Yes"), "true")], allow_blank=False, value="false",
                compact=True,
            )  # fmt: skip
        case "tests":
            return ResultSheet({test: profiles.split() for test, profiles in offered})
        case _:
            longest = LONGEST_NUMBER if spec.type == "number" else 0
            hint = _(spec.hint) if spec.hint else ""
            return Input(placeholder=hint, max_length=longest, compact=True)


def _options(spec: FieldSpec, offered: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    options = [(words, value) for value, words in offered]
    return [*options, (_("Add another…"), NEW)] if spec.new else options
