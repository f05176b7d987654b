# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How shall this be recorded? The form of one act, its guards asked while it is filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.output.words import event_name
from fleet.services.acts import ActReport
from tui import act_plans
from tui.act_bodies import Values
from tui.act_choices import Choice
from tui.act_plans import Plan
from tui.acts import ActSpec, FieldSpec, carry_out
from tui.new_records import RECORDS
from tui.screens.confirm import ConfirmScreen
from tui.screens.new_record import NewRecordScreen
from tui.screens.questions import Reading
from tui.widgets.form import Form, Offered
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

if TYPE_CHECKING:
    from tui.app import ParcLibreApp


@dataclass
class FormOffered(Message):
    """What the fields offer was read."""

    offered: Offered


@dataclass
class NewOffered(Message):
    """What the form of a record that a field lacks offers was read."""

    field: FieldSpec
    offered: Offered


@dataclass
class NewKept(Message):
    """A record was added for a field, which offers it now."""

    field: FieldSpec
    choices: list[Choice]
    record: str


@dataclass
class GuardsAsked(Message):
    """The guards answered on what the form holds."""

    reasons: tuple[str, ...]
    about: tuple[str, ...]


@dataclass
class Planned(Message):
    """What the act would do is known."""

    plan: Plan
    values: Values


@dataclass
class CarriedOut(Message):
    """The act is done."""

    report: ActReport
    lines: list[str]


@dataclass
class Failed(Message):
    """The act could not be done at all."""

    error: FleetError


class ActScreen(ModalScreen[ActReport | None]):
    """Asks for an act's fields, says what stands in its way, and carries it out."""

    CSS_PATH = "act.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "record", N_("Record"), key_display="F9"),
        Binding("escape", "dismiss(None)", N_("Cancel"), key_display="Esc"),
    ]

    def __init__(self, spec: ActSpec, tags: Sequence[str]) -> None:
        super().__init__()
        self.spec = spec
        self.tags = tuple(tags)

    @property
    def console(self) -> ParcLibreApp:
        """The application, with its own type."""
        return cast("ParcLibreApp", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(classes="act"):
            about = f"{_(self.spec.title)} - {act_plans.tags_line(self.tags)}"
            yield Label(about, classes="heading", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                yield Vertical(id="place-of-form")
                yield Static("", id="said", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Cancel"), id="cancel", compact=True)
                yield Button(_("Record"), id="record", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read what the fields offer."""
        self._offer()

    @work(thread=True, group="offer")
    def _offer(self) -> None:
        try:
            found = act_plans.offered(self.spec.fields, self.console.town, self.tags)
        except FleetError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(FormOffered(found))

    @on(FormOffered)
    async def _show_form(self, message: FormOffered) -> None:
        form = Form(self.spec.fields, message.offered)
        await self.query_one("#place-of-form").mount(form)
        first = self.query("Field > Input, Field > Select, Field > ResultSheet")
        (first.first() if first else self.query_one("#record")).focus()
        self._ask(form.values)

    @on(Form.Changed)
    def _changed(self) -> None:
        self._ask(self.query_one(Form).values)

    @on(Form.NewAsked)
    def _ask_new(self, message: Form.NewAsked) -> None:
        self._offer_new(message.field)

    @work(thread=True, group="offer")
    def _offer_new(self, field: FieldSpec) -> None:
        found = act_plans.offered(RECORDS[field.new].fields, self.console.town, self.tags)
        self.post_message(NewOffered(field, found))

    @on(NewOffered)
    def _open_new(self, message: NewOffered) -> None:
        field = message.field

        def added(record: str | None) -> None:
            if record is not None:
                self._offer_again(field, record)

        self.app.push_screen(NewRecordScreen(field.new, message.offered), added)

    @work(thread=True, group="offer")
    def _offer_again(self, field: FieldSpec, record: str) -> None:
        self.post_message(NewKept(field, field.choices(self.console.town, self.tags), record))

    @on(NewKept)
    def _choose_new(self, message: NewKept) -> None:
        self.query_one(Form).choose(message.field.name, message.choices, message.record)

    @work(thread=True, exclusive=True, group="ask")
    def _ask(self, values: Values) -> None:
        if len(self.tags) != 1:
            return
        try:
            found = act_plans.reasons(self.spec, self.console.town, self.tags[0], values)
            about = act_plans.about(self.spec, self.console.town)
        except FleetError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(GuardsAsked(found, about))

    @on(GuardsAsked)
    def _show_reasons(self, message: GuardsAsked) -> None:
        if message.reasons:
            self._say(_("Refused as it stands:"), message.reasons)
        elif message.about:
            self._say(_("This is taken back:"), message.about)
        else:
            self._say(_("Possible.") if self.spec.transition else "")

    def _say(self, text: str, reasons: Sequence[str] = ()) -> None:
        lines = [text, *(f"- {reason}" for reason in reasons)]
        self.query_one("#said", Static).update("\n".join(lines))

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#record")
    def _recorded(self) -> None:
        self.action_record()

    def action_record(self) -> None:
        """Check what is typed, then plan."""
        forms = self.query(Form)
        if not forms:
            return
        if problem := forms.first().problem():
            row, text = problem
            row.control.focus()
            self._say(text)
            return
        self._plan(forms.first().values)

    def take_scan(self, scanned: str) -> None:
        """Put a scanned slip or serial number in the field that has the focus."""
        if isinstance(self.focused, Input):
            self.focused.value = scanned

    @work(thread=True, exclusive=True, group="act")
    def _plan(self, values: Values) -> None:
        try:
            found = act_plans.plan(self.spec, self.console.town, self.tags, values)
        except FleetError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(Planned(found, values))

    @on(Planned)
    def _confirm(self, message: Planned) -> None:
        if message.plan.refused:
            self._say(_("Refused, nothing was recorded:"), message.plan.refused)
        elif self.spec.danger or len(self.tags) > 1:
            heading = _(self.spec.title)
            question = ConfirmScreen(heading, message.plan.lines, self.tags)

            def answered(confirmed: bool | None) -> None:
                if confirmed:
                    self._carry_out(message.values)

            self.app.push_screen(question, answered)
        else:
            self._carry_out(message.values)

    @work(thread=True, exclusive=True, group="act")
    def _carry_out(self, values: Values) -> None:
        town = self.console.town
        try:
            report = carry_out(self.spec, town, self.tags, values)
        except FleetError as error:
            self.post_message(Failed(error))
        else:
            self.post_message(CarriedOut(report, act_plans.result_lines(report, town)))

    @on(Failed)
    def _show_failure(self, message: Failed) -> None:
        self._say(message.error.message, [message.error.hint] if message.error.hint else [])

    @on(CarriedOut)
    def _show_result(self, message: CarriedOut) -> None:
        self.console.look()
        if message.report.refused:
            self._show_refusals(message)
            return
        done = event_name(self.spec.kind)
        said = self.tags[0] if len(self.tags) == 1 else message.lines[0]
        self.notify(_("{label}: {value}").format(label=said, value=done), markup=False)
        self.dismiss(message.report)

    def _show_refusals(self, message: CarriedOut) -> None:
        def read(_nothing: None) -> None:
            self.dismiss(message.report)

        self.app.push_screen(Reading(_(self.spec.title), message.lines), read)
