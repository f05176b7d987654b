# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyboard drawn key by key; each one is marked once it was pressed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Label, Static
from textual.worker import get_current_worker

from fleet.i18n import _
from fleet.model.keyboards import Keyboard
from fleet.services.keyboards import keyboard_for
from reconditioning.checks_base import Places
from reconditioning.checks_keys import input_devices, watch_input
from tui.wording import N_

# Nobody types any more: the keyboards are given back.
IDLE_S = 6.0
# What a terminal calls keys whose label is another word.
_NAMES = {
    "escape": "Échap", "tab": "Tab", "enter": "Entrée", "backspace": "Effacer", "delete": "Suppr",
    "insert": "Inser", "home": "Début", "end": "Fin", "pageup": "PgHaut", "pagedown": "PgBas",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "space": "Espace",
}  # fmt: skip


class KeysScreen(ModalScreen[tuple[str, ...]]):
    """Lights every key that is pressed; closes with the labels of those that were not.

    The kernel's own events are used where they can be read, then nothing is pressed for a while
    to end. Elsewhere the terminal's keys are used, and pressing Escape twice ends.
    """

    CSS_PATH = "bench.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+e", "done", N_("End"), show=False),
    ]

    def __init__(self, kind: str, places: Places | None = None) -> None:
        super().__init__()
        self.keyboard: Keyboard = keyboard_for(kind)
        self.places = places or Places()
        self.seen: set[int] = set()
        self.last = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="asked"):
            yield Label(_("Press every key, one after the other"), classes="heading", markup=False)
            yield Static(id="keyboard", markup=False)
            yield Static(
                _("To end: wait six seconds without pressing any, or press Escape twice."),
                markup=False,
            )

    def on_mount(self) -> None:
        """Read the kernel's events, where this user may."""
        self._draw()
        devices = input_devices(self.places, "kbd")
        if devices:
            self.run_worker(lambda: self._follow(devices), thread=True, group="keys")

    def _follow(self, devices: Iterable[object]) -> None:
        worker = get_current_worker()
        paths = input_devices(self.places, "kbd")
        heard = False
        for event in watch_input(
            paths, cancelled=lambda: worker.is_cancelled, grab=True, idle_s=IDLE_S
        ):
            heard = True
            self.app.call_from_thread(self._pressed, event.keys)
        if heard:
            self.app.call_from_thread(self.action_done)

    def _pressed(self, codes: Iterable[int]) -> None:
        self.seen.update(codes)
        self._draw()
        if not self.keyboard.missing(self.seen):
            self.action_done()

    def on_key(self, event: Key) -> None:
        """Take the terminal's word for a key."""
        event.stop()
        event.prevent_default()
        twice = event.key == "escape" == self.last
        self.last = event.key
        self._pressed(self._codes(event))
        if twice:
            self.action_done()

    def _codes(self, event: Key) -> list[int]:
        wanted = {
            _NAMES.get(event.key, event.key).casefold(),
            (event.character or "").casefold(),
        }
        return [key.code for key in self.keyboard.keys if key.label.casefold() in wanted]

    def _draw(self) -> None:
        drawn = Text()
        for row in self.keyboard.rows:
            for key in row:
                lit = key.code in self.seen
                drawn.append(f"[{key.label}]" if lit else f" {key.label} ",
                             style="bold reverse" if lit else "")  # fmt: skip
            drawn.append("\n")
        self.query_one("#keyboard", Static).update(drawn)

    def action_done(self) -> None:
        """Close with what is missing."""
        if self.is_current:
            self.dismiss(tuple(key.label for key in self.keyboard.missing(self.seen)))
