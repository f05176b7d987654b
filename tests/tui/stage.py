# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console opened on one place, over a small real town with a fixed clock."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

import tui.app
from benchmarks.openings_child import settled as settled
from fleet.model import kinds as k
from fleet.services import acts, machines, records
from fleet.services.town import Town, init_town, open_town
from tui.app import ParcLibreApp

MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_TEMPLATES = TemporaryDirectory(prefix="parclibre-tests-")
NARROW, WIDE = (80, 24), (160, 50)


def fixed_clock() -> datetime:
    return MORNING


def url_of(home: Path) -> str:
    return f"sqlite:///{home / 'journal.db'}"


def small_town(home: Path) -> Town:
    """Two sites, three rooms, twelve machines, one of them lost; the acts are Camille's."""
    return copied(build_small_town, home)


def copied(build: Callable[[Town], None], home: Path) -> Town:
    """A copy of the town that ``build`` makes once for all tests of this process."""
    shutil.copytree(_built(build), home)
    return open_town(home, url_of(home), now=fixed_clock).acting_as("Camille")


@cache
def _built(build: Callable[[Town], None]) -> Path:
    home = Path(_TEMPLATES.name) / build.__name__
    town = init_town(home, url_of(home), now=fixed_clock).acting_as("Camille")
    build(town)
    town.journal.engine.dispose()
    return home


def build_small_town(town: Town) -> None:
    records.add_site(town, "École Jules-Ferry", "school")
    records.add_site(town, "Mairie", "town_hall")
    first = records.add_room(town, "École Jules-Ferry", "Salle informatique", 3, 6)
    records.add_room(town, "École Jules-Ferry", "Bibliothèque", 1, 4)
    records.add_room(town, "Mairie", "Accueil", 1, 2)
    for number in range(1, 13):
        machines.register(town, _machine(number))
    school = records.find(town, "site", "École Jules-Ferry").id
    seats = ("A1", "A2", "A3", "B1", "B2", "C6", None)
    for number, seat in enumerate(seats, 1):
        body = k.Installed(site=school, room=first, seat=seat)
        acts.transition(town, [f"VJ-{number:04d}"], body)
    acts.transition(town, ["VJ-0003"], k.RepairOpened(fault="ne démarre plus"))
    acts.transition(town, ["VJ-0012"], k.Lost())


def _machine(number: int) -> k.MachineRegistered:
    laptop = number % 3 == 0
    return k.MachineRegistered(
        tag=f"VJ-{number:04d}",
        kind="laptop" if laptop else "desktop",
        manufacturer="Lenovo" if laptop else "HP",
        model="ThinkPad L480" if laptop else "EliteDesk 800 G3",
        serial=f"CZC{number:06d}",
    )


class ReaderClock:
    """When keys are typed: as fast as a barcode reader, until ``gap`` says otherwise."""

    def __init__(self, gap: float) -> None:
        self.gap = gap
        self.now = 0.0

    def __call__(self, event: object) -> float:
        self.now += self.gap
        return self.now


class Stage(ParcLibreApp):
    """The console, opened on ``place`` under the name of Camille."""

    CSS_PATH = str(Path(tui.app.__file__).with_name("app.tcss"))

    def __init__(
        self, town: Town, place: str, *, plain: bool = False, gap: float | None = None
    ) -> None:
        self.clock = ReaderClock(gap or 1.0)
        super().__init__(
            town.home,
            url_of(town.home),
            plain=plain,
            operator="Camille",
            now=fixed_clock,
            scan_clock=self.clock if gap else None,
        )
        self._staged = (town, place)

    def enter(self, town: Town | None) -> None:
        """Take the staged town and place instead of the fleet."""
        self._town, place = self._staged
        self.operator_name = "Camille"
        self.switch_mode(place)
        self.look()


async def type_at_once(pilot: Pilot[int], text: str) -> None:
    """Type a text and Enter as the terminal gives it, without waiting for what each key does."""
    for character in text:
        pilot.app.post_message(Key(_character_to_key(character), character))
    pilot.app.post_message(Key("enter", "\r"))
    await settled(pilot)
