# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet console's shell: opens the town, goes from place to place, notices changes.

How a screen plugs in:

- A *place* is a ``TownScreen`` listed in ``tui.places.PLACES`` (name, function key, title); its
  class is ``tui.screens.<name>.<Name>Screen``, loaded at the first visit, kept afterwards.
- ``self.town`` on a screen is the open installation; ``self.console`` is this application.
- ``reload()`` of the visible screen is called when the screen is shown and when any process wrote.
- ``console.go(name)`` opens a place, ``console.open_machine(tag)`` a machine above it.
- Expected failures of a worker go to ``console.show_error``, from any thread.
- Keys: F1 help, F2 to F7 and F12 places, Escape back, Ctrl+P palette, Ctrl+T dark or light,
  Ctrl+Q quit.
  **Letters, digits and Enter after them are never commands**: a barcode reader types them.
- Descriptions of bindings are marked with ``tui.wording.N_`` and translated by the key bar.
- A screen with ``take_scan(scanned)`` gets scanned tags; elsewhere a scan opens its machine.
- ``-plain`` is a class of the application (``App.-plain`` in style sheets): no box drawing.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.events import Key
from textual.reactive import reactive

from fleet.errors import FleetError
from fleet.i18n import _, current_language, set_language
from fleet.services import browse, stocktaking
from fleet.services.stocktaking import Sighting
from fleet.services.town import Town, is_initialised, open_town
from tui import act_plans, screens
from tui.new_records import RECORDS
from tui.palette import ConsoleCommands, palette
from tui.places import PLACES
from tui.plain import PlainApp, wants_plain
from tui.scanner import Scanner, ScanningApp, typed_at
from tui.screens.base import TownScreen
from tui.theme import DARK, LIGHT
from tui.widgets.form import Offered
from tui.wording import N_

LOOK_EVERY_S = 0.5
# What a place shows first comes before what is done behind it.
SHOWN_S = 0.3


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def at_terminal() -> bool:
    """Tell whether this process reads from a terminal that is still there."""
    return sys.__stdin__ is not None and sys.__stdin__.isatty()


