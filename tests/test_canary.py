# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A family's, a donor's and a holder's name, planted: no output and no file holds them, but for
the people table, sealed; after the purge nothing can read them any more, nowhere.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import Engine, select, text

from fleet.cli.main import build_parser
from fleet.cli.parser import all_commands
from fleet.paths import store_url
from fleet.services.town import Town, init_town, open_town
from fleet.store.people import People, Person, Role, erase_traces
from fleet.store.schema import people, person_keys
from tests.cli.command_line import Said, Typist

# The last word of every planted name and contact; no word of the program's own holds it.
CANARY = "Quidamour"
FAMILY, DONOR, HOLDER = (f"{first} {CANARY}" for first in ("Zéphyrine", "Éloi", "Anselme"))
CONTACT = f"z.{CANARY.lower()}@exemple.fr"
OLD = (date.today() - timedelta(days=250)).isoformat()
YEAR = str(date.today().year)
TAG = "VJ-1"

# Every command that prints JSON, with what it must be given; None: it says why it is left out.
JSON_COMMANDS: dict[str, tuple[str, ...] | None] = {
    "operator": (), "site list": (), "room list": (), "machine list": (), "machine show": (TAG,),
    "inbox list": (), "minutes": (), "certificate list": (), "retirement list": (),
    "partner list": (), "agreement list": (), "document list": (), "lot list": (),
    "lot show": ("Lot 7",), "beneficiary list": (), "family list": ("--all",), "family match": (),
    "family due": (), "audit": ("--year", YEAR), "audit check": (), "policy show": (),
    "policy limits": (), "journal show": (), "journal verify": (), "replica list": (),
    "people purge": ("--due",),
    "people list": None,  # the names' one place
    # Files of others, which this town has not:
    "report opinion": None, "inbox show": None, "import sheet": None, "certificate verify": None,
    "certificate show": None, "replica show": None, "document check": None,
    # Images know no person:
    "image list": None, "image show": None, "image build": None, "image test": None,
    "image diff": None, "image verify": None, "doctor": None,
}  # fmt: skip


def done(said: Said) -> Said:
    assert said.status == 0, said.err + said.out
    return said


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a town where a machine went from a donor, through a holder, to a family."""
    folder = tmp_path_factory.mktemp("canary")
    receipt = folder / "recu.pdf"
    receipt.write_bytes(f"%PDF-1.4 reçu par {FAMILY}".encode())
    desk = Typist(folder / "home")
    at = ("--on", OLD)
    for words in (
        ("init",), ("site", "add", "Mairie"), ("policy", "set", "a", "--accept-declared-wipes"),
        ("partner", "add", "Emmaüs", "--quality", "interet_general_precarite"),
        ("agreement", "add", "Emmaüs", "CONV-1", "--data-clause"),
        ("lot", "add", "Lot 7", "--partner", "Emmaüs", "--agreement", "CONV-1"),
        ("beneficiary", "add", "DEM-1", "--referrer", "CCAS", "--need", "laptop",
         "--eligible-on", OLD),
        ("family", "name", "DEM-1", "--name", FAMILY, "--contact", CONTACT),
        ("machine", "add", "--tag", TAG, "--kind", "laptop", "--gift", "--model", "L-1", *at),
        ("gift", "record", TAG, "--from", "person", "--donor", DONOR, "--contact", CONTACT),
        ("machine", "add", "--tag", "VJ-2", "--kind", "laptop", *at),
        ("install", "VJ-2", "--site", "Mairie", "--holder", HOLDER, *at),
        ("value", TAG, "--machine", "80"), ("lot", "put", TAG, "--lot", "Lot 7"),
        ("title", "transfer", TAG, "--way", "gift", "--taker", "Emmaüs", *at),
        ("take-in", TAG, *at), ("disk", "declare", TAG, "--none"),
        ("test", "record", TAG, "--all-pass"), ("image", "record", TAG, "--image", "famille"),
        ("ready", TAG, *at),
        ("hand-over", TAG, "--partner", "Emmaüs", "--beneficiary", "DEM-1", "--receipt",
         str(receipt), "--yes", *at),
    ):  # fmt: skip
        done(desk.types(*words))
    receipt.unlink()
    return desk.home


@pytest.fixture
def desk(planted: Path, tmp_path: Path) -> Typist:
    shutil.copytree(planted, tmp_path / "home")
    return Typist(tmp_path / "home")


def town_of(desk: Typist) -> Town:
    return open_town(desk.home, store_url({}, desk.home))


# --- looking for it -----------------------------------------------------------------------------


def forms(word: str) -> Iterator[bytes]:
    """Every way in which a word is commonly written in a file."""
    for one in {word, word.lower(), word.upper()}:
        yield one.encode()
        yield one.encode("utf-16-le")
        yield one.encode("utf-16-be")
        yield one.encode().hex().encode()
        for shift in range(3):
            whole = base64.b64encode(b"x" * shift + one.encode())
            yield whole[4:-4]


FORMS = tuple(forms(CANARY))


def holds(data: bytes) -> bool:
    return any(form in data for form in FORMS)


def readings(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes, and what is packed inside."""
    raw = path.read_bytes()
    yield raw
    if raw.startswith(b"\x28\xb5\x2f\xfd"):
        yield zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    if raw.startswith(b"%PDF"):
        yield subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True
        ).stdout


