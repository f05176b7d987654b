# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of a real store: undone, merged and late events, what was known when, seals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from fleet.errors import BadInput, NotFound, UsageError
from fleet.model import kinds as k
from fleet.model.audit import Audit
from fleet.output.audit_data import digest_of, values_digest
from fleet.services import audit, audit_dossier, audit_seals, records
from fleet.services.audit import Period
from fleet.services.town import Town, init_town
from fleet.store.past import past_journal
from fleet.store.queries import timeline

YEAR = Period(year=2025, day="2025-12-31")
GIFT = k.TitleTransferred(way="gift", taker="partner:1", on="2025-03-03")


class Calendar:
    """The clock of a test, set by hand."""

    def __init__(self) -> None:
        self.today = "2026-02-02"

    def __call__(self) -> datetime:
        return datetime.fromisoformat(f"{self.today}T10:00:00+00:00").astimezone(UTC)


@dataclass(kw_only=True)
class Desk:
    """A town and its clock."""

    town: Town
    calendar: Calendar

    def say(self, subject: str, *bodies: k.Body) -> list[str]:
        """Write events; returns their ids."""
        with self.town.act() as act:
            act.extend(subject, bodies)
        with self.town.journal.read() as connection:
            return [event.header.id for event in timeline(connection, [subject])][-len(bodies) :]

    def retire(self, name: str, on: str = "2024-06-01") -> str:
        """Register a laptop that is retired on a day."""
        registered = k.MachineRegistered(
            tag=name, kind="laptop", purchased_on="2017-01-01", on="2017-01-02"
        )
        machine = f"machine:{name}"
        self.say(machine, registered, k.Retired(decision="D", on=on))
        return machine

    def audit(self, period: Period = YEAR) -> Audit:
        return audit.run(self.town, period).audit


def open_desk(home: Path, url: str) -> Desk:
    calendar = Calendar()
    town = init_town(home, url, now=calendar)
    return Desk(town=town.acting_as("Camille B."), calendar=calendar)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path, f"sqlite:///{tmp_path / 'j.db'}")
    yield desk
    desk.town.journal.close()


def a_year(desk: Desk) -> None:
    """A gift, a sale with its proof to come, a merged machine, a repair with an SSD."""
    given = desk.retire("A1")
    desk.say(given, GIFT)
    sold = desk.retire("A2")
    desk.say(sold, k.Exited(way="sale", taker="partner:2", on="2025-04-04", commitment="C-1"))
    twin = desk.retire("A3")
    desk.say(twin, GIFT)
    desk.say(given, k.MachinesMerged(absorbed=twin))
    used = "machine:A4"
    registered = k.MachineRegistered(tag="A4", purchased_on="2019-01-01", on="2019-01-02")
    repair = k.RepairDone(fault="slow", parts=("new:SSD 240 Go",), on="2023-02-02")
    desk.say(used, registered, k.Installed(on="2019-02-02"), repair)
    desk.say(used, k.StepTimed(step="repair", human_s=600))


def test_gift_counts_until_it_is_undone(desk: Desk) -> None:
    machine = desk.retire("A1")
    (gift,) = desk.say(machine, GIFT)
    before = desk.audit().figure("decree.a").value

    desk.say(machine, k.Undone(events=(gift,)))

    assert (before, desk.audit().figure("decree.a").value) == (1, 0)


def test_two_entries_of_one_machine_count_once_when_merged(desk: Desk) -> None:
    a_year(desk)

    found = desk.audit()

    assert found.figure("decree.a").machines == ("machine:A1",)
    assert found.figure("decree.frozen").value == 2


def test_proof_of_a_reuse_makes_a_sale_count_and_takes_it_off_the_list_to_ask_for(
    desk: Desk,
) -> None:
    machine = desk.retire("A1")
    sale = k.Exited(way="sale", taker="partner:2", on="2025-04-04", commitment="C-1")
    desk.say(machine, sale)
    asked = desk.audit().behind("decree.missing_proof:partner:2")

    desk.say(machine, k.ReuseProven(proof="digest", on="2025-10-10"))

    assert asked == (machine,)
    assert desk.audit().behind("decree.missing_proof") == ()
    assert desk.audit().figure("decree.a").machines == (machine,)


def test_ssd_of_a_repair_is_an_upgrade_with_a_curve_of_its_own(desk: Desk) -> None:
    a_year(desk)

    (section,) = (one for one in desk.audit().sections if one.key == "lifespan")

    upgraded = {c.label: c.machines for c in section.curves if c.key == "lifespan.by_upgrade"}
    assert upgraded["ssd"] == ("machine:A4",)
    assert "machine:A4" in upgraded["none"]


