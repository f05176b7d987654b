# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``journal``, ``replica`` and ``people`` typed on real stores that exchange bundles."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.command_line import REPORTS, Typist


@pytest.fixture
def desk(tmp_path: Path) -> Typist:
    """A store with the machines of the sample reports."""
    person = Typist(tmp_path / "desk")
    person.types("init", "--name", "Bureau")
    person.types("report", "import", REPORTS)
    return person


@pytest.fixture
def other(tmp_path: Path) -> Typist:
    person = Typist(tmp_path / "other", name="Dominique R.")
    person.types("init")
    return person


def total(person: Typist) -> int:
    count: int = person.types("machine", "list", "--json").json["total"]
    return count


def fingerprint(person: Typist) -> str:
    found: str = person.types("replica", "show", "--json").json["fingerprint"]
    return found


def test_a_sound_journal_verifies(desk: Typist) -> None:
    said = desk.types("journal", "verify", "--json")

    assert said.status == 0
    assert (said.json["sound"], said.json["damages"]) == (True, [])


def test_an_altered_event_is_named_with_status_7(desk: Typist) -> None:
    with sqlite3.connect(desk.home / "journal.db") as connection:
        changed = connection.execute(
            "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'Precision', 'Decision')"
            " AS BLOB) WHERE kind = 'ReportImported' AND CAST(body AS TEXT) LIKE '%Precision%'"
        )
        assert changed.rowcount == 1

    said = desk.types("journal", "verify")

    assert said.status == 7
    assert "ReportImported" in said.out


def test_an_altered_attachment_is_named_with_status_7(desk: Typist) -> None:
    evidence = next(path for path in (desk.home / "attachments").rglob("*") if path.is_file())
    evidence.chmod(0o600)
    evidence.write_bytes(evidence.read_bytes() + b" ")

    said = desk.types("journal", "verify", "--json")

    assert said.status == 7
    assert evidence.name in said.json["damages"][0]["where"]


def test_the_journal_is_shown_newest_first_and_page_by_page(desk: Typist) -> None:
    whole = desk.types("journal", "show", "--limit", 500, "--json").json["events"]

    first = desk.types("journal", "show", "--limit", 2, "--json").json
    second = desk.types("journal", "show", "--limit", 2, "--before", first["next"], "--json").json

    assert [e["id"] for e in first["events"] + second["events"]] == [e["id"] for e in whole[:4]]
    assert whole[0]["author_name"] == "Camille B."
    assert [e["pos"] for e in whole] == sorted((e["pos"] for e in whole), reverse=True)


def test_the_journal_is_filtered_by_kind(desk: Typist) -> None:
    said = desk.types("journal", "show", "--kind", "MachineRegistered", "--json")

    assert {event["kind"] for event in said.json["events"]} == {"MachineRegistered"}
    assert len(said.json["events"]) == total(desk)
    assert "PL-00001" in desk.types("journal", "show", "--kind", "MachineRegistered").out


def test_a_rebuild_tells_the_same_digest_twice(desk: Typist) -> None:
    first, second = desk.types("journal", "rebuild"), desk.types("journal", "rebuild")

    assert first.status == 0
    assert first.out == second.out
    assert len(first.out.strip()) == 64


def test_a_bundle_comes_in_only_once_its_maker_is_trusted(
    desk: Typist, other: Typist, tmp_path: Path
) -> None:
    bundle = tmp_path / "parc.tar.zst"
    assert desk.types("bundle", "export", bundle).status == 0

    refused = other.types("bundle", "import", bundle)
    after_refusal = total(other)
    trusted = other.types("replica", "trust", bundle, "--fingerprint", fingerprint(desk), "--yes")
    accepted = other.types("bundle", "import", bundle)
    again = other.types("bundle", "import", bundle)

    assert (refused.status, after_refusal) == (6, 0)
    assert "parclibre replica trust BUNDLE" in refused.err
    assert (trusted.status, accepted.status, again.status) == (0, 0, 0)
    assert total(other) == total(desk) > 0
    assert "Nothing new" in again.out


def test_trust_asks_for_the_end_of_the_fingerprint(
    desk: Typist, other: Typist, tmp_path: Path
) -> None:
    bundle = tmp_path / "parc.tar.zst"
    desk.types("bundle", "export", bundle)

    wrong = other.types("replica", "trust", bundle, answer="oui")
    right = other.types("replica", "trust", bundle, answer=fingerprint(desk)[-8:])

    assert (wrong.status, right.status) == (1, 0)
    assert other.types("bundle", "import", bundle).status == 0