def told_by(folder: Path) -> list[str]:
    """Return the files under a folder that hold the canary."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in files if any(map(holds, readings(path)))]


def test_the_search_itself_finds_a_planted_word(tmp_path: Path) -> None:
    line = f"nom : {FAMILY}".encode()
    (tmp_path / "plain.txt").write_bytes(line)
    (tmp_path / "packed.zst").write_bytes(zstandard.compress(line))
    (tmp_path / "wide.bin").write_bytes(FAMILY.encode("utf-16-le"))
    (tmp_path / "mail.b64").write_bytes(base64.b64encode(line))
    (tmp_path / "none.txt").write_bytes(b"Zephyrine")

    assert told_by(tmp_path) == ["mail.b64", "packed.zst", "plain.txt", "wide.bin"]


# --- while the name is kept ---------------------------------------------------------------------


def test_no_file_of_the_store_holds_a_name(desk: Typist) -> None:
    assert told_by(desk.home) == []


def test_every_command_that_prints_json_is_looked_at() -> None:
    known = {" ".join(words) for words, one in all_commands(build_parser()) if one.shape}

    assert known == set(JSON_COMMANDS)


GIVEN = [(command, given) for command, given in JSON_COMMANDS.items() if given is not None]


@pytest.mark.parametrize(("command", "given"), [*GIVEN, ("machine show", ("VJ-2",))])
def test_no_json_holds_a_name(desk: Typist, command: str, given: tuple[str, ...]) -> None:
    said = desk.types(*command.split(), *given, "--json")

    assert said.json
    assert not holds((said.out + said.err).encode())


def test_no_bundle_no_backup_and_no_table_holds_a_name(desk: Typist, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for words in (
        ("bundle", "export", out / "all.tar.zst"),
        ("bundle", "export", out / "lot.tar.zst", "--lot", "Lot 7"),
        ("bundle", "heads"),
        ("backup", "--output", out / "backup.tar.zst"),
        ("repair", "export", "--output", out / "repairs.csv", "--provider", "Ville"),
        ("audit", "--year", YEAR, "--csv", out / "csv"),
        ("audit", "--year", YEAR, "--html", out / "audit.html"),
        ("audit", "--year", YEAR),
        ("lot", "show", "Lot 7"), ("family", "list", "--all"), ("family", "due"),
        ("beneficiary", "list"), ("machine", "list", "--text", CANARY), ("machine", "show", TAG),
        ("journal", "rebuild"), ("journal", "verify"),
    ):  # fmt: skip
        said = done(desk.types(*words))
        assert not holds((said.out + said.err).encode()), words

    assert told_by(out) == []
    assert told_by(desk.home) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (poppler-utils)")
def test_documents_without_a_person_hold_no_name_and_the_others_are_sealed(
    desk: Typist, tmp_path: Path
) -> None:
    shared, named = tmp_path / "shared", tmp_path / "named"
    for folder, words in (
        (shared, ("dossier-de-lot", "--lot", "Lot 7")),
        (shared, ("annexe-aides-en-nature", "--year", YEAR)),
        (shared, ("rapport-annuel", "--year", YEAR)),
        (named, ("attestation-donateur", "--machine", TAG)),
        (named, ("attestation-remise", "--machine", TAG)),
    ):
        done(desk.types("document", "make", *words, "--output", folder))
    made = desk.types("document", "list", "--json").json["documents"]
    papers = [one["number"] for one in made if one["named"]]

    purge_all(desk)

    assert list(shared.rglob("*.pdf"))
    assert told_by(shared) == []
    assert len(told_by(named)) == len(papers) == 2, "a person's own paper bears the name"
    assert told_by(desk.home) == []
    for number in papers:
        assert desk.types("document", "print", number, "--output", tmp_path).status == 5


# --- after the purge ----------------------------------------------------------------------------


def secrets(engine: Engine) -> list[bytes]:
    """Return every sealed name and wrapped key: what must be gone after the purge."""
    with engine.connect() as connection:
        sealed = connection.execute(
            select(people.c.sealed).where(people.c.role != "operator")
        ).scalars()
        wrapped = connection.execute(
            select(person_keys.c.wrapped).where(~person_keys.c.id.startswith("operator:"))
        ).scalars()
        return [bytes(one) for one in (*sealed, *wrapped) if one]


def purge_all(desk: Typist) -> list[str]:
    known = desk.types("people", "list", "--json").json["people"]
    persons = [one["id"] for one in known if one["role"] != "operator"]
    done(desk.types("people", "purge", *persons, "--yes"))
    return persons


def test_after_the_purge_no_page_of_the_database_holds_even_the_sealed_name(desk: Typist) -> None:
    town = town_of(desk)
    gone = secrets(town.journal.engine)
    town.journal.close()
    assert len(gone) == 6

    persons = purge_all(desk)

    assert len(persons) == 3
    whole = b"".join(path.read_bytes() for path in desk.home.rglob("*") if path.is_file())
    assert [one for one in gone if one in whole] == []
    assert not holds(whole)


def test_after_the_purge_an_older_backup_and_the_master_key_read_no_name(
    desk: Typist, tmp_path: Path
) -> None:
    done(desk.types("backup", "--output", tmp_path / "older.tar.zst"))
    persons = purge_all(desk)
    thief = Typist(tmp_path / "thief")

    done(thief.types("backup", "restore", tmp_path / "older.tar.zst"))
    shutil.copy(desk.home / "keys" / "people.key", thief.home / "keys" / "people.key")

    town = town_of(thief)
    with town.journal.read() as connection:
        assert connection.execute(select(person_keys.c.id)).all() == []
        assert [town.people.name_of(connection, person) for person in persons] == [None] * 3
    assert secrets(town.journal.engine), "the sealed names are there, and of no use"


def test_no_figure_changes_with_the_purge(desk: Typist) -> None:
    def figures() -> list[object]:
        commands = (
            ("audit", "--year", YEAR),
            ("family", "list", "--all"),
            ("lot", "show", "Lot 7"),
        )
        return [done(desk.types(*words, "--json")).json for words in commands]

    before = figures()
    purge_all(desk)

    assert figures() == before


def test_on_postgresql_the_purge_leaves_no_name_and_no_key_in_any_table_file(
    postgres_url: str, postgres_server: object, tmp_path: Path
) -> None:
    town = init_town(tmp_path / "home", postgres_url)
    family = Person(
        id="beneficiary:1", role=Role.BENEFICIARY, name=FAMILY, contact=CONTACT,
        last_contact=date(2020, 1, 1),
    )  # fmt: skip
    with town.journal.write() as writer:
        town.people.add(writer.connection, family)
    gone = secrets(town.journal.engine)
    data = Path(getattr(postgres_server, "folder")) / "data" / "base"  # noqa: B009
    checkpoint(town.journal.engine)
    assert all(any(one in file for file in _files(data)) for one in gone), "they were on disk"

    with town.journal.write() as writer:
        People(tmp_path / "home").purge_due(writer.connection, date.today())
    assert erase_traces(town.journal.engine)
    checkpoint(town.journal.engine)

    assert [one for one in gone if any(one in file for file in _files(data))] == []
    assert not any(holds(file) for file in _files(data))
    assert secrets(town.journal.engine) == []


def checkpoint(engine: Engine) -> None:
    """Have every page written, and files of dropped tables removed."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))


def _files(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()
