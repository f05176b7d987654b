# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the side paths share: a form on a whole screen, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, Static

from fleet.errors import FleetError
from fleet.i18n import _
from tui.acts import FieldSpec
from tui.bench.base import BenchScreen, main_row
from tui.widgets.form import Form, Offered
from tui.wording import N_


class FormScreen(BenchScreen):
    """A form; a subclass gives its fields and takes the values."""

    HEADING: ClassVar[str] = ""
    FIELDS: ClassVar[Sequence[FieldSpec]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "record", N_("Record"), key_display="F9"),
        Binding("escape", "back", N_("Back"), key_display="Esc"),
    ]

    def contents(self) -> ComposeResult:
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield Form(self.FIELDS, self.offered())
        yield Static("", id="told", markup=False)
        yield main_row(_("Record"))

    def offered(self) -> Offered:
        """Return the choices of the fields that have some."""
        return {}

    def job_failed(self, error: FleetError) -> None:
        """Say why it was refused, beside the form."""
        self.say("told", f"{error.message} {error.hint}".strip())

    @on(Button.Pressed, "#next")
    def action_record(self) -> None:
        """Take the values once they are right."""
        form = self.query_one(Form)
        if (problem := form.problem()) is not None:
            self.say("told", problem[1])
        else:
            self.filled(form.values)

    def filled(self, values: dict[str, str]) -> None:
        """Take the values."""

    def action_back(self) -> None:
        """Go back to the first choice."""
        self.bench.next_machine()