def test_another_fingerprint_is_not_trusted(desk: Typist, other: Typist, tmp_path: Path) -> None:
    bundle = tmp_path / "parc.tar.zst"
    desk.types("bundle", "export", bundle)

    said = other.types("replica", "trust", bundle, "--fingerprint", "SHA256:autre", "--yes")

    assert said.status == 2
    assert other.types("bundle", "import", bundle).status == 6


def test_an_enrolled_installation_is_trusted_by_its_id(
    desk: Typist, other: Typist, tmp_path: Path
) -> None:
    bundle = tmp_path / "parc.tar.zst"
    desk.types("bundle", "export", bundle)
    maker = desk.types("replica", "show", "--json").json["replica"]

    unknown = other.types("replica", "trust", maker, "--yes")
    other.types("replica", "enrol", bundle, "--label", "Le bureau")
    listed = other.types("replica", "list", "--json").json["replicas"]
    known = other.types("replica", "trust", maker, "--yes")

    assert (unknown.status, known.status) == (3, 0)
    assert [(r["label"], r["trusted"]) for r in listed if r["replica"] == maker] == [
        ("Le bureau", False)
    ]


def test_nothing_more_comes_in_from_a_revoked_installation(
    desk: Typist, other: Typist, tmp_path: Path
) -> None:
    first, later = tmp_path / "1.tar.zst", tmp_path / "2.tar.zst"
    desk.types("bundle", "export", first)
    other.types("replica", "trust", first, "--yes")
    other.types("bundle", "import", first)
    maker = desk.types("replica", "show", "--json").json["replica"]
    revoked = other.types("replica", "revoke", maker, "--why", "Clé perdue")
    desk.types("retire", "PL-00001", "--decision", "D1", "--yes")
    desk.types("bundle", "export", later)

    said = other.types("bundle", "import", later)

    assert revoked.status == 0
    assert said.status == 6


def test_a_partial_bundle_holds_what_the_receiver_lacks(
    desk: Typist, other: Typist, tmp_path: Path
) -> None:
    first, later, heads = tmp_path / "1.tar.zst", tmp_path / "2.tar.zst", tmp_path / "heads.json"
    desk.types("bundle", "export", first)
    other.types("replica", "trust", first, "--yes")
    other.types("bundle", "import", first)
    heads.write_text(other.types("bundle", "heads").out, encoding="utf-8")
    desk.types("lot", "add", "Lot 1")

    said = desk.types("bundle", "export", later, "--have", heads)

    assert said.status == 0
    assert said.out.strip().endswith(": 1 event, 0 attachments")


def test_a_rehomed_installation_has_a_new_id_and_the_same_machines(desk: Typist) -> None:
    before, machines = desk.types("replica", "show", "--json").json["replica"], total(desk)

    asked = desk.types("replica", "rehome")
    done = desk.types("replica", "rehome", "--yes")

    assert (asked.status, done.status) == (2, 0)
    assert desk.types("replica", "show", "--json").json["replica"] == done.out.strip() != before
    assert total(desk) == machines
    assert desk.types("journal", "verify").status == 0


# --- people ---------------------------------------------------------------------------------


def names(person: Typist) -> list[str | None]:
    return [known["name"] for known in person.types("people", "list", "--json").json["people"]]


def test_a_purged_name_is_gone_and_the_journal_stays_sound(desk: Typist) -> None:
    assert names(desk) == ["Camille B."]

    unconfirmed = desk.types("people", "purge", "Camille B.")
    purged = Typist(desk.home, name="").types("people", "purge", "camille b.", "--yes")

    assert (unconfirmed.status, purged.status) == (2, 0)
    assert names(Typist(desk.home, name="")) == [None]
    assert desk.types("journal", "verify").status == 0


def test_a_key_backup_brings_back_the_living_and_not_the_purged(
    desk: Typist, tmp_path: Path
) -> None:
    backup = tmp_path / "cles.json"
    Typist(desk.home, name="Noé T.").types("lot", "add", "Lot 1")
    assert desk.types("people", "backup-keys", backup).status == 0
    desk.types("people", "purge", "Noé T.", "--yes")

    restored = desk.types("people", "restore-keys", backup)

    assert restored.status == 0
    assert sorted(name or "" for name in names(desk)) == ["", "Camille B."]


def test_a_purge_without_anybody_named_is_refused(desk: Typist) -> None:
    assert desk.types("people", "purge").status == 2
    assert desk.types("people", "purge", "--due").status == 0
    assert desk.types("people", "purge", "Personne").status == 3
