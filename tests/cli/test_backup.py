# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``backup`` and ``backup restore`` typed on real stores."""

from __future__ import annotations

import io
import sqlite3
import tarfile
import threading
from pathlib import Path

import pytest
import zstandard

from fleet.model.kinds import MachineRegistered, Retired
from fleet.services.town import new_id, open_town
from tests.cli.command_line import REPORTS, Typist


@pytest.fixture
def desk(tmp_path: Path) -> Typist:
    """A store with machines, attachments and a name."""
    person = Typist(tmp_path / "desk")
    person.types("init", "--name", "Bureau")
    person.types("report", "import", REPORTS)
    return person


@pytest.fixture
def saved(desk: Typist, tmp_path: Path) -> Path:
    path = tmp_path / "parc.tar.zst"
    assert desk.types("backup", "--output", path).status == 0
    return path


def known(person: Typist) -> list[str | None]:
    return [one["name"] for one in person.types("people", "list", "--json").json["people"]]


def members(path: Path) -> dict[str, bytes]:
    plain = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        opened = [(member.name, archive.extractfile(member)) for member in archive]
        return {name: file.read() for name, file in opened if file is not None}


def packed(path: Path, content: dict[str, bytes]) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    path.write_bytes(zstandard.ZstdCompressor().compress(plain.getvalue()))
    return path


def test_a_restored_backup_is_the_same_installation(
    desk: Typist, saved: Path, tmp_path: Path
) -> None:
    new = Typist(tmp_path / "new")

    said = new.types("backup", "restore", saved)

    assert said.status == 0
    assert new.types("journal", "verify").status == 0
    assert new.types("replica", "show").out == desk.types("replica", "show").out
    assert new.types("machine", "list").out == desk.types("machine", "list").out
    assert new.types("journal", "rebuild").out == desk.types("journal", "rebuild").out
    assert new.home.stat().st_mode & 0o777 == 0o700


def test_a_backup_is_for_its_owner_only_and_never_replaces_a_file(
    desk: Typist, saved: Path
) -> None:
    before = saved.read_bytes()

    again = desk.types("backup", "--output", saved)

    assert again.status == 2
    assert saved.read_bytes() == before
    assert saved.stat().st_mode & 0o777 == 0o600
    assert not list(desk.home.glob(".backup-*"))


def test_a_backup_has_no_key_of_names_which_have_a_backup_of_their_own(
    desk: Typist, saved: Path, tmp_path: Path
) -> None:
    keys, new = tmp_path / "keys.json", Typist(tmp_path / "new")
    desk.types("people", "backup-keys", keys)
    new.types("backup", "restore", saved)
    store = tmp_path / "copy.db"
    store.write_bytes(members(saved)["journal.db"])

    before = known(new)
    new.types("people", "restore-keys", keys)

    assert not [name for name in members(saved) if "people" in name]
    with sqlite3.connect(store) as copy:
        assert copy.execute("SELECT count(*) FROM person_keys").fetchone() == (0,)
    assert (before, known(new)) == ([None], ["Camille B."])


def test_the_keys_of_names_go_along_when_asked(desk: Typist, tmp_path: Path) -> None:
    path, new = tmp_path / "all.tar.zst", Typist(tmp_path / "new")
    desk.types("backup", "--output", path, "--with-people-keys")

    new.types("backup", "restore", path)

    assert known(new) == ["Camille B."]


def test_a_backup_is_not_restored_over_anything(desk: Typist, saved: Path) -> None:
    before = desk.types("machine", "list").out

    said = desk.types("backup", "restore", saved)

    assert said.status == 2
    assert desk.types("machine", "list").out == before


@pytest.mark.parametrize("kept", [0, 40, -200])
def test_a_cut_backup_is_refused_and_nothing_is_left(
    saved: Path, tmp_path: Path, kept: int
) -> None:
    cut = tmp_path / "cut.tar.zst"
    cut.write_bytes(saved.read_bytes()[:kept])
    new = Typist(tmp_path / "there" / "new")

    said = new.types("backup", "restore", cut)

    assert said.status == 4
    assert list((tmp_path / "there").iterdir()) == []


def test_one_changed_byte_is_found(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    for place in (100, len(whole) // 3, len(whole) // 2, len(whole) - 5000):
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

        assert Typist(tmp_path / "new").types("backup", "restore", saved).status == 4


def test_an_altered_attachment_or_a_foreign_path_is_refused(saved: Path, tmp_path: Path) -> None:
    good = members(saved)
    paper = next(name for name in good if name.startswith("attachments/"))
    altered = packed(tmp_path / "1.tar.zst", {**good, paper: b"other"})
    foreign = packed(tmp_path / "2.tar.zst", {**good, "keys/../../evil": b"x"})
    lacking = packed(tmp_path / "3.tar.zst", {n: d for n, d in good.items() if n != paper})
    new = Typist(tmp_path / "new")

    found = [new.types("backup", "restore", path).status for path in (altered, foreign, lacking)]

    assert found == [4, 4, 4]
    assert not new.home.exists()
    assert not (tmp_path / "evil").exists()


def test_a_backup_made_while_others_write_is_whole_and_of_one_moment(
    desk: Typist, tmp_path: Path
) -> None:
    stop = threading.Event()
    wrote: list[int] = []

    def write() -> None:
        other = open_town(desk.home, f"sqlite:///{desk.home / 'journal.db'}").acting_as("Sacha L.")
        while not stop.is_set():
            paper = other.attachments.put(f"paper {len(wrote)}".encode())
            with other.act() as act:
                machine = new_id("machine")
                act.add(machine, MachineRegistered(tag=f"W-{len(wrote):05}", kind="laptop"))
                act.done()
                act.add(machine, Retired(decision=paper))
            wrote.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for n in range(3):
            before = len(wrote)
            while len(wrote) < before + 5:
                stop.wait(0.01)
            assert desk.types("backup", "--output", tmp_path / f"{n}.tar.zst").status == 0
            counts.append(len(wrote))
    finally:
        stop.set()
        writer.join()

    for n, count in enumerate(counts):
        new = Typist(tmp_path / f"new-{n}")
        assert new.types("backup", "restore", tmp_path / f"{n}.tar.zst").status == 0
        assert new.types("journal", "verify").status == 0
        listed = new.types("machine", "list", "--text", "W-", "--json").json["machines"]
        assert 0 < len(listed) <= count
        assert {machine["state"] for machine in listed} == {"retired"}


def test_a_store_on_a_server_is_saved_by_its_own_tools(
    saved: Path, tmp_path: Path, postgres_url: str
) -> None:
    served = Typist(tmp_path / "served")
    served.environ["PARCLIBRE_STORE"] = postgres_url
    restored = served.types("backup", "restore", saved)
    served.types("init")

    written = served.types("backup", "--output", tmp_path / "served.tar.zst")

    assert (restored.status, written.status) == (2, 2)
    assert "pg_dump" in restored.err
    assert "pg_dump" in written.err
    assert not (tmp_path / "served.tar.zst").exists()


def test_a_backup_says_where_it_goes(desk: Typist, tmp_path: Path) -> None:
    assert desk.types("backup").status == 2
    assert desk.types("backup", "--output", tmp_path / "absent" / "x.tar.zst").status == 8
    assert desk.types("backup", "restore", tmp_path / "absent.tar.zst").status == 2
    assert Typist(tmp_path / "n").types("backup", "restore", tmp_path / "no").status == 3