def disks_put_in(desk: Desk) -> None:
    """Rotating disks, then a flash one in the first of two machines."""
    for disk, kind in (("disk:1", "hdd"), ("disk:2", "ssd"), ("disk:3", "hdd"), ("disk:4", "hdd")):
        desk.say(disk, k.DiskRegistered(kind=kind))
    for tag, found in (("B1", ("disk:1", "disk:2")), ("B2", ("disk:3", "disk:4"))):
        bought = k.MachineRegistered(tag=tag, purchased_on="2019-01-01", on="2019-01-02")
        desk.say(f"machine:{tag}", bought, *(k.DiskAdded(disk=disk) for disk in found))


def test_ssd_that_a_report_finds_after_a_rotating_disk_is_an_upgrade(desk: Desk) -> None:
    desk.calendar.today = "2025-05-05"
    disks_put_in(desk)

    (section,) = (one for one in desk.audit().sections if one.key == "lifespan")

    upgraded = {c.label: c.machines for c in section.curves if c.key == "lifespan.by_upgrade"}
    assert upgraded["ssd"] == ("machine:B1",)


def moved_and_reinstalled(desk: Desk) -> None:
    """A PC that moves to another school, told the year after; one that goes from Windows to
    Debian; one whose model was misread.
    """
    for tag, room in (("C1", "room:lab"), ("C2", "room:lab"), ("C3", "room:hall")):
        registered = k.MachineRegistered(
            tag=tag, kind="desktop", model="Optiplex 3O10", system="Windows 10", on="2020-01-02",
            purchased_on="2020-01-01",
        )  # fmt: skip
        installed = k.Installed(site="site:school", room=room, on="2020-09-01")
        desk.say(f"machine:{tag}", registered, installed)
    desk.say("machine:C1", k.Moved(site="site:college", room="room:cdi", on="2025-03-01"))
    again = k.Installed(room="room:lab", system="Debian 13", on="2025-10-14")
    desk.say("machine:C2", k.RepairOpened(fault="other", on="2025-10-13"), again)
    desk.say("machine:C3", k.MachineDescribed(model="OptiPlex 3010"))


def test_each_year_has_the_places_and_systems_of_its_own_last_day(desk: Desk) -> None:
    moved_and_reinstalled(desk)
    c1, c2, c3 = (f"machine:C{n}" for n in (1, 2, 3))

    before, after = desk.audit(Period(year=2024, day="2024-12-31")), desk.audit()

    expected = {
        "fleet.by_site:site:school": ((c1, c2, c3), (c2, c3)),
        "fleet.by_site:site:college": (None, (c1,)),
        "fleet.by_system:Windows 10": ((c1, c2, c3), (c1, c3)),
        "fleet.by_system:Debian 13": (None, (c2,)),
        "forecast.rooms:room:lab": ((c1, c2), (c2,)),
        "forecast.rooms:room:cdi": (None, (c1,)),
        "fleet.by_model:OptiPlex 3010": ((c3,), (c3,)),
    }
    assert {key: (before.behind(key), after.behind(key)) for key in expected} == expected


def test_move_not_known_yet_is_not_in_what_was_known(desk: Desk) -> None:
    desk.calendar.today = "2025-12-31"
    registered = k.MachineRegistered(tag="C1", site="site:school", on="2020-01-02")
    desk.say("machine:C1", registered)
    desk.calendar.today = "2026-01-20"
    desk.say("machine:C1", k.Moved(site="site:college", on="2025-03-01"))

    then = desk.audit(Period(year=2025, day="2025-12-31", known_at="2026-01-10"))

    assert then.behind("fleet.by_site:site:school") == ("machine:C1",)
    assert desk.audit().behind("fleet.by_site:site:college") == ("machine:C1",)


def test_days_that_are_no_days_break_nothing(desk: Desk) -> None:
    """Another program may have written anything: the event's own time counts then."""
    desk.calendar.today = "2025-04-04"
    machine = desk.retire("A1")
    desk.say(machine, k.TitleTransferred(way="gift", taker="p", on="2025-99-99"))
    odd = "machine:odd"
    registered = k.MachineRegistered(tag="odd", purchased_on="2019-13-01", on="hier")
    repair = k.RepairDone(fault="slow", parts=("new:SSD",), on="2020-99-99")
    desk.say(odd, registered, k.Installed(on="2024-02-30"), repair)
    desk.say("machine:odder", k.MachineRegistered(tag="O", purchased_on="2019-13-01"))

    found = desk.audit()

    assert found.figure("decree.a").machines == (machine,)
    dated = {machine, "machine:odder"}
    assert {*(found.behind("fleet.by_state") or ())} == dated, "nobody can say when the other came"


