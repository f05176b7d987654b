# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A town's spreadsheet brought into a real store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pytest

from fleet.model import kinds as k
from fleet.model.state import State
from fleet.services import acts, browse, machines, records, sheets
from fleet.services.machines import MachinePage
from fleet.services.sheet_bodies import site_kind
from fleet.services.town import Town, init_town

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sheets"
NOW = datetime(2025, 1, 15, 9, 0, tzinfo=UTC)
HEADER = (
    "N° inventaire;Type;Marque;Modèle;N° de série;Site;Salle;État;Date d'achat;Date de réforme;"
    "Date de sortie;Système;Propriétaire;Provenance;Prix TTC;VNC;N° immobilisation;Destinataire"
)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return init_town(tmp_path, f"sqlite:///{tmp_path / 'j.db'}", now=lambda: NOW).acting_as("A. B.")


def sheet(*rows: str) -> bytes:
    return "\r\n".join((HEADER, *rows)).encode("cp1252")


def bring_in(town: Town, *rows: str, name: str = "parc.csv") -> sheets.SheetImport:
    plan = sheets.plan_sheet(town, sheet(*rows), name)
    sheets.apply_sheet(town, plan)
    return plan


def page(town: Town, tag: str) -> MachinePage:
    return machines.page(town, tag)


def stays(town: Town, tag: str) -> list[tuple[str, str]]:
    return [(stay.state, stay.from_on) for stay in page(town, tag).stays]


def test_a_plan_writes_nothing(town: Town) -> None:
    before = browse.change_token(town)

    plan = sheets.plan_sheet(town, (FIXTURES / "ecoles.csv").read_bytes(), "ecoles.csv")

    assert len(plan.new) == 6
    assert browse.change_token(town) == before


