# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates prove themselves to the byte; only verified wipes have one."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInput, FleetError, ToolMissing, TrustRefused, UsageError
from fleet.model import kinds as k
from fleet.model.certificate import (
    Circumstances,
    FailureReport,
    MachineIdentity,
    WipeCertificate,
    certify,
    maker_of,
    new_number,
    report_failure,
)
from fleet.model.certificate_code import code_of, escaped, read_code
from fleet.model.events import canonical
from fleet.model.text import clean
from fleet.model.wipe import FailedWipe
from fleet.services import certificates
from fleet.services.certificate_proof import (
    prove,
    prove_certificate,
    prove_code,
    public_keys,
    seal_certificate,
    seal_failure,
)
from fleet.services.certificates_list import papers_of, prove_here
from fleet.services.exchange import (
    export_bundle,
    import_bundle,
    revoke_replica,
    trust_replica,
)
from fleet.services.town import Town, init_town
from fleet.store import queries
from fleet.store.keys import ReplicaKey, open_replica_key
from tests.services import wipe_samples as samples

KEYGEN = shutil.which("ssh-keygen")
HOSTILE = (
    "\x1b[2J\x00\x07",
    "\u202egnp.exe\u2066",
    "A" * 200,
    "<b>GARANTI</b>&nbsp;{{ 7 * 7 }}{% raw %}",
    "S/N:é/%41/PLC1/",
    "   ",
    "\ud800\udfff",
)


def no_pdf(_html: str) -> bytes:
    return b"%PDF-1.7"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> ReplicaKey:
    return open_replica_key(tmp_path_factory.mktemp("key"))


def around(key: ReplicaKey, **changes: object) -> Circumstances:
    sample = Circumstances(
        number=new_number(samples.ENDED, b"12345"),
        issued_at=samples.ENDED,
        key=key.public_key,
        replica=key.replica,
        machine=MachineIdentity(tag=samples.TAG, id="machine:1", owner="town"),
        operator="operator:1",
        policy="standard",
        clock="ntp",
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sealed(key: ReplicaKey) -> bytes:
    return seal_certificate(key, certify(samples.verified(), around(key)))


# --- what proves it -----------------------------------------------------------------------------


def test_a_certificate_is_proven_by_its_key_and_by_no_other(
    key: ReplicaKey, sealed: bytes, tmp_path: Path
) -> None:
    other = open_replica_key(tmp_path)

    proven = prove(sealed, {key.public_key})

    assert isinstance(proven.paper, WipeCertificate)
    assert proven.paper.medium.serial == "S3Z8NB0K"
    with pytest.raises(TrustRefused, match="not one of those given"):
        prove(sealed, {other.public_key})


def test_no_byte_can_change_unseen(key: ReplicaKey, sealed: bytes) -> None:
    accepted = []
    for place in range(len(sealed)):
        for flip in (0x01, 0x20):
            altered = bytearray(sealed)
            altered[place] ^= flip
            try:
                prove(bytes(altered), {key.public_key})
            except (BadInput, TrustRefused):
                continue
            accepted.append((place, flip))

    assert accepted == []


@pytest.mark.parametrize("ending", [b"\n", b" ", b"{}"])
def test_nothing_can_be_added_nor_cut(key: ReplicaKey, sealed: bytes, ending: bytes) -> None:
    for altered in (sealed + ending, ending + sealed, sealed[:-1], sealed[1:], b""):
        with pytest.raises((BadInput, TrustRefused)):
            prove(altered, {key.public_key})


def test_another_way_of_writing_the_same_is_refused(key: ReplicaKey, sealed: bytes) -> None:
    spaced = json.dumps(json.loads(sealed)).encode() + b"\n"

    with pytest.raises(TrustRefused, match="not written as it was"):
        prove(spaced, {key.public_key})


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("serial", "OTHER", "serial number"),
        ("number", "CE-20261122-AAAAAAAA", "number"),
        ("ended_at", "2031-01-01T00:00:00Z", "day"),
        ("tool", "hammer", "another field"),
    ],
)
def test_what_differs_is_said(
    key: ReplicaKey, sealed: bytes, field: str, value: str, named: str
) -> None:
    told = json.loads(sealed)
    paper = told["certificate"]
    holder = next(
        part for part in (paper["medium"], paper["times"], paper["wipe"], paper) if field in part
    )
    holder[field] = value

    with pytest.raises(TrustRefused, match=named):
        prove(canonical(told) + b"\n", {key.public_key})