def test_opening_stock_declared_again_replaces_the_first(desk: Desk) -> None:
    desk.retire("A1")

    audit_seals.declare_opening(desk.town, 2025, 40)
    audit_seals.declare_opening(desk.town, 2025, 4)

    found = desk.audit()
    assert (found.figure("decree.opening").value, found.figure("decree.b").value) == (4, 5)
    with pytest.raises(BadInput):
        audit_seals.declare_opening(desk.town, 2025, -1)


# --- what was known when -----------------------------------------------------------------------


def test_known_at_a_day_leaves_out_what_was_written_later(desk: Desk) -> None:
    desk.calendar.today = "2025-05-05"
    machine = desk.retire("A1")
    desk.calendar.today = "2025-08-08"
    desk.say(machine, GIFT)

    early, late = (
        desk.audit(audit.period_of(date(2026, 2, 2), as_of="2025-05-31", known_at=day))
        for day in ("2025-06-30", "2025-08-31")
    )

    assert (early.figure("decree.a").value, late.figure("decree.a").value) == (0, 1)
    with pytest.raises(NotFound):
        desk.audit(Period(year=2025, day="2025-12-31", known_at="2020-01-01"))


def test_journal_cut_at_todays_heads_gives_todays_audit(desk: Desk) -> None:
    a_year(desk)
    found = desk.audit()
    heads = {replica: seq for replica, (seq, _link) in found.heads.items()}

    with past_journal(desk.town.journal, heads) as past:
        again = audit._from(past, desk.town.home, YEAR).audit

    assert digest_of(again) == digest_of(found)
    assert again == found


def test_sealed_audit_comes_out_again_whatever_is_learned_later(desk: Desk) -> None:
    a_year(desk)
    sealed, report = audit_seals.seal(desk.town, YEAR, digest_of, values_digest)
    desk.say(desk.retire("B1", on="2024-02-02"), GIFT)

    (checked,) = audit_seals.check(desk.town, digest_of, values_digest)

    assert checked.sound and checked.same_values
    assert checked.found == sealed.sealed.digest == digest_of(report.audit)
    assert digest_of(desk.audit()) != sealed.sealed.digest


def test_seal_that_does_not_fit_is_told(desk: Desk) -> None:
    a_year(desk)
    _seal, report = audit_seals.seal(desk.town, YEAR, digest_of, values_digest)
    heads = {replica: seq for replica, (seq, _link) in report.audit.heads.items()}
    forged = k.AuditSealed(
        year=2025, day="2025-12-31", heads=heads, digest="0" * 64, on="2026-02-02"
    )
    desk.say("audit:forged", forged)

    found = [one.sound for one in audit_seals.check(desk.town, digest_of, values_digest)]

    assert found == [True, False]


def test_both_stores_give_the_same_audit(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> None:
    other = open_desk(tmp_path_factory.mktemp("pg"), postgres_url)
    for one in (desk, other):
        a_year(one)
        disks_put_in(one)
        moved_and_reinstalled(one)

    assert digest_of(desk.audit()) == digest_of(other.audit())
    audit_seals.seal(other.town, YEAR, digest_of, values_digest)
    other.say(other.retire("B1", on="2024-02-02"), GIFT)
    (checked,) = audit_seals.check(other.town, digest_of, values_digest)
    assert checked.sound
    other.town.journal.close()


# --- bad words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked", [{"year": 2027}, {"as_of": "2026-02-03"}, {"year": 2024, "as_of": "2025-01-01"}]
)
def test_period_to_come_or_of_another_year_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        audit.period_of(date(2026, 2, 2), **asked)  # type: ignore[arg-type]


def test_bad_price_list_of_the_town_is_refused_with_its_line(desk: Desk) -> None:
    (desk.town.home / "money.yml").write_text("price.laptop:\n  - {value: 600}\n", "utf-8")

    with pytest.raises(BadInput, match=r"money\.yml:2"):
        desk.audit()


def test_towns_own_prices_come_before_the_mean_it_paid(desk: Desk) -> None:
    entry = '{value: 28, unit: euro, from: 2020-01-01, source: "Finances", verified: true}'
    (desk.town.home / "money.yml").write_text(f"labour.hour:\n  - {entry}\n", "utf-8")
    desk.calendar.today = "2025-05-05"
    a_year(desk)

    assert desk.audit().figure("money.upkeep").value == Fraction(2800 * 600, 3600)


