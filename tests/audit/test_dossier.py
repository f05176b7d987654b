# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of proofs holds: signed, the same for the same seal, and told in plain French."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from fleet.errors import UsageError
from fleet.model import kinds as k
from fleet.output.audit_words import explanation
from fleet.services import audit_dossier, audit_seals, records
from fleet.services.audit import Period
from fleet.services.audit_dossier import Dossier
from tests.audit.test_service import GIFT, YEAR, Desk, as_html, open_desk

needs_ssh = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None,
    reason="ssh-keygen is missing: apt-get install openssh-client",
)
PERSON = "Maëlys Quéméneur"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Desk]:
    """A town with a gift, a take-back without proof, and a recycling with its certificate."""
    desk = open_desk(tmp_path / "town", f"sqlite:///{tmp_path / 'j.db'}")
    desk.say(desk.retire("A1"), GIFT)
    taker = records.add_partner(desk.town, "Éco-Reprise", "company")
    desk.say(desk.retire("A2"), k.TitleTransferred(way="take_back", taker=taker, on="2025-05-05"))
    recycled = desk.retire("A3")
    desk.say(recycled, k.ToRecycle(on="2025-02-02"), k.Recycled(slip="B", on="2025-03-03"))
    certificate(desk, recycled, "CE-1")
    yield desk
    desk.town.journal.close()


def certificate(desk: Desk, machine: str, number: str) -> None:
    """Note the certificate of a disk of a machine."""
    json, pdf = (desk.town.attachments.put(f"{number}{end}".encode()) for end in ("json", "pdf"))
    issued = k.CertificateIssued(
        number=number, machine=machine, wipe="w", json_digest=json, pdf_digest=pdf
    )
    desk.say(f"disk:{number}", issued)


def written(desk: Desk, path: Path, period: Period = YEAR) -> Dossier:
    return audit_dossier.write(desk.town, period, path, render=as_html)


def unpacked(path: Path, folder: Path) -> Path:
    with ZipFile(path) as packed:
        packed.extractall(folder)
    return folder


def verified(folder: Path, identity: str) -> bool:
    """What ssh-keygen says of the list of digests, as LISEZ-MOI.txt tells to ask it."""
    words = ["ssh-keygen", "-Y", "verify", "-f", "SIGNATAIRES", "-I", identity]
    words += ["-n", "parclibre-dossier", "-s", "SHA256SUMS.sig"]
    with (folder / "SHA256SUMS").open("rb") as sums:
        asked = subprocess.run(words, cwd=folder, stdin=sums, capture_output=True, check=False)
    return asked.returncode == 0


def sums_hold(folder: Path) -> bool:
    words = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode == 0


@needs_ssh
def test_openssh_and_coreutils_accept_the_file_and_refuse_a_changed_one(
    bench: Desk, tmp_path: Path
) -> None:
    folder = unpacked(written(bench, tmp_path / "p.zip").path, tmp_path / "out")
    identity = bench.town.key.replica
    before = verified(folder, identity), sums_hold(folder)

    listed = folder / "listes" / "decree.a.csv"
    listed.write_text(listed.read_text("utf-8").replace("A1", "B1"), "utf-8")
    sums = folder / "SHA256SUMS"
    forged_list = sums_hold(folder)
    sums.write_bytes(sums.read_bytes().replace(b"listes", b"autres"))

    assert before == (True, True)
    assert (forged_list, verified(folder, identity)) == (False, False)


@needs_ssh
def test_commands_of_the_read_me_are_those_that_work(bench: Desk, tmp_path: Path) -> None:
    folder = unpacked(written(bench, tmp_path / "p.zip").path, tmp_path / "out")

    told = (folder / "LISEZ-MOI.txt").read_text("utf-8").splitlines()
    typed = [line for line in told if line.startswith(("  sha256sum", "  ssh-keygen"))]

    assert len(typed) == 2
    for line in typed:
        subprocess.run(["bash", "-c", line.strip()], cwd=folder, check=True, capture_output=True)


def test_every_file_is_in_the_signed_list(bench: Desk, tmp_path: Path) -> None:
    folder = unpacked(written(bench, tmp_path / "p.zip").path, tmp_path / "out")

    listed = {line[66:] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()}

    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found - listed == {"SHA256SUMS", "SHA256SUMS.sig", "SIGNATAIRES"}
    assert listed >= {"certificats/CE-1.json", "donnees-ouvertes/parc/machines.csv", "audit.html"}


def test_same_seal_gives_the_same_bytes_whatever_is_said_of_nothing_audited(
    bench: Desk, tmp_path: Path
) -> None:
    first = written(bench, tmp_path / "1.zip")
    bench.calendar.today = "2026-03-03"
    records.add_partner(bench.town, "Nouveau", "company")
    certificate(bench, "machine:A3", "CE-2")

    second = written(bench, tmp_path / "2.zip")

    assert second.path.read_bytes() == first.path.read_bytes()
    assert len(audit_seals.seals(bench.town)) == 1


def test_printed_papers_are_the_same_bytes_too(bench: Desk, tmp_path: Path) -> None:
    made = [audit_dossier.write(bench.town, YEAR, tmp_path / f"{n}.zip") for n in (1, 2)]

    assert made[0].sha256 == made[1].sha256
    with ZipFile(made[0].path) as packed:
        papers = [packed.read(name) for name in packed.namelist() if name.endswith(".pdf")]
    assert sum(paper.startswith(b"%PDF") for paper in papers) == 2


def test_audit_that_changed_is_sealed_again(bench: Desk, tmp_path: Path) -> None:
    first = written(bench, tmp_path / "1.zip")
    bench.say(bench.retire("A9"), GIFT)

    second = written(bench, tmp_path / "2.zip")

    assert second.digest != first.digest
    assert len(audit_seals.seals(bench.town)) == 2


def test_read_me_says_in_french_what_each_figure_is(bench: Desk, tmp_path: Path) -> None:
    folder = unpacked(written(bench, tmp_path / "p.zip").path, tmp_path / "out")

    told = (folder / "LISEZ-MOI.txt").read_text("utf-8")

    lines = told.splitlines()
    title = next(n for n, line in enumerate(lines) if line.startswith("Taux officiel"))
    assert lines[title + 1].startswith("    ") and "100" in lines[title + 1]
    assert 'lang="fr"' in (folder / "audit.html").read_text("utf-8")
    assert explanation("decree.rate") not in told, "the screen speaks English here"


def test_part_of_a_year_has_no_file_of_proofs_and_no_seal(bench: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        written(bench, tmp_path / "p.zip", Period(year=2025, day="2025-06-30"))

    assert audit_seals.seals(bench.town) == ()


def test_file_of_proofs_names_no_person(bench: Desk, tmp_path: Path) -> None:
    buyer = bench.town.acting_as(PERSON).operator or ""
    sale = k.Exited(way="sale", taker=buyer, on="2025-05-05", commitment="C")
    bench.say(bench.retire("A8"), sale)

    made = written(bench, tmp_path / "p.zip")

    with ZipFile(made.path) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    assert "A8" in files["listes/decree.missing_proof.csv"]
    for name, text in files.items():
        assert not any(one in text or one in name for one in (PERSON, "Camille", buyer))
