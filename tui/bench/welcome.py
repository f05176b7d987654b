# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who works? A place of the workshop, never a person's name: the key leaves the building."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fleet.i18n import _
from tui.bench.base import ChoiceScreen
from tui.wording import N_

PLACES = 6


class WelcomeScreen(ChoiceScreen):
    """Chosen once per session; everything recorded bears it."""

    PURPOSE = N_("Say at which table you work. Your name is never kept on the key.")

    def contents(self) -> ComposeResult:
        yield Static(_("Welcome to the workshop. At which table do you work?"), classes="heading",
                     markup=False)  # fmt: skip
        options = [Option(table_name(n), id=str(n)) for n in range(1, PLACES + 1)]
        yield OptionList(*options, id="tables", markup=False)
        note = _(
            "Everything recorded bears this table, never a name: the key leaves the building. "
            "Keep on paper who sat where, if you need it."
        )
        yield Static(f"\n{note}", classes="note", markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, message: OptionList.OptionSelected) -> None:
        name = f"Atelier {message.option_id}"
        message.option_list.disabled = True
        self.bench.perform(lambda: self.town.acting_as(name), self.bench.operator_known)


def table_name(number: int) -> str:
    """Return a table's name on the screen."""
    return _("Table {n}").format(n=number)
