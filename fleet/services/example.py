# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A realistic town to try the program on: 120 machines and four years, told day by day.

Everything goes through the same services and guards as real work. Towns, people, serial numbers
and partners are invented; the story is always the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from operator import itemgetter

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.services import acts, lots, machines, records, sheets
from fleet.services.example_report import InventedDisk, InventedMachine, invent
from fleet.services.example_scene import Scene
from fleet.services.example_stock import (
    NURSERY,
    ROOMS,
    SITES,
    TOWN,
    Unit,
    invented,
    spreadsheet,
    units,
)
from fleet.services.town import Town
from fleet.store import queries

__all__ = ["TOWN", "Progress", "fill"]

Progress = Callable[[int, int], None]
Page = tuple[str, Callable[[], object]]


def fill(town: Town, progress: Progress | None = None) -> None:
    """Write the example town's years into an empty store, in under 20 s.

    ``progress`` is called with (done, total). Raises UsageError when the store has machines.
    """
    with town.journal.read() as connection:
        if queries.count_machines(connection, queries.MachineFilter()):
            raise UsageError(
                _("The example town needs an empty store; this one has machines."),
                hint=_("Choose another folder: PARCLIBRE_HOME=~/parclibre-essai parclibre init"),
            )
    scene = Scene(town)
    story = Story(scene)
    pages = sorted(story.pages(), key=itemgetter(0))
    for number, (day, act) in enumerate(pages, start=1):
        scene.clock.go_to(day)
        act()
        if progress is not None:
            progress(number, len(pages))


