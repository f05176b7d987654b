# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can I press here, and what is this step for?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from fleet.i18n import _
from reconditioning.session import STAGES
from tui.bench.wording import stage_name
from tui.widgets.key_bar import KeyBar
from tui.wording import N_, key_name

_KEY_WIDTH = 14


class BenchHelp(ModalScreen[None]):
    """The keys of the screen below, and of every step."""

    CSS_PATH = "bench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,enter", "dismiss(None)", N_("Close"), key_display="Esc"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="asked"):
            yield Label(_("Help"), classes="heading", markup=False)
            with VerticalScroll():
                yield Static("\n".join(self._lines()), markup=False)
        yield KeyBar()

    def _lines(self) -> Iterator[str]:
        below = self.app.screen_stack[-2]
        if purpose := getattr(below, "PURPOSE", ""):
            yield _(purpose)
            yield ""
        yield _("On this screen")
        for key, active in below.active_bindings.items():
            binding = active.binding
            if binding.show and binding.description:
                yield _line(binding.key_display or key_name(key), _(binding.description))
        yield ""
        yield _("Everywhere")
        for number, stage in enumerate(STAGES, start=2):
            yield _line(f"F{number}", stage_name(stage))
        yield _line("F1", _("This help"))
        yield _line(_("Tab, arrows"), _("From one part of the screen to the other"))
        yield _line("Ctrl+Q", _("Leave the wizard"))


def _line(key: str, words: str) -> str:
    return f"  {key.ljust(_KEY_WIDTH)}{words}"
