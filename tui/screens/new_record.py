# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is this new partner, agreement, lot or request? Asked above the act that names it."""

from __future__ import annotations

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
from tui.act_bodies import Values
from tui.new_records import RECORDS
from tui.widgets.form import Form, Offered
from tui.widgets.key_bar import KeyBar
from tui.wording import N_

if TYPE_CHECKING:
    from tui.app import ParcLibreApp


@dataclass
class RecordAdded(Message):
    """The record is kept."""

    id: str


@dataclass
class RecordRefused(Message):
    """The record cannot be kept as it is."""

    error: FleetError


class NewRecordScreen(ModalScreen[str | None]):
    """Asks for a record's fields and adds it; gives its id."""

    CSS_PATH = "act.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "record", N_("Add"), key_display="F9"),
        Binding("escape", "dismiss(None)", N_("Cancel"), key_display="Esc"),
    ]

    def __init__(self, type_: str, offered: Offered) -> None:
        super().__init__()
        self.spec = RECORDS[type_]
        self.offered = offered

    def compose(self) -> ComposeResult:
        with Vertical(classes="act"):
            yield Label(_(self.spec.title), classes="heading", markup=False)
            with VerticalScroll(id="body", can_focus=False):
                yield Form(self.spec.fields, self.offered)
                yield Static("", id="said", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(_("Cancel"), id="cancel", compact=True)
                yield Button(_("Add"), id="record", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Start in the first field."""
        self.query("Field > Input, Field > Select").first().focus()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#record")
    def _recorded(self) -> None:
        self.action_record()

    def action_record(self) -> None:
        """Check what is typed, then add it."""
        form = self.query_one(Form)
        if problem := form.problem():
            row, text = problem
            row.control.focus()
            self.query_one("#said", Static).update(text)
        else:
            self._add(form.values)

    def take_scan(self, scanned: str) -> None:
        """Put a scanned reference in the field that has the focus."""
        if isinstance(self.focused, Input):
            self.focused.value = scanned

    @work(thread=True, exclusive=True, group="act")
    def _add(self, values: Values) -> None:
        try:
            added = self.spec.add(cast("ParcLibreApp", self.app).town, values)
        except FleetError as error:
            self.post_message(RecordRefused(error))
        else:
            self.post_message(RecordAdded(added))

    @on(RecordAdded)
    def _added(self, message: RecordAdded) -> None:
        self.dismiss(message.id)

    @on(RecordRefused)
    def _refused(self, message: RecordRefused) -> None:
        text = "\n".join(part for part in (message.error.message, message.error.hint) if part)
        self.query_one("#said", Static).update(text)
