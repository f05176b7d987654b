# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names are sealed, and a purge really takes them out: of the tables, the files, the backups."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from fleet.errors import BadInput, GuardRefused, NotFound, StoreDamaged
from fleet.store.engine import open_engine
from fleet.store.people import People, Person, Role, erase_traces
from fleet.store.retention import purge_date, retentions
from fleet.store.schema import people, person_keys

LAST_CONTACT = date(2024, 3, 1)
DUE = date(2026, 3, 1)


class Book:
    """A people table in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.engine: Engine = open_engine(f"sqlite:///{home}/journal.sqlite")
        self.people = People(home)

    @contextmanager
    def use(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def add(self, person: str, role: Role, name: str, contact: str | None = None) -> None:
        added = Person(id=person, role=role, name=name, contact=contact, last_contact=LAST_CONTACT)
        with self.use() as connection:
            self.people.add(connection, added)

    def name(self, person: str) -> str | None:
        with self.use() as connection:
            return self.people.name_of(connection, person)

    def purge_due(self, today: date) -> tuple[str, ...]:
        with self.use() as connection:
            return self.people.purge_due(connection, today).purged


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book(tmp_path)
    book.add("beneficiary:1", Role.BENEFICIARY, "Noémie Zürcher", "06 00 00 00 01")
    book.add("operator:1", Role.OPERATOR, "Camille Brûlé")
    book.add("operator:2", Role.OPERATOR, "Alix Martin")
    return book


def _bytes_on_disk(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_names_and_contacts_come_back(book: Book) -> None:
    with book.use() as connection:
        identity = book.people.identity_of(connection, "beneficiary:1")

    assert identity is not None
    assert (identity.name, identity.contact) == ("Noémie Zürcher", "06 00 00 00 01")
    assert book.name("operator:2") == "Alix Martin"
    assert book.name("operator:99") is None


def test_control_characters_never_enter(book: Book) -> None:
    book.add("operator:3", Role.OPERATOR, "Eve\x1b[31m\nRed")

    assert book.name("operator:3") == "Eve [31m Red"


@pytest.mark.parametrize("typed", ["Camille Brûlé", "camille brule", "  CAMILLE   BRÛLÉ "])
def test_an_operator_is_found_however_the_name_is_typed(book: Book, typed: str) -> None:
    with book.use() as connection:
        assert book.people.find_operator(connection, typed) == "operator:1"


def test_only_operators_are_found_by_name(book: Book) -> None:
    with book.use() as connection:
        assert book.people.find_operator(connection, "Noémie Zürcher") is None
        assert book.people.find_operator(connection, "") is None


def test_names_are_never_in_the_files(book: Book) -> None:
    raw = _bytes_on_disk(book.home)

    assert "Noémie".encode() not in raw
    assert b"06 00 00 00 01" not in raw
    assert b"beneficiary:1" in raw


def test_the_master_key_is_private(book: Book) -> None:
    assert stat.S_IMODE((book.home / "keys/people.key").stat().st_mode) == 0o600


def test_a_name_goes_on_its_day_and_not_before(book: Book) -> None:
    assert book.purge_due(date(2026, 2, 28)) == ()
    assert book.name("beneficiary:1") == "Noémie Zürcher"

    assert book.purge_due(DUE) == ("beneficiary:1",)

    assert book.name("beneficiary:1") is None
    assert book.name("operator:1") == "Camille Brûlé"
    with book.use() as connection:
        row = connection.execute(select(people).where(people.c.id == "beneficiary:1")).one()
    assert (row.role, row.purged_on, row.sealed) == ("beneficiary", "2026-03-01", None)
    assert book.purge_due(date(2030, 1, 1)) == ()


def test_after_a_purge_the_key_and_the_sealed_name_are_in_no_file(book: Book) -> None:
    with book.use() as connection:
        where = people.c.id == "beneficiary:1"
        sealed = bytes(connection.execute(select(people.c.sealed).where(where)).scalar_one())
        key_query = select(person_keys.c.wrapped).where(person_keys.c.id == "beneficiary:1")
        wrapped = bytes(connection.execute(key_query).scalar_one())
    before = _bytes_on_disk(book.home)
    assert sealed in before
    assert wrapped in before

    book.purge_due(DUE)
    assert erase_traces(book.engine)

    after = _bytes_on_disk(book.home)
    assert sealed not in after
    assert wrapped not in after
    assert sealed[-16:] not in after
    assert wrapped[-16:] not in after
    assert b"beneficiary:1" in after


def test_traces_held_by_a_reader_are_reported(book: Book) -> None:
    book.purge_due(date(2026, 2, 1))
    reader = open_engine(f"sqlite:///{book.home}/journal.sqlite")
    with reader.connect() as connection:
        connection.execute(select(people)).all()
        book.purge_due(DUE)

        with book.engine.connect() as other:
            other.exec_driver_sql("PRAGMA busy_timeout=50")
        held = erase_traces(book.engine)

    assert not held
    assert erase_traces(book.engine)


def test_a_new_contact_postpones_the_purge(book: Book) -> None:
    with book.use() as connection:
        book.people.renew(connection, "beneficiary:1", date(2025, 6, 1))

    assert book.purge_due(DUE) == ()
    assert book.purge_due(date(2027, 6, 1)) == ("beneficiary:1",)


def test_a_purged_person_cannot_be_renewed(book: Book) -> None:
    book.purge_due(DUE)

    with book.use() as connection, pytest.raises(NotFound):
        book.people.renew(connection, "beneficiary:1", DUE)


def test_a_paper_with_a_name_is_readable_until_the_purge(book: Book) -> None:
    with book.use() as connection:
        sealed = book.people.seal_attachment(connection, "beneficiary:1", b"%PDF Noemie")
        opened = book.people.open_attachment(connection, "beneficiary:1", sealed)
    assert opened == b"%PDF Noemie"
    assert b"Noemie" not in sealed

    book.purge_due(DUE)

    with book.use() as connection, pytest.raises(GuardRefused, match="purged"):
        book.people.open_attachment(connection, "beneficiary:1", sealed)
    with book.use() as connection, pytest.raises(NotFound):
        book.people.seal_attachment(connection, "beneficiary:1", b"more")


def test_a_paper_sealed_for_one_person_does_not_open_for_another(book: Book) -> None:
    with book.use() as connection:
        sealed = book.people.seal_attachment(connection, "beneficiary:1", b"paper")

        with pytest.raises(StoreDamaged):
            book.people.open_attachment(connection, "operator:1", sealed)
        with pytest.raises(StoreDamaged):
            book.people.open_attachment(connection, "beneficiary:1", sealed[:-1])


def test_a_sealed_name_moved_to_another_person_is_damage(book: Book) -> None:
    with book.use() as connection:
        connection.exec_driver_sql(
            "UPDATE person_keys SET wrapped ="
            " (SELECT wrapped FROM person_keys WHERE id = 'operator:1') WHERE id = 'operator:2'"
        )

    with pytest.raises(StoreDamaged):
        book.name("operator:2")


def test_a_lost_master_key_is_made_good_by_the_backup(book: Book, tmp_path: Path) -> None:
    backup = tmp_path / "keys-backup.json"
    with book.use() as connection:
        book.people.backup_keys(connection, backup)
    (book.home / "keys/people.key").unlink()
    without = Book(book.home)
    with pytest.raises(StoreDamaged):
        without.name("operator:1")

    with without.use() as connection:
        without.people.restore_keys(connection, backup, date(2025, 1, 1))

    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert without.name("operator:1") == "Camille Brûlé"
    assert without.name("beneficiary:1") == "Noémie Zürcher"


def test_restoring_older_keys_does_not_bring_back_who_was_purged(
    book: Book, tmp_path: Path
) -> None:
    backup = tmp_path / "keys-backup.json"
    with book.use() as connection:
        book.people.backup_keys(connection, backup)
        book.people.purge(connection, ["beneficiary:1"], date(2025, 1, 1))

    with book.use() as connection:
        book.people.restore_keys(connection, backup, date(2025, 1, 2))
        kept = set(connection.execute(select(person_keys.c.id)).scalars())

    assert kept == {"operator:1", "operator:2"}
    assert book.name("beneficiary:1") is None


def test_restoring_an_older_store_replays_the_purges_done_since(
    book: Book, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("backup")
    with book.use() as connection:
        book.people.backup_keys(connection, folder / "keys.json")
    with book.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(book.home / "journal.sqlite", folder / "journal.sqlite")
    with book.use() as connection:
        book.people.purge(connection, ["beneficiary:1"], date(2025, 1, 1))
    book.engine.dispose()

    for suffix in ("", "-wal", "-shm"):
        (book.home / f"journal.sqlite{suffix}").unlink(missing_ok=True)
    shutil.copy(folder / "journal.sqlite", book.home / "journal.sqlite")
    restored = Book(book.home)
    with restored.use() as connection:
        report = restored.people.restore_keys(connection, folder / "keys.json", date(2025, 1, 2))

    assert report.purged == ("beneficiary:1",)
    assert restored.name("beneficiary:1") is None
    assert restored.name("operator:1") == "Camille Brûlé"


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"parclibre_people_keys":2}', "[" * 99999, '{"keys":{"a":"zz"}}']
)
def test_a_file_that_is_no_key_backup_is_refused(book: Book, tmp_path: Path, content: str) -> None:
    (tmp_path / "other.json").write_text(content)

    with book.use() as connection, pytest.raises(BadInput):
        book.people.restore_keys(connection, tmp_path / "other.json", DUE)


@pytest.mark.parametrize(
    ("role", "last_contact", "expected"),
    [
        (Role.BENEFICIARY, date(2024, 2, 29), date(2026, 2, 28)),
        (Role.BENEFICIARY, date(2024, 12, 31), date(2026, 12, 31)),
        (Role.DONOR, date(2024, 2, 29), date(2026, 2, 28)),
        (Role.OPERATOR, date(2024, 2, 29), None),
        (Role.HOLDER, date(2024, 2, 29), None),
    ],
)
def test_keeping_time_by_role(role: Role, last_contact: date, expected: date | None) -> None:
    assert purge_date(role, last_contact) == expected


def test_every_keeping_time_names_its_source_and_the_day_it_was_checked() -> None:
    for retention in retentions().values():
        assert "CNIL" in retention.source or retention.source.startswith("Choix de ParcLibre")
        assert isinstance(retention.checked_on, date)
        assert retention.months <= 24