def test_new_parts_of_the_year_are_in_the_upkeep_and_those_without_a_price_are_told(
    desk: Desk,
) -> None:
    entry = '{{value: {}, unit: euro, from: 2020-01-01, source: "Finances", verified: true}}'
    prices = f"labour.hour:\n  - {entry.format(28)}\nprice.part.ssd:\n  - {entry.format(40)}\n"
    (desk.town.home / "money.yml").write_text(prices, "utf-8")
    desk.calendar.today = "2025-05-05"
    a_year(desk)
    parts = ("new:SSD 240 Go", "salvaged:SSD:VJ-7", "new:dalle 14")

    desk.say("machine:A4", k.RepairDone(fault="slow", parts=parts, on="2025-04-04"))

    found = desk.audit()
    assert found.figure("money.upkeep").value == Fraction(2800 * 600, 3600) + 4000
    assert found.figure("money.parts").value == 4000
    assert found.figure("money.parts_unknown").value == 1


@pytest.mark.parametrize(
    ("key", "near"), [("price.part.memry", "price.part.memory"), ("price.laptp", "price.laptop")]
)
def test_price_of_what_nobody_knows_is_refused_with_the_nearest_word(
    desk: Desk, key: str, near: str
) -> None:
    entry = '{value: 28, unit: euro, from: 2020-01-01, source: "Finances", verified: true}'
    (desk.town.home / "money.yml").write_text(f"{key}:\n  - {entry}\n", "utf-8")

    with pytest.raises(BadInput, match=rf"money\.yml:1.*{near}"):
        desk.audit()


def test_price_that_was_left_empty_is_no_price(desk: Desk) -> None:
    (desk.town.home / "money.yml").write_text("price.laptop:\n", "utf-8")

    with pytest.raises(BadInput, match=r"money\.yml:1"):
        desk.audit()


# --- the file of proofs ------------------------------------------------------------------------


def as_html(pages: Sequence[str], folders: Sequence[Path]) -> Iterator[bytes]:
    """Papers as they are before they are printed: PDF has its own tests."""
    return (page.encode() for page in pages)


def test_file_of_proofs_holds_the_report_the_lists_and_a_letter_to_each_taker(
    desk: Desk, tmp_path: Path
) -> None:
    recycler = records.add_partner(desk.town, "Éco-Reprise <SA>", "company")
    machine = desk.retire("A7")
    desk.say(machine, k.TitleTransferred(way="take_back", taker=recycler, on="2025-05-05"))
    person = desk.retire("A8")
    desk.say(person, k.Exited(way="sale", taker="operator:7", on="2025-05-05", commitment="C"))

    made = audit_dossier.write(desk.town, YEAR, tmp_path / "p.zip", render=as_html)

    with ZipFile(made.path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    (letter,) = (data.decode() for name, data in files.items() if name.startswith("courriers/"))
    assert "A7" in letter and "Éco-Reprise &lt;SA&gt;" in letter and "A8" not in letter
    assert "votre engagement" in letter
    listed = files["listes/decree.missing_proof.csv"].decode()
    assert "A7" in listed and "A8" in listed
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ")
        assert sha256(files[name]).hexdigest() == digest
    assert files.keys() >= {"audit.html", "LISEZ-MOI.txt", "donnees-ouvertes/audit/figures.csv"}
    assert made.digest in files["LISEZ-MOI.txt"].decode()
    assert any(name.startswith("rapport-annuel_2025") for name in files)
    assert all(one.sound for one in audit_seals.check(desk.town, digest_of, values_digest))


def test_certificates_of_machines_that_left_are_in_the_file_and_lost_ones_are_told(
    desk: Desk, tmp_path: Path
) -> None:
    machine = desk.retire("A9")
    desk.say(machine, k.ToRecycle(on="2025-02-02"), k.Recycled(slip="BSD-1", on="2025-03-03"))
    kept = [desk.town.attachments.put(data) for data in (b'{"kept": 1}', b"%PDF-1.7")]
    for number, digests in (("CE-1", kept), ("CE-2", ["0" * 64, "1" * 64])):
        issued = k.CertificateIssued(
            number=number, machine=machine, wipe="w", json_digest=digests[0], pdf_digest=digests[1]
        )
        desk.say(f"disk:{number}", issued)

    made = audit_dossier.write(desk.town, YEAR, tmp_path / "p.zip", render=as_html)

    with ZipFile(made.path) as packed:
        assert packed.read("certificats/CE-1.json") == b'{"kept": 1}'
        assert packed.read("certificats/CE-1.pdf") == b"%PDF-1.7"
    assert (made.certificates, made.missing) == (1, ("CE-2",))


def test_the_year_before_a_leap_day_ends_on_a_day_that_exists() -> None:
    period = Period(year=2024, day="2024-02-29").until_same_day_of(2023)

    assert (period.year, period.day) == (2023, "2023-02-28")
