# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates from the command line: proven by anybody, listed and printed at the desk."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from fleet.services import certificates
from fleet.services.certificates import Issued
from fleet.services.town import init_town
from tests.cli.command_line import Typist
from tests.services import wipe_samples as samples


def no_pdf(_html: str) -> bytes:
    """What these tests do not look at; tests/output looks at it."""
    return b"%PDF-1.7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A desk with a certificate and a failure report, and their files on a stick."""

    desk: Typist
    certificate: Issued
    failure: Issued

    @property
    def file(self) -> Path:
        assert self.certificate.json is not None
        return self.certificate.json

    @property
    def key(self) -> Path:
        return self.desk.home / "keys" / "replica.pub"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    home, stick = tmp_path / "desk", tmp_path / "CERTIFICATS"
    shop = samples.workshop(home)
    verified = samples.verified(shop.disk)
    certificate = certificates.issue(shop.town, verified, folder=stick, render=no_pdf)
    other = samples.with_disk(shop.town, "W1D0X9")
    failure = certificates.record_failed(
        shop.town, samples.failed(other), folder=stick, render=no_pdf
    )
    return Bench(desk=Typist(home), certificate=certificate, failure=failure)


def code_of(bench: Bench) -> str:
    code: str = json.loads(bench.file.read_text())["code"]
    return code


def test_anybody_proves_a_certificate_with_the_public_key_alone(
    bench: Bench, tmp_path: Path
) -> None:
    stranger = Typist(tmp_path / "elsewhere")

    said = stranger.types("certificate", "verify", bench.file, "--key", bench.key)

    assert said.status == 0, said.err
    assert bench.certificate.number in said.out
    assert "S3Z8NB0K" in said.out
    assert not (tmp_path / "elsewhere").exists()


def test_without_a_key_nor_a_store_nothing_is_proven(bench: Bench, tmp_path: Path) -> None:
    said = Typist(tmp_path / "elsewhere").types("certificate", "verify", bench.file)

    assert said.status == 2
    assert "--key" in said.err


def test_the_desk_proves_its_own_without_a_key(bench: Bench) -> None:
    said = bench.desk.types("certificate", "verify", bench.file, "--json")

    assert said.json["sound"] is True
    assert said.json["logs"] == 2


def test_an_altered_serial_is_refused_and_named(bench: Bench) -> None:
    bench.file.write_text(bench.file.read_text().replace('"serial":"S3Z8NB0K"', '"serial":"S4"'))

    said = bench.desk.types("certificate", "verify", bench.file)

    assert said.status == 6
    assert "S4" in said.err
    assert "S3Z8NB0K" in said.err


def test_an_altered_raw_log_is_refused_and_named(bench: Bench) -> None:
    [log] = bench.file.with_name(bench.file.stem + "_journaux").glob("02-*")
    log.write_text("ATA device, wiped, trust me\n")

    said = bench.desk.types("certificate", "verify", bench.file)

    assert said.status == 6
    assert "hdparm -I" in said.err


def test_logs_that_were_not_given_are_told_as_not_checked(bench: Bench, tmp_path: Path) -> None:
    alone = shutil.copy(bench.file, tmp_path / "alone.json")

    said = bench.desk.types("certificate", "verify", alone)

    assert said.status == 0
    assert "not checked" in said.err


def test_a_scanned_code_is_proven_with_the_public_key_alone(bench: Bench, tmp_path: Path) -> None:
    stranger = Typist(tmp_path / "elsewhere")
    code = code_of(bench)

    sound = stranger.types("certificate", "verify", "--qr", code, "--key", bench.key, "--json")
    altered = code.replace("S3Z8NB0K", "S3Z8NB0L")
    refused = stranger.types("certificate", "verify", "--qr", altered, "--key", bench.key)

    assert sound.json["serial"] == "S3Z8NB0K"
    assert sound.json["category"] == "purge"
    assert refused.status == 6


def test_the_code_of_another_certificate_is_not_this_file_s(bench: Bench, tmp_path: Path) -> None:
    town = init_town(bench.desk.home, f"sqlite:///{bench.desk.home}/journal.db")
    other = certificates.issue(
        town.acting_as("Camille Bêta"),
        samples.verified(samples.with_disk(town.acting_as("Camille Bêta"), "S9S9S9")),
        folder=tmp_path,
        render=no_pdf,
    )
    assert other.json is not None
    code = json.loads(other.json.read_text())["code"]

    said = bench.desk.types("certificate", "verify", bench.file, "--qr", code)

    assert said.status == 6
    assert other.number in said.err


def test_a_failure_report_never_passes_for_a_certificate(bench: Bench) -> None:
    said = bench.desk.types("certificate", "verify", bench.failure.json, "--key", bench.key)

    assert said.status == 6
    assert "not a certificate" in said.err


def test_the_papers_of_a_machine_are_listed_and_shown(bench: Bench) -> None:
    listed = bench.desk.types("certificate", "list", samples.TAG, "--json").json["papers"]
    shown = bench.desk.types("certificate", "show", samples.TAG)
    every = bench.desk.types("certificate", "list")

    assert [paper["certified"] for paper in listed] == [True, False]
    assert listed[0]["machine_tag"] == samples.TAG
    assert "WIPE FAILED" in shown.out
    assert "12 planted, 0 found again" in shown.out
    assert bench.certificate.number in every.out


def test_the_pdf_is_made_again_with_its_proofs(bench: Bench, tmp_path: Path) -> None:
    said = bench.desk.types(
        "certificate", "print", bench.certificate.number, "--output", tmp_path / "out", "--proofs"
    )

    assert said.status == 0, said.err
    pdf, proof = (Path(line) for line in said.out.splitlines())
    assert pdf.read_bytes().startswith(b"%PDF-1.7")
    assert proof.read_bytes() == bench.file.read_bytes()
    assert bench.desk.types("certificate", "verify", proof, "--json").json["logs"] == 2


def test_a_machine_without_any_paper_has_nothing_to_print(desk: Typist) -> None:
    desk.types("machine", "add", "--tag", "VJ-0001", "--kind", "laptop")

    said = desk.types("certificate", "print", "VJ-0001")

    assert said.status == 3