class Story:
    """What happened in the town, as dated pages; each batch of machines has its chapter."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.machines = units()

    def pages(self) -> list[Page]:
        """Return every page, in any order."""
        chapters = (
            self._beginnings, self._partners, self._computer_room, self._town_hall, self._new_ones,
            self._staff_laptops, self._gifts, self._loans, self._screens_and_printers,
            self._troubles, self._changes, self._inbox, self._families,
        )  # fmt: skip
        return [page for chapter in chapters for page in chapter()]

    # --- chapters --------------------------------------------------------------------------

    def _beginnings(self) -> list[Page]:
        return [("2022-09-05", self._places), ("2022-09-06", self._import_sheet)]

    def _places(self) -> None:
        scene = self.scene
        scene.open("2022-09-05")
        for name, kind in SITES:
            scene.ids[name] = records.add_site(scene.head, name, kind)
        for site, room, rows, columns in ROOMS:
            records.add_room(scene.head, site, room, rows, columns)

    def _import_sheet(self) -> None:
        town = self.scene.technician
        plan = sheets.plan_sheet(town, spreadsheet(self.machines), "inventaire-2022.csv")
        sheets.apply_sheet(town, plan)

    def _partners(self) -> list[Page]:
        return [("2023-05-15", self._sign), ("2023-05-16", self._choose_policy)]

    def _sign(self) -> None:
        head, ids = self.scene.head, self.scene.ids
        ids["ccas"] = records.add_partner(head, "CCAS de Bréville-les-Prés", "public_body")
        ids["partner"] = records.add_partner(
            head, "Repair Café du Lavoir", "interet_general_precarite"
        )
        ids["agreement"] = records.sign_agreement(
            head, ids["partner"], "Convention 2023-07", data_clause=True,
            until=self.scene.clock.day("2027-12-31").isoformat(),
        )  # fmt: skip
        ids["auction"] = records.add_partner(head, "Ventes aux enchères de l’Ouest", "company")
        ids["lot"] = records.open_lot(
            head, "Lot rentrée 2024", partner=ids["partner"], agreement=ids["agreement"],
            collect_by=self.scene.clock.day("2024-07-12").isoformat(), place="Ateliers municipaux",
        )  # fmt: skip

    def _choose_policy(self) -> None:
        policy = k.PolicyChosen(name="Effacements déclarés acceptés", accept_declared_wipes=True)
        records.choose_policy(self.scene.head, policy)

    def _computer_room(self) -> list[Page]:
        """Twelve of the school's PCs are retired and go through the workshop."""
        scene, old = self.scene, self.machines["informatique"][:12]
        decision = k.Retired(decision="Délibération 2024-31")
        families = old[:5]
        return [
            ("2024-06-24", lambda: scene.move_on(scene.head, old, decision)),
            ("2024-06-28", lambda: scene.give_title(old, "Délibération 2024-31")),
            ("2024-07-02", lambda: scene.take_in(old)),
            ("2024-07-03", lambda: scene.note(scene.volunteer, old[:7], self._in_lot())),
            ("2024-07-04", lambda: lots.close(scene.head, "Lot rentrée 2024", 7)),
            *[("2024-09-10", self._reporting(unit)) for unit in old[:10]],
            ("2024-09-17", lambda: scene.prepare(old[:7])),
            *[(f"2024-{10 + n // 2}-{9 + 7 * (n % 2):02d}", self._giving(unit, f"2024-01{n}"))
              for n, unit in enumerate(families)],
            ("2024-09-24", lambda: scene.wipe(old[7:8])),
            ("2025-01-14", lambda: scene.wipe(old[9:10])),
            ("2025-01-15", lambda: scene.move_on(scene.volunteer, old[9:10], k.Dismantled(
                note="Alimentation, mémoire et disque repris"))),
            ("2025-02-11", lambda: self._scrap(old[10:12])),
            ("2025-03-04", lambda: scene.recycle(old[10:11], "BSD-2025-0117")),
            ("2026-06-16", lambda: scene.note(scene.volunteer, old[6:7], k.ForeignBoot(
                note="Démarrée sur un disque apporté par un visiteur"))),
        ]  # fmt: skip

    def _town_hall(self) -> list[Page]:
        """The reception's PCs: given, returned, sold, recycled, ready, incomplete, waiting."""
        scene, old = self.scene, self.machines["mairie"]
        decision = k.Retired(decision="Décision du maire 2023-118")
        sold, rest = old[4:5], [*old[:4], *old[5:8]]
        return [
            ("2023-06-12", lambda: scene.move_on(scene.head, old, decision)),
            ("2023-06-20", lambda: scene.give_title(rest, "Délibération 2023-44")),
            ("2023-07-03", lambda: scene.take_in(old[:8])),
            *[("2023-09-12", self._reporting(unit)) for unit in old[:7]],
            ("2023-09-13", lambda: scene.report(old[7], machine=_with_second_disk(old[7]))),
            ("2023-09-19", lambda: scene.prepare([*old[:3], *sold, *old[5:7]])),
            ("2023-10-10", lambda: scene.move_on(scene.head, sold, k.Exited(
                way="sale", taker=scene.ids["auction"]))),
            ("2023-10-03", lambda: self._scrap(old[3:4])),
            ("2023-12-05", lambda: scene.recycle(old[3:4], "BSD-2023-0412")),
            *[(f"2024-0{1 + n}-16", self._giving(unit, f"2024-00{1 + n}"))
              for n, unit in enumerate(old[:3])],
            ("2024-04-09", lambda: scene.report(old[7])),
            ("2025-10-07", lambda: scene.move_on(scene.volunteer, old[2:3], k.Returned(
                why="Remplacée par un portable"))),
        ]  # fmt: skip

    def _new_ones(self) -> list[Page]:
        scene, office, school = self.scene, self.machines["etat-civil"], self.machines["rentree"]
        broken = k.RepairOpened(fault="Ne démarre plus, carte mère à échanger")
        return [
            ("2023-03-06", lambda: scene.register(office)),
            ("2023-03-10", lambda: scene.install(office, "mairie-debian12-2023.1")),
            *[("2024-02-06", self._reporting(unit, "installed")) for unit in office],
            ("2026-05-19", lambda: scene.move_on(scene.technician, office[9:], broken)),
            ("2024-08-26", lambda: scene.register(school)),
            ("2024-08-29", lambda: scene.install(school[:11], "ecole-debian12-2024.1")),
            *[("2024-09-03", self._reporting(unit, "installed")) for unit in school[:11]],
            ("2025-03-18", lambda: self._move_and_undo(school[3:4])),
            ("2026-06-02", lambda: scene.note(scene.technician, school[:11], k.Seen(
                site=scene.ids[school[0].batch.site], room=scene.room(school[0])))),
        ]  # fmt: skip

    def _staff_laptops(self) -> list[Page]:
        scene, old = self.scene, self.machines["agents"]
        workshop = old[3:6]
        decision = k.Retired(decision="Décision du maire 2025-092")
        return [
            ("2025-06-16", lambda: scene.move_on(scene.head, old[:6], decision)),
            ("2025-06-23", lambda: scene.give_title(workshop, "Délibération 2025-38")),
            ("2025-07-01", lambda: scene.take_in(workshop)),
            *[("2025-09-09", self._reporting(unit)) for unit in workshop],
            ("2025-09-16", lambda: scene.wipe(workshop[:1])),
            ("2025-09-23", lambda: scene.prepare(workshop[2:])),
            ("2025-10-14", self._giving(workshop[2], "2025-011", "laptop")),
        ]

    def _gifts(self) -> list[Page]:
        """Laptops that a company gives; the workshop takes them without a decision of réforme."""
        scene, gifts = self.scene, self.machines["entreprise"]
        waived = "Pas de réseau filaire à l’atelier ce jour-là"
        return [
            ("2025-01-20", lambda: scene.register(gifts)),
            ("2025-01-27", lambda: scene.give_title(gifts[3:], "Délibération 2025-06")),
            ("2025-02-04", lambda: scene.take_in(gifts)),
            *[("2025-02-25", self._reporting(unit)) for unit in gifts[1:]],
            ("2025-03-04", lambda: scene.wipe(gifts[2:3])),
            ("2025-03-05", lambda: scene.test(gifts[2:3], but=("network", "keyboard"))),
            ("2025-03-11", lambda: scene.prepare(gifts[4:])),
            ("2025-03-18", lambda: self._ready_with_a_waiver(gifts[3:4], waived)),
            ("2025-04-08", self._giving(gifts[5], "2025-004", "laptop")),
        ]

    def _loans(self) -> list[Page]:
        scene, pool = self.scene, self.machines["pret"]
        return [
            *[("2024-01-09", self._reporting(unit)) for unit in pool],
            ("2024-01-16", lambda: scene.wipe(pool)),
            ("2025-11-04", lambda: self._lend(pool[:2])),
        ]

    def _screens_and_printers(self) -> list[Page]:
        scene = self.scene
        screen, printer = self.machines["ecrans"][4:], self.machines["imprimantes"][2:]
        decision = k.Retired(decision="Décision du maire 2026-014")
        both = [*screen, *printer]
        return [
            ("2026-02-02", lambda: scene.move_on(scene.head, both, decision)),
            ("2026-02-03", lambda: scene.note(scene.technician, both, k.DisksDeclared(
                second_person=scene.volunteer.operator))),
            ("2026-02-04", lambda: scene.move_on(scene.technician, both, k.ToRecycle(
                why="Hors d’usage, non réparable"))),
            ("2026-03-10", lambda: scene.recycle(screen, "BSD-2026-0058")),
        ]  # fmt: skip

    def _troubles(self) -> list[Page]:
        scene, mobile = self.scene, self.machines["classe-mobile"]
        hinge, battery, stolen = mobile[:1], mobile[1:2], mobile[6:]
        repaired = k.RepairClosed(
            outcome="repaired", back_to="in_service", parts=("charnière (récupérée)",), minutes=50
        )
        return [
            ("2022-11-08", lambda: scene.move_on(scene.technician, hinge, k.RepairOpened(
                fault="Charnière cassée"))),
            ("2022-11-22", lambda: scene.move_on(scene.technician, hinge, repaired)),
            ("2025-11-17", lambda: scene.move_on(scene.technician, stolen, k.Lost(stolen=True))),
            ("2026-03-16", lambda: scene.move_on(scene.head, self.machines["maternelle"][3:],
                                                 k.Retired(decision="Décision du maire 2026-021"))),
            ("2026-05-05", lambda: scene.move_on(
                scene.technician, self.machines["technologie"][4:5],
                k.RepairOpened(fault="Bruit de ventilateur, arrêts en plein cours"))),
            ("2026-06-02", lambda: scene.move_on(scene.technician, battery, k.RepairOpened(
                fault="Batterie gonflée, machine isolée"))),
        ]  # fmt: skip

    def _changes(self) -> list[Page]:
        """A laptop goes to another school; two of the staff's leave Windows, in service."""
        scene = self.scene
        return [
            ("2025-09-01", lambda: self._to_the_nursery(self.machines["classe-mobile"][5:6])),
            ("2025-10-13", lambda: scene.note(
                scene.technician, self.machines["agents"][6:],
                k.MachineDescribed(system="Debian 12"))),
        ]  # fmt: skip

    def _inbox(self) -> list[Page]:
        """Two reports that a person must decide on."""
        scene = self.scene
        repaired = self.machines["etat-civil"][9]
        swapped = replace(repaired.machine, board_serial="/PCXX0042/CN7721900042/")
        model = self.machines["maternelle"][0].batch.model
        blank = replace(invent(model, None, invented("blank")), uuid=None, mac=None)
        return [
            ("2026-06-23", lambda: scene.report(repaired, machine=swapped)),
            ("2026-06-24", lambda: scene.report(repaired, machine=blank)),
        ]

    # --- longer pages ----------------------------------------------------------------------

    def _in_lot(self) -> k.Body:
        return k.MachinePutInLot(lot=self.scene.ids["lot"])

    def _reporting(self, unit: Unit, environment: str = "live") -> Callable[[], None]:
        return lambda: self.scene.report(unit, environment)

    def _giving(self, unit: Unit, reference: str, need: str = "desktop") -> Callable[[], None]:
        return lambda: self.scene.hand_over(unit, reference, need)

    def _scrap(self, broken: list[Unit]) -> None:
        """Destroy the disks of machines that are beyond repair, and send them to recycling."""
        scene = self.scene
        rejected = k.VerdictGiven(rejected=True, reasons=("Carte mère hors service",))
        for unit in broken:
            scene.report(unit)
            for disk in unit.machine.disks:
                body = k.DiskDestroyed(how="Perçage des plateaux")
                machines.record_on_disk(scene.volunteer, unit.tag, disk.serial, body)
        scene.note(scene.volunteer, broken, rejected)
        scene.move_on(scene.volunteer, broken, k.ToRecycle(why="Carte mère hors service"))

    def _to_the_nursery(self, moved: list[Unit]) -> None:
        room = records.find_room(self.scene.technician, "Salle des maîtresses").id
        self.scene.move_on(
            self.scene.technician, moved, k.Moved(site=self.scene.ids[NURSERY], room=room)
        )

    def _move_and_undo(self, moved: list[Unit]) -> None:
        town = self.scene.technician
        hall = records.find_room(town, "CDI").id
        self.scene.move_on(town, moved, k.Moved(room=hall, seat="A1"))
        acts.undo(town)

    def _ready_with_a_waiver(self, laptops: list[Unit], why: str) -> None:
        scene = self.scene
        scene.wipe(laptops)
        scene.test(laptops, but=("network",))
        scene.note(scene.volunteer, laptops, k.ImageInstalled(image="famille-debian12-2024.1"))
        for unit in laptops:
            acts.waive(scene.head, unit.tag, "MadeReady", "tests_missing", why)
        scene.move_on(scene.volunteer, laptops, k.MadeReady())

    def _lend(self, laptops: list[Unit]) -> None:
        scene = self.scene
        until = scene.clock.day("2026-07-31").isoformat()
        for number, unit in enumerate(laptops, start=21):
            borrower = scene.refer(f"2025-{number:03d}", "laptop")
            loan = k.Loaned(beneficiary=borrower, until=until, receipt=f"Prêt 2025-{number:03d}")
            scene.move_on(scene.technician, [unit], loan)

    def _families(self) -> list[Page]:
        """Three families wait; the social services have not answered yet for the last one."""
        scene = self.scene
        return [
            ("2026-06-02", partial(scene.refer, "2026-031", "laptop", "wifi")),
            ("2026-06-09", partial(scene.refer, "2026-032", "desktop", "large_screen")),
            ("2026-06-17", self._unattested),
        ]  # fmt: skip

    def _unattested(self) -> None:
        records.refer_beneficiary(
            self.scene.head, self.scene.ids["ccas"], "2026-033", needs=("laptop", "no_internet")
        )


def _with_second_disk(unit: Unit) -> InventedMachine:
    """Return the same machine as first seen: with a disk that is gone at the next report."""
    disk = unit.machine.disks[0]
    gone = InventedDisk(model=disk.model, serial="W3TQ7K2M9", hours=17_420, bad_sectors=16)
    return replace(unit.machine, disks=(disk, gone))