class ParcLibreApp(ScanningApp, PlainApp):
    """The console on one installation. ``now`` is the clock that acts are dated with;
    ``scan_clock`` tells when a key was typed, without it no scan is recognised.
    """

    TITLE = "ParcLibre"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {ConsoleCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(p.key, f"go('{p.name}')", p.title, show=False) for p in PLACES),
        Binding("f1", "help", N_("Help"), show=False),
        Binding("ctrl+t", "other_theme", N_("Dark or light"), show=False),
        Binding("ctrl+q", "quit", N_("Quit"), show=False, priority=True),
    ]
    operator_name: reactive[str] = reactive("")

    def __init__(
        self,
        home: Path,
        url: str,
        *,
        plain: bool = False,
        operator: str | None = None,
        now: Callable[[], datetime] = utc_now,
        scan_clock: Callable[[Key], float] | None = None,
    ) -> None:
        super().__init__()
        self.scanner = Scanner(scan_clock) if scan_clock else None
        self.home = home
        self.url = url
        self.plain = plain
        self.now = now
        self.change_token = -1
        self._operator = operator
        self._town: Town | None = None

    @property
    def town(self) -> Town:
        """The open installation. Raises RuntimeError before the first start is over."""
        if self._town is None:
            raise RuntimeError("no town is open yet")
        return self._town

    def on_mount(self) -> None:
        """Open the fleet, or welcome a newcomer."""
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        if at_terminal():
            self.set_interval(LOOK_EVERY_S, self._leave_lost_terminal)
        if self.plain:
            self.set_plain(True)
        for place in PLACES:
            self.add_mode(place.name, place.load)
        if is_initialised(self.home):
            self.enter(open_town(self.home, self.url, now=self.now))
        else:
            self._welcome()

    def _leave_lost_terminal(self) -> None:
        """End with the terminal: without a hang-up signal its reader would spin on end of file."""
        if not at_terminal():
            self.exit(1)

    def _welcome(self) -> None:
        from tui.screens.welcome import WelcomeScreen

        self.push_screen(WelcomeScreen(self.home, self.url, self.now), self.enter)

    def enter(self, town: Town | None) -> None:
        """Show a town's fleet, then ask who is acting."""
        if town is None:
            self.exit(0)
            return
        self._town = town
        self.switch_mode(PLACES[0].name)
        self.set_interval(LOOK_EVERY_S, self.look)
        self.look()
        self.set_timer(SHOWN_S, self._warm)
        if self._operator:
            self.name_operator(self._operator)
        else:
            self.ask_operator()

    def _warm(self) -> None:
        self.warm_up(screens, "fleet.services.audit")

    def ask_operator(self) -> None:
        """Ask who is acting; nothing can be recorded before."""
        from tui.screens.operator import OperatorScreen

        self.push_screen(OperatorScreen(), self._operator_chosen)

    def _operator_chosen(self, name: str | None) -> None:
        if name:
            self.name_operator(name)

    @work(thread=True, group="operator")
    def name_operator(self, name: str) -> None:
        """Act under this name from now on."""
        try:
            town = self.town.acting_as(name)
        except FleetError as error:
            self.show_error(error)
            return
        self.call_from_thread(self._act_as, town, name)

    def _act_as(self, town: Town, name: str) -> None:
        self._town = town
        self.operator_name = name

    @work(thread=True, exclusive=True, group="look")
    def look(self) -> None:
        """See whether any process wrote."""
        token = browse.change_token(self.town)
        if token != self.change_token:
            self.call_from_thread(self._changed, token)

    def _changed(self, token: int) -> None:
        self.change_token = token
        for screen in self.screen_stack:
            if isinstance(screen, TownScreen):
                screen.store_changed(token)

    def go(self, place: str) -> None:
        """Open a place. It stays for good: the search for garbage may leave it out."""
        if place not in self._screen_stacks:
            self.set_timer(SHOWN_S, gc.freeze)
        self.switch_mode(place)

    def action_go(self, place: str) -> None:
        """Open a place, unless a question waits for its answer."""
        if self._town is not None and not self.screen.is_modal:
            self.go(place)

    def open_machine(self, tag: str) -> None:
        """Open a machine's page above the present place."""
        from tui.screens.machine import MachineScreen

        self.push_screen(MachineScreen(tag))

    @work(thread=True, exclusive=True, group="new")
    def add_record(self, type_: str) -> None:
        """Ask for a new machine, site or room; a new machine is opened."""
        offered = act_plans.offered(RECORDS[type_].fields, self.town, ())
        self.call_from_thread(self._ask_record, type_, offered)

    def _ask_record(self, type_: str, offered: Offered) -> None:
        from tui.screens.new_record import NewRecordScreen

        self.push_screen(NewRecordScreen(type_, offered), self._record_added)

    def _record_added(self, record: str | None) -> None:
        if record is not None and record.startswith("machine:"):
            self.open_machine(record)

    def tag_scanned(self, scanned: str) -> None:
        """Open the machine that bears the tag."""
        if self._town is not None:
            self._recognise(scanned)

    @work(thread=True, exclusive=True, group="scan")
    def _recognise(self, scanned: str) -> None:
        sighting = stocktaking.recognise(self.town, scanned)
        self.call_from_thread(self._recognised, sighting)

    def _recognised(self, sighting: Sighting) -> None:
        if sighting.machine is None:
            text = _("No machine bears the tag {tag}.").format(tag=sighting.tag)
            self.notify(text, severity="warning", markup=False)
            return
        from tui.screens.machine import MachineScreen

        if isinstance(self.screen, MachineScreen):
            self.pop_screen()
        self.open_machine(sighting.machine.tag)

    def action_help(self) -> None:
        """Open the help of the present screen."""
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def action_command_palette(self) -> None:
        """Open the palette in the user's language."""
        if self._town is not None and not self.screen.is_modal:
            self.push_screen(palette())

    def action_other_theme(self) -> None:
        """Change between the dark and the light look."""
        if not self.plain:
            self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def action_plain(self) -> None:
        """Turn plain text on or off."""
        self.set_plain(not self.plain)
        self._redraw()

    def action_other_language(self) -> None:
        """Change between French and English: every place is drawn again."""
        set_language("en" if current_language() == "fr" else "fr")
        self._redraw()

    def _redraw(self) -> None:
        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, TownScreen):
                    screen.redraw()

    def show_error(self, error: FleetError) -> None:
        """Show an expected failure and what to do; may be called from any thread."""
        text = "\n".join(part for part in (error.message, error.hint) if part)
        self.notify(text, severity="error", timeout=10, markup=False)


def run(home: Path, url: str, plain: bool = False) -> int:
    """Run the console until it is left; returns the exit status."""
    plain = plain or wants_plain(os.environ)
    return ParcLibreApp(home, url, plain=plain, scan_clock=typed_at).run() or 0