@pytest.mark.parametrize(
    "name",
    ["ecoles.csv", "ecole.ods", "mairie.xlsx", "glpi-fr.csv", "glpi-en.csv", "snipe-it.csv",
     "library.tsv"],
)  # fmt: skip
def test_a_second_import_changes_nothing(town: Town, name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    first = sheets.plan_sheet(town, data, name)
    written = sheets.apply_sheet(town, first)
    token = browse.change_token(town)

    again = sheets.plan_sheet(town, data, name)

    assert written == len(first.new) > 0
    assert (again.new, again.sites, again.rooms, again.partners) == ((), (), (), ())
    assert [row.line for row in again.known] == [row.line for row in first.new]
    assert sheets.apply_sheet(town, again) == 0
    assert browse.change_token(town) == token


def test_no_row_is_lost(town: Town) -> None:
    machines.register(town, _registered("VJ-1", "SN1"))
    plan = sheets.plan_sheet(
        town,
        sheet(
            "VJ-1;Portable;Dell;Latitude;SN1;École A;;En service;;;;;;;;;;",
            "VJ-2;Portable;Dell;Latitude;SN2;École A;;En service;;;;;;;;;;",
            ";;;;;École A;;;;;;;;;;;;",
            "VJ-4;Portable;Dell;Latitude;SN4;École A;;Volatilisé;;;;;;;;;;",
        ),
        "parc.csv",
    )

    told = {*(r.line for r in plan.new), *(r.line for r in plan.known)}
    told |= {r.line for r in plan.problems}
    assert told == {2, 3, 4, 5}
    assert [problem.line for problem in plan.problems] == [4, 5]
    assert all(problem.message for problem in plan.problems)


def test_a_machine_is_known_by_its_serial_under_another_tag(town: Town) -> None:
    machines.register(town, _registered("VJ-1", "SN1"))

    plan = sheets.plan_sheet(town, sheet("AUTRE;Portable;Dell;L;sn1;;;;;;;;;;;;;"), "p.csv")

    assert plan.new == ()
    assert [(row.tag, row.machine_tag) for row in plan.known] == [("AUTRE", "VJ-1")]


@pytest.mark.parametrize("row", ["VJ-1;Portable;Dell;L;SN9", "VJ-1;Portable;Dell;L;SN2"])
def test_a_row_whose_tag_and_serial_disagree_with_the_journal_is_a_problem(
    town: Town, row: str
) -> None:
    machines.register(town, _registered("VJ-1", "SN1"))
    machines.register(town, _registered("VJ-2", "SN2"))

    plan = sheets.plan_sheet(town, sheet(row + ";" * 13), "p.csv")

    assert (plan.new, plan.known) == ((), ())
    assert [problem.line for problem in plan.problems] == [2]


def test_past_states_come_in_as_declared_with_their_own_dates(town: Town) -> None:
    bring_in(
        town,
        "A1;Fixe;Dell;OptiPlex;S1;Mairie;;Recyclé;03/09/2012;20/05/2019;04/10/2019;;;;;;;",
        "A2;Fixe;Dell;OptiPlex;S2;Mairie;;Réformé;;28/06/2021;;;;;;;;",
    )

    assert stays(town, "A1") == [
        ("in_stock", "2012-09-03"), ("retired", "2019-05-20"), ("recycled", "2019-10-04"),
    ]  # fmt: skip
    assert stays(town, "A2") == [("in_stock", "2021-06-28"), ("retired", "2021-06-28")]
    sources = [e.body for e in page(town, "A1").events if e.kind == "StateDeclared"]
    assert len(sources) == 2
    assert all(b"parc.csv:2" in (body or b"") for body in sources)


def test_a_windows_pc_in_service_is_not_installed_by_us(town: Town) -> None:
    bring_in(town, "W1;Portable;HP;ProBook;S1;École A;Salle 1;En service;;;;Windows 10 Pro;;;;;;")

    machine = page(town, "W1").view.machine
    assert machine.state is State.IN_SERVICE
    assert machine.system == "Windows 10 Pro"
    assert machine.image is None


def test_the_accounting_fields_come_in(town: Town) -> None:
    bring_in(
        town, "C1;Fixe;HP;EliteDesk;S1;;;En stock;02/09/2016;;;;Département;Don d'entreprise;"
        '"1 049,50 €";12,00;2183-16;'
    )  # fmt: skip

    machine = page(town, "C1").view.machine
    assert (machine.purchased_on, machine.purchase_value_cents) == ("2016-09-02", 104_950)
    assert (machine.net_book_value_cents, machine.accounting_number) == (1_200, "2183-16")
    assert (machine.owner, machine.provenance, machine.origin) == (
        "other_authority", "given_by_company", "gift",
    )  # fmt: skip


def test_a_given_machine_no_longer_belongs_to_the_town(town: Town) -> None:
    bring_in(
        town,
        "D1;Portable;HP;P;S1;;;Donné;;;10/02/2021;;;;;;;Association Familles rurales",
        "D2;Portable;HP;P;S2;;;Vendu;;;16/11/2020;;;;;;;",
    )

    taker = records.find(town, "partner", "association familles rurales").id
    assert page(town, "D1").view.machine.title == taker
    assert page(town, "D2").view.machine.title == "unknown"


def test_sites_and_rooms_are_made_once_and_hold_their_machines(town: Town) -> None:
    records.add_site(town, "École Curie", "school")

    plan = bring_in(
        town,
        *(f"R{n};Fixe;HP;E;S{n};ECOLE CURIE;Salle 12;En service;;;;;;;;;;" for n in range(8)),
        "R9;Fixe;HP;E;S9;Mairie annexe;Accueil;En service;;;;;;;;;;",
    )

    assert plan.sites == ("Mairie annexe",)
    assert plan.rooms == (("ECOLE CURIE", "Salle 12"), ("Mairie annexe", "Accueil"))
    room = records.find_room(town, "Salle 12", "École Curie")
    assert (room.body["rows"], room.body["columns"]) == (2, 6)
    assert browse.count(town, browse.MachineFilter(room=room.id)) == 8
    assert records.find(town, "site", "Mairie annexe").body["kind"] == "town_hall"


def test_a_room_without_a_site_is_kept_in_the_note(town: Town) -> None:
    plan = bring_in(town, "N1;Fixe;HP;E;S1;;Salle 3;En service;;;;;;;;;;")

    assert page(town, "N1").view.machine.note == "Salle 3"
    assert any("Salle 3" in warning.message for warning in plan.warnings)


def test_an_import_is_undone_as_one_act(town: Town) -> None:
    bring_in(town, "U1;Fixe;HP;E;S1;Site U;;En stock;;;;;;;;;;", "U2;Fixe;HP;E;S2;;;;;;;;;;;;;")

    acts.undo(town)

    assert browse.count(town, browse.MachineFilter()) == 0


def test_a_machine_brought_in_by_somebody_else_meanwhile_is_left_out(town: Town) -> None:
    plan = sheets.plan_sheet(town, sheet("M1;Fixe;HP;E;S1;;;;;;;;;;;;;"), "p.csv")
    machines.register(town, _registered("M1", "S1"))

    assert sheets.apply_sheet(town, plan) == 0


def test_two_thousand_rows_take_a_few_seconds(town: Town) -> None:
    rows = [
        f"V{n:05d};Portable;Dell;Latitude;SN{n:06d};École {n % 12};Salle {n % 7};En service;"
        f"0{1 + n % 9}/09/201{n % 9};;;Windows 10;;;{400 + n % 300},50;;;"
        for n in range(2_000)
    ]
    started = perf_counter()

    bring_in(town, *rows)

    assert browse.count(town, browse.MachineFilter()) == 2_000
    assert perf_counter() - started < 15


@pytest.mark.parametrize(
    ("name", "kind"),
    [("École Jules-Ferry", "school"), ("HÔTEL DE VILLE", "town_hall"),
     ("Atelier municipal", "workshop"), ("Médiathèque", "other")],
)  # fmt: skip
def test_the_kind_of_a_site_is_read_from_its_name(name: str, kind: str) -> None:
    assert site_kind(name) == kind


def _registered(tag: str, serial: str) -> k.MachineRegistered:
    return k.MachineRegistered(tag=tag, serial=serial)
