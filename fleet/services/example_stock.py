# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machines of the example town: which models stand where, and the spreadsheet of 2022."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from fleet.model.places import seat_name
from fleet.services.example_models import MODELS, PcModel
from fleet.services.example_report import InventedMachine, invent

TOWN = "Bréville-les-Prés"
NURSERY = "École maternelle des Lilas"
PRIMARY = "École élémentaire Louise-Michel"
COLLEGE = "Collège de la Vallée"
TOWN_HALL = "Mairie de Bréville-les-Prés"
WORKSHOP = "Atelier du Repair Café"

SITES = (
    (NURSERY, "school"),
    (PRIMARY, "school"),
    (COLLEGE, "school"),
    (TOWN_HALL, "town_hall"),
    (WORKSHOP, "workshop"),
)
ROOMS = (
    (NURSERY, "Salle des maîtresses", 1, 4),
    (PRIMARY, "Salle informatique", 4, 6),
    (PRIMARY, "Classe mobile", 2, 4),
    (COLLEGE, "Salle de technologie", 3, 4),
    (COLLEGE, "CDI", 2, 4),
    (TOWN_HALL, "Accueil", 2, 5),
    (TOWN_HALL, "État civil", 2, 5),
    (TOWN_HALL, "Services techniques", 2, 4),
    (TOWN_HALL, "Réserve", 2, 4),
    (WORKSHOP, "Atelier", 3, 4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Machines bought together. ``state`` is the spreadsheet's word; ``purchased`` an ISO date."""

    name: str
    model: PcModel
    count: int
    purchased: str
    site: str = ""
    room: str = ""
    state: str = "En service"
    system: str = ""
    owner: str = ""
    provenance: str = ""
    retired: str = ""
    left: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One machine of a batch, with its tag and what its firmware will say."""

    tag: str
    number: int
    batch: Batch
    machine: InventedMachine

    @property
    def serial(self) -> str:
        """The serial number on its label."""
        return self.machine.serial or ""

    @property
    def seat(self) -> str:
        """Its place in the room's grid, filled row by row; none for what stands anywhere."""
        if not self.batch.room or not self.batch.model.cpu:
            return ""
        columns = {(site, room): columns for site, room, _rows, columns in ROOMS}
        width = columns.get((self.batch.site, self.batch.room), 6)
        return seat_name(*divmod(self.number, width))


_OLD_WINDOWS, _WINDOWS = "Windows 7 Professionnel", "Windows 10 Professionnel"

# In the town's spreadsheet, brought in on the first day.
OLD_BATCHES = (
    Batch(name="informatique", model=MODELS["optiplex-3020"], count=24, purchased="2014-08-25",
          site=PRIMARY, room="Salle informatique", system=_WINDOWS),
    Batch(name="classe-mobile", model=MODELS["probook-450"], count=7, purchased="2018-09-03",
          site=PRIMARY, room="Classe mobile", system=_WINDOWS),
    Batch(name="maternelle", model=MODELS["veriton-z4640g"], count=4, purchased="2017-09-11",
          site=NURSERY, room="Salle des maîtresses", system=_WINDOWS),
    Batch(name="technologie", model=MODELS["thinkcentre-m710s"], count=12,
          purchased="2018-07-02", site=COLLEGE, room="Salle de technologie", system=_WINDOWS,
          owner="Département"),
    Batch(name="cdi", model=MODELS["thinkpad-l480"], count=8, purchased="2018-10-15",
          site=COLLEGE, room="CDI", system=_WINDOWS, owner="Département"),
    Batch(name="mairie", model=MODELS["optiplex-7010"], count=10, purchased="2013-04-08",
          site=TOWN_HALL, room="Accueil", system=_OLD_WINDOWS),
    Batch(name="agents", model=MODELS["latitude-e5470"], count=8, purchased="2016-09-19",
          site=TOWN_HALL, room="Services techniques", system=_WINDOWS),
    Batch(name="ecrans", model=MODELS["p2419h"], count=5, purchased="2019-03-04",
          site=TOWN_HALL, room="Services techniques"),
    Batch(name="imprimantes", model=MODELS["hl-l5100dn"], count=3, purchased="2018-01-22",
          site=TOWN_HALL, room="Accueil"),
    Batch(name="copieur", model=MODELS["ecosys"], count=1, purchased="2021-01-04",
          site=TOWN_HALL, room="Accueil", owner="Loueur", provenance="Location"),
    Batch(name="pret", model=MODELS["probook-430"], count=4, purchased="2016-11-07",
          site=TOWN_HALL, room="Réserve", state="En stock", system=_WINDOWS),
    Batch(name="passe-recycle", model=MODELS["esprimo-p420"], count=2, purchased="2012-12-10",
          state="Recyclé", retired="2019-05-20", left="2019-10-04"),
    Batch(name="passe-donne", model=MODELS["satellite-pro"], count=1, purchased="2013-01-14",
          state="Donné", retired="2020-06-29", left="2021-02-10",
          recipient="Association Familles rurales"),
    Batch(name="passe-reforme", model=MODELS["esprimo-p420"], count=2, purchased="2012-12-10",
          state="Réformé", retired="2021-06-28", site=TOWN_HALL),
    Batch(name="passe-vendu", model=MODELS["satellite-pro"], count=1, purchased="2013-01-14",
          state="Vendu", retired="2020-06-29", left="2020-11-16"),
)  # fmt: skip

# Registered one by one, later.
NEW_BATCHES = (
    Batch(name="etat-civil", model=MODELS["thinkcentre-m75q"], count=10, purchased="2023-03-06",
          site=TOWN_HALL, room="État civil"),
    Batch(name="rentree", model=MODELS["hp-400-g9"], count=12, purchased="2024-08-26",
          site=PRIMARY, room="Salle informatique"),
    Batch(name="entreprise", model=MODELS["latitude-5480"], count=6, purchased="",
          provenance="given_by_company"),
)  # fmt: skip


def units() -> dict[str, list[Unit]]:
    """Return the machines of each batch by its name; always the same ones."""
    found: dict[str, list[Unit]] = {}
    number = 0
    for batch in (*OLD_BATCHES, *NEW_BATCHES):
        for place in range(batch.count):
            number += 1
            found.setdefault(batch.name, []).append(_unit(f"BLP-{number:04d}", place, batch))
    return found


def invented(name: str) -> Random:
    """Return where a machine's invented figures come from: the same for the same name."""
    return Random(name)  # noqa: S311 - nothing secret is drawn


def _unit(tag: str, place: int, batch: Batch) -> Unit:
    rng = invented(tag)
    serial = batch.model.serial(rng)
    return Unit(tag=tag, number=place, batch=batch, machine=invent(batch.model, serial, rng))


_HEADER = (
    "N° inventaire", "Type", "Marque", "Modèle", "N° de série", "Site", "Salle", "Poste", "État",
    "Date d'achat", "Date de mise en service", "Prix TTC", "N° immobilisation", "Système",
    "Propriétaire", "Provenance", "Date de réforme", "Date de sortie", "Destinataire",
)  # fmt: skip
_KINDS = {
    "laptop": "Portable", "desktop": "Fixe", "all_in_one": "Tout-en-un", "mini_pc": "Mini PC",
    "screen": "Écran", "printer": "Imprimante",
}  # fmt: skip


def spreadsheet(machines: dict[str, list[Unit]]) -> bytes:
    """Return the inventory that the town kept until 2022, as its spreadsheet saved it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for batch in OLD_BATCHES:
        writer.writerows(_row(unit) for unit in machines[batch.name])
    return text.getvalue().encode("cp1252")


def _row(unit: Unit) -> Iterator[str]:
    batch, model = unit.batch, unit.batch.model
    yield from (unit.tag, _KINDS[model.kind], model.brand, model.name, unit.serial)
    yield from (batch.site, batch.room, unit.seat, batch.state)
    yield _day(batch.purchased)
    yield _day(batch.purchased) if batch.state == "En service" else ""
    yield f"{model.cents // 100},00 €" if model.cents else ""
    yield f"2183-{batch.purchased[:4]}-{unit.tag[-3:]}" if model.cents else ""
    yield from (batch.system, batch.owner, batch.provenance)
    yield from (_day(batch.retired), _day(batch.left), batch.recipient)


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-"))) if iso else ""