def test_what_proves_nothing_is_no_certificate_even_signed(key: ReplicaKey, sealed: bytes) -> None:
    told = json.loads(sealed)
    told["certificate"]["verification"]["markers_found"] = 1

    with pytest.raises(BadInput, match="verified wipe"):
        prove(canonical(told) + b"\n", {key.public_key})


@pytest.mark.skipif(KEYGEN is None, reason="apt-get install openssh-client")
def test_ssh_keygen_proves_it_too(key: ReplicaKey, sealed: bytes, tmp_path: Path) -> None:
    told = json.loads(sealed)
    (tmp_path / "signers").write_text(f"{key.replica} {key.public_key}\n")
    (tmp_path / "sig").write_text(told["signature"])
    # RFC 8785 with the standard library alone, as docs/certificats.md says.
    message = json.dumps(
        told["certificate"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    command: list[str | Path] = [
        "ssh-keygen", "-Y", "verify", "-f", tmp_path / "signers", "-I", key.replica,
        "-n", "parclibre-certificate", "-s", tmp_path / "sig",
    ]  # fmt: skip

    good = subprocess.run(command, input=message, capture_output=True, check=False)
    bad = subprocess.run(
        command, input=message.replace(b"S3Z8", b"S3Z9"), capture_output=True, check=False
    )

    assert good.returncode == 0, good.stderr
    assert bad.returncode != 0


# --- the code -----------------------------------------------------------------------------------


def test_the_code_says_what_the_certificate_says(key: ReplicaKey, sealed: bytes) -> None:
    proven = prove(sealed, {key.public_key})

    found = prove_code(proven.code, {key.public_key})

    assert found.code.number == proven.paper.number
    assert (found.code.serial_shown, found.code.category) == ("S3Z8NB0K", "purge")
    assert found.code.day == "2026-11-22"
    assert proven.signed_digest.startswith(found.code.digest.hex())
    assert found.fingerprint == proven.fingerprint
    assert len(proven.code) < 300


def test_no_character_of_the_code_can_change_unseen(key: ReplicaKey, sealed: bytes) -> None:
    code = prove(sealed, {key.public_key}).code
    accepted = []
    for place, letter in enumerate(code):
        for other in {"A", "2", "/", "%", letter.lower(), chr(ord(letter) ^ 1)} - {letter}:
            try:
                prove_code(code[:place] + other + code[place + 1 :], {key.public_key})
            except FleetError:
                continue
            accepted.append((place, other))

    assert accepted == []


@given(st.text(max_size=300))
def test_any_text_scanned_is_read_or_refused_in_words(text: str) -> None:
    with pytest.raises(BadInput):
        read_code(f"PLC1/{text}")


@given(st.text(max_size=60))
def test_any_serial_goes_through_the_code(key: ReplicaKey, serial: str) -> None:
    wiped = samples.target(serial=serial)
    paper = certify(samples.verified(wiped=wiped), around(key))

    code = replace(code_of(paper, bytes(32), bytes(32)), signature=bytes(64))

    assert read_code(code.text) == code
    assert len(code.text) <= 300
    kept = (clean(serial, limit=120) or "").encode("utf-8", "replace")[:32]
    assert code.serial_shown == kept.decode("utf-8", "replace")
    assert escaped(serial).isascii()


# --- only a verified wipe -----------------------------------------------------------------------


def test_a_failed_wipe_cannot_be_certified(key: ReplicaKey) -> None:
    failed = samples.failed()

    with pytest.raises(TypeError, match="only a verified wipe"):
        certify(failed, around(key))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="only a failed wipe"):
        report_failure(samples.verified(), around(key))  # type: ignore[arg-type]


def test_a_failure_report_says_why_and_is_no_certificate(key: ReplicaKey) -> None:
    report = report_failure(samples.failed(), around(key))

    proven = prove(seal_failure(key, report), {key.public_key})

    assert isinstance(proven.paper, FailureReport)
    assert [cause.code for cause in proven.paper.errors] == ["marker_found"]
    assert proven.code == ""
    with pytest.raises(TrustRefused, match="not a certificate"):
        prove_certificate(seal_failure(key, report), {key.public_key})


def test_a_failure_cannot_be_dressed_as_a_certificate(key: ReplicaKey) -> None:
    told = json.loads(seal_failure(key, report_failure(samples.failed(), around(key))))
    told["certificate"] = told.pop("failure")

    with pytest.raises((BadInput, TrustRefused)):
        prove(canonical(told) + b"\n", {key.public_key})


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_hostile_firmware_strings_are_signed_clean(key: ReplicaKey, hostile: str) -> None:
    wiped = samples.target(serial=hostile, model=hostile, firmware=hostile, wwn=hostile)

    sealed = seal_certificate(key, certify(samples.verified(wiped=wiped), around(key)))

    medium = prove(sealed, {key.public_key}).paper.medium
    for text in (medium.serial, medium.model, medium.firmware, medium.wwn):
        assert text == clean(hostile, limit=120)
        assert text is None or (text.isprintable() and len(text) <= 120)


def test_makers_are_told_from_models_when_they_say_it() -> None:
    models = ("ST500LM021-1KJ152", "SAMSUNG MZ7LN500", "WDC WD5000LPVX", "CT240BX500SSD1", "XYZ")

    assert [maker_of(model) for model in models] == [
        "Seagate", "Samsung", "Western Digital", "Crucial", None,
    ]  # fmt: skip


def test_a_key_file_may_be_a_public_key_or_a_list_of_signers(key: ReplicaKey) -> None:
    line = f"{key.public_key} {key.replica}\n"

    assert public_keys(line) == {key.public_key}
    assert public_keys(f"# town\n{key.replica} {line}") == {key.public_key}
    with pytest.raises(TrustRefused):
        public_keys("nothing")


# --- in the journal -----------------------------------------------------------------------------


def events_of(town: Town, disk: str) -> list[k.Body | None]:
    with town.journal.read() as connection:
        return [k.body_of(event) for event in queries.timeline(connection, [disk])]


def test_one_act_records_the_wipe_and_its_certificate(tmp_path: Path) -> None:
    shop = samples.workshop(tmp_path / "home")
    out = tmp_path / "out"

    issued = certificates.issue(
        shop.town, samples.verified(shop.disk), folder=out, render=no_pdf, destination="école"
    )

    with shop.town.journal.read() as connection:
        *_rest, wiped, certificate = queries.timeline(connection, [shop.disk])
    assert wiped.header.act == certificate.header.act
    told, body = k.body_of(wiped), k.body_of(certificate)
    assert isinstance(told, k.DiskWiped)
    assert isinstance(body, k.CertificateIssued)
    assert (told.level, told.readback, told.coverage_permille) == ("purge", "sampled", 105)
    assert (told.succeeded, told.declared, told.report) == (True, False, issued.digest)
    assert (body.wipe, body.json_digest) == (wiped.header.id, issued.digest)
    assert issued.json is not None
    paper = prove(issued.json.read_bytes(), {shop.town.key.public_key}).paper
    assert (paper.machine.tag, paper.machine.serial) == (samples.TAG, "PC0A1B2C")
    assert paper.destination == "école"
    assert {log.digest for log in paper.logs} == set(told.logs)
    assert all(shop.town.attachments.has(digest) for digest in told.logs)


def test_no_name_of_a_person_is_in_the_signed_file_nor_in_what_is_kept(tmp_path: Path) -> None:
    shop = samples.workshop(tmp_path / "home", name="Zébulon Quatremer")
    seen = []

    def render(html: str) -> bytes:
        seen.append(html)
        return html.encode()

    certificates.issue(shop.town, samples.verified(shop.disk), folder=tmp_path, render=render)

    kept = [shop.town.attachments.get(digest) for digest in shop.town.attachments.digests()]
    assert seen
    assert not any(b"Quatremer" in data for data in kept)
    assert all(shop.town.operator in html for html in seen if shop.town.operator)


def test_a_failed_wipe_is_recorded_as_failed_without_a_certificate(tmp_path: Path) -> None:
    shop = samples.workshop(tmp_path / "home")

    issued = certificates.record_failed(
        shop.town, samples.failed(shop.disk), folder=tmp_path, render=no_pdf
    )

    *_rest, told = events_of(shop.town, shop.disk)
    assert isinstance(told, k.DiskWiped)
    assert not told.succeeded
    assert told.report == issued.digest
    assert issued.number.startswith("ECHEC-")
    assert [line.certified for line in papers_of(shop.town, samples.TAG)] == [False]


def test_the_functions_that_record_refuse_the_other_result(tmp_path: Path) -> None:
    shop = samples.workshop(tmp_path / "home")
    before = events_of(shop.town, shop.disk)
    failed: FailedWipe = samples.failed(shop.disk)

    with pytest.raises(TypeError):
        certificates.issue(shop.town, failed, render=no_pdf)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        nobody = replace(shop.town, operator=None)
        certificates.issue(nobody, samples.verified(shop.disk), render=no_pdf)

    assert events_of(shop.town, shop.disk) == before


def test_a_wipe_is_recorded_even_when_its_pdf_cannot_be_made(tmp_path: Path) -> None:
    shop = samples.workshop(tmp_path / "home")

    def broken(_html: str) -> bytes:
        raise ToolMissing("Pango is missing")

    issued = certificates.issue(
        shop.town, samples.verified(shop.disk), folder=tmp_path, render=broken
    )

    assert (issued.pdf, issued.pdf_problem) == (None, "Pango is missing")
    assert [line.number for line in papers_of(shop.town, samples.TAG)] == [issued.number]


def test_a_doubted_clock_is_written_with_both_times(tmp_path: Path) -> None:
    shop = samples.workshop(tmp_path / "home")
    doubt = k.ClockDoubted(machine_said="2009-01-01T00:04:11Z", person_said="2026-11-22T14:00:00Z")
    with shop.town.act() as act:
        act.add(shop.town.key.replica, doubt)

    issued = certificates.issue(
        shop.town, samples.verified(shop.disk), folder=tmp_path, render=no_pdf
    )

    assert issued.json is not None
    times = prove(issued.json.read_bytes(), {shop.town.key.public_key}).paper.times
    assert (times.machine_said, times.person_said) == (doubt.machine_said, doubt.person_said)


def test_papers_and_raw_logs_travel_with_the_bundle(tmp_path: Path) -> None:
    stick = samples.workshop(tmp_path / "stick")
    desk = init_town(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/journal.db").acting_as("Sacha")
    issued = certificates.issue(stick.town, samples.verified(stick.disk), render=no_pdf)
    trust_replica(desk, stick.town.key.replica, stick.town.key.public_key)

    bundle = tmp_path / "a-envoyer.tar.zst"
    export_bundle(stick.town, bundle)
    import_bundle(desk, bundle)

    proven = prove_here(desk, desk.attachments.get(issued.digest))
    assert proven.paper.number == issued.number
    assert all(desk.attachments.has(log.digest) for log in proven.paper.logs)


def test_after_revocation_only_what_the_journal_had_taken_counts(tmp_path: Path) -> None:
    stick = samples.workshop(tmp_path / "stick")
    desk = init_town(tmp_path / "desk", f"sqlite:///{tmp_path}/desk/journal.db").acting_as("Sacha")
    taken = certificates.issue(stick.town, samples.verified(stick.disk), render=no_pdf)
    trust_replica(desk, stick.town.key.replica, stick.town.key.public_key)
    export_bundle(stick.town, tmp_path / "bundle.tar.zst")
    import_bundle(desk, tmp_path / "bundle.tar.zst")
    revoke_replica(desk, stick.town.key.replica)

    later = certificates.issue(stick.town, samples.verified(stick.disk), render=no_pdf)

    assert prove_here(desk, stick.town.attachments.get(taken.digest)).paper.number == taken.number
    with pytest.raises(TrustRefused, match="revoked"):
        prove_here(desk, stick.town.attachments.get(later.digest))
