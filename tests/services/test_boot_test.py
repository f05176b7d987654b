# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the boot test concludes from what a machine shows. The machine is scripted here; real
ones are in ``tests/images/test_boot_test.py``.
"""

from __future__ import annotations

import base64
import json
import lzma
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageDraw

from fleet.adapters import qemu
from fleet.adapters.qemu_command import Acceleration, Folder, Guest
from fleet.errors import TrustRefused
from fleet.i18n import set_language
from fleet.model.proof import (
    PROOF_NAMESPACE,
    CheckOutcome,
    CheckResult,
    Firmware,
    Proof,
    Told,
    proof_bytes,
    read_proof,
)
from fleet.output.proof_words import check_words, failure_words, retry_words
from fleet.services import boot_test as service
from fleet.services.boot_checks import CheckSettings
from fleet.services.boot_test import BootTest, boot_test
from fleet.services.boot_test_events import BootEvent, FirmwareTested, GuestRetried
from fleet.services.boot_test_parts import InstalledDisk
from fleet.services.images_proofs import check_proofs, is_proven
from fleet.services.images_trust import check_signature
from fleet.store.keys import ReplicaKey, open_replica_key
from tests.services.image_samples import make_image

JOURNAL = base64.b64encode(lzma.compress("mai : Démarré.".encode())).decode()
ANSWERS: tuple[Mapping[str, object], ...] = (
    {"event": "started"},
    {"event": "login"},
    {"event": "check", "id": "locale", "result": "pass", "evidence": "août", "seconds": 1},
    {"event": "journal", "xz": JOURNAL},
    {"event": "ended"},
)


@dataclass(frozen=True)
class Script:
    """What a machine will show: serial lines and answers, and how it ends."""

    serial: str = "booting\n"
    answers: tuple[Mapping[str, object], ...] = ANSWERS
    blank: bool = False
    dies: bool = False
    switches_off: bool = True


class ScriptedGuest(qemu.RunningGuest):
    """A machine whose every second is written beforehand."""

    def __init__(self, folder: Path, script: Script) -> None:
        self.folder = Folder(path=folder)
        self.folder.serial.write_text("")
        self.folder.proof.write_text("")
        self.version = "7.2.22"
        self._positions = {}
        self._script = script
        self._clock = 0
        self._on = True
        self._powered_off = False

    @property
    def seconds(self) -> int:
        return self._clock

    @property
    def running(self) -> bool:
        return self._on

    def watch(self, timeout_s: float) -> bool:
        self._clock += 10
        if self._clock == 10:
            self.folder.serial.write_text(self._script.serial)
            lines = (json.dumps(answer) + "\n" for answer in self._script.answers)
            self.folder.proof.write_text("".join(lines))
        elif self._script.dies:
            self._on = False
        return self._on

    def screenshot(self, target: Path) -> Path:
        picture = Image.new("RGB", (640, 480))
        if not self._script.blank:
            ImageDraw.Draw(picture).rectangle((100, 100, 300, 200), fill="white")
        picture.save(target)
        return target

    def power_off(self, timeout_s: float) -> bool:
        self._powered_off = self._script.switches_off
        return self._script.switches_off


@dataclass(frozen=True)
class Bench:
    """An image and the key that signs its proofs."""

    test: BootTest
    key: ReplicaKey

    def run(self, monkeypatch: pytest.MonkeyPatch, *scripts: Script) -> list[BootEvent]:
        waiting = list(scripts)

        @contextmanager
        def started(_guest: Guest, _how: Acceleration, folder: Path) -> Iterator[ScriptedGuest]:
            yield ScriptedGuest(folder, waiting.pop(0))

        monkeypatch.setattr(qemu, "started", started)
        return list(boot_test(self.test))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A test of one firmware whose disk is a small ext4 and whose image checks are empty."""
    key = open_replica_key(tmp_path / "home")
    monkeypatch.setattr(service, "check_image", lambda _folder: ())
    test = BootTest(
        image=make_image(tmp_path / "home", key),
        install=_install,
        sign=key.sign,
        firmwares=(Firmware.UEFI,),
        settings=CheckSettings(checks=("locale",)),
        acceleration=Acceleration.TCG,
    )
    return Bench(test, key)


def _install(folder: Path) -> Iterator[BootEvent | InstalledDisk]:
    disk = folder / "disk.raw"
    with disk.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", str(disk)], check=True, capture_output=True)
    yield InstalledDisk(path=disk, root_offset_bytes=0)


def _proof(events: Sequence[BootEvent]) -> Proof:
    return next(event.proof for event in events if isinstance(event, FirmwareTested))


def test_a_machine_that_answers_well_gives_a_passed_signed_proof(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = bench.run(monkeypatch, Script())

    proof = _proof(events)
    path = bench.test.image.folder / "proof" / "uefi.json"
    assert proof.passed
    assert read_proof(path.read_bytes()) == proof
    check_signature(
        path.with_name("uefi.json.sig"), path.read_bytes(), [bench.key.public_key], PROOF_NAMESPACE
    )
    check_proofs(bench.test.image, [bench.key.public_key])
    assert "Démarré" in (path.parent / "uefi.serial.log").read_text()
    assert "/etc/systemd/system/parclibre-proof.service" in proof.added_files


def test_both_firmwares_must_pass_for_an_image_to_be_proven(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run(monkeypatch, Script())
    after_one = is_proven(bench.test.image)

    object.__setattr__(bench.test, "firmwares", (Firmware.BIOS,))
    bench.run(monkeypatch, Script())

    assert not after_one
    assert is_proven(bench.test.image)


FAILED: Mapping[str, object] = {
    "event": "check",
    "id": "locale",
    "result": "fail",
    "evidence": "LANG=C",
    "seconds": 1,
}
STRANGE: Mapping[str, object] = {**FAILED, "result": "perhaps"}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Script(answers=(*ANSWERS[:2], FAILED, *ANSWERS[3:])), ""),
        (Script(answers=(*ANSWERS[:2], STRANGE, *ANSWERS[3:])), ""),
        (Script(answers=(*ANSWERS[:2], *ANSWERS[3:])), "without an answer: locale"),
        (Script(answers=ANSWERS[:1]), "did not end within"),
        (Script(answers=()), "did not start within"),
        (Script(blank=True), "login screen stayed empty"),
        (Script(switches_off=False), "did not switch off"),
    ],
)
def test_a_machine_that_falls_short_has_a_proof_that_says_where(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, script: Script, words: str
) -> None:
    proof = _proof(bench.run(monkeypatch, script))

    assert not proof.passed
    assert words in proof.failure
    assert (bench.test.image.folder / "proof" / "uefi.png").exists()
    check_proofs(bench.test.image, [bench.key.public_key])


def test_a_proof_made_in_french_is_the_same_and_is_read_in_each_ones_language(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _proof(bench.run(monkeypatch, PANIC, Script(blank=True)))

    set_language("fr")
    proof = _proof(bench.run(monkeypatch, PANIC, Script(blank=True)))

    assert proof.retries == expected.retries
    assert proof.stopped == expected.stopped
    assert [check.proves for check in proof.checks] == [check.proves for check in expected.checks]
    assert proof.failure.startswith("The login screen stayed empty. (last stage: ")
    assert proof.checks[-1].proves == "programs speak French"
    assert failure_words(proof).startswith("L'écran de connexion est resté vide. (")
    assert check_words(proof.checks[-1]) == "les programmes parlent français"
    assert "Kernel panic" in retry_words(proof.retries[0])
    assert "crashed" not in retry_words(proof.retries[0])


def test_an_older_proof_and_a_newer_one_are_told_by_their_own_sentences(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _proof(bench.run(monkeypatch, Script(blank=True)))
    document = json.loads(proof_bytes(made))
    del document["stopped"]
    document["failure"] = "L'écran est resté vide."
    document["checks"][-1].update(id="gone", proves="ce que l'on ne demande plus")
    newer = msgspec.structs.replace(made, stopped=(Told(code="eaten"),), failure="Eaten.")

    older = read_proof(json.dumps(document).encode())

    assert failure_words(older) == "L'écran est resté vide."
    assert check_words(older.checks[-1]) == "ce que l'on ne demande plus"
    assert failure_words(newer) == "Eaten."


PANIC = Script(serial="[ 12.3] Kernel panic - not syncing: Fatal exception\n")


def test_a_crash_under_translation_is_tried_again_and_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = bench.run(monkeypatch, PANIC, Script())

    proof = _proof(events)
    assert proof.passed
    assert [retry.attempt for retry in proof.retries] == [1]
    assert "Kernel panic" in proof.retries[0].reason
    assert len([event for event in events if isinstance(event, GuestRetried)]) == 1


def test_a_third_crash_is_the_images_own(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = _proof(bench.run(monkeypatch, PANIC, Script(dies=True, answers=()), PANIC))

    assert not proof.passed
    assert len(proof.retries) == 2
    assert "Kernel panic" in proof.failure


def test_a_crash_on_a_real_processor_is_never_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(bench.test, "acceleration", Acceleration.KVM)

    proof = _proof(bench.run(monkeypatch, PANIC))

    assert not proof.passed
    assert proof.retries == ()


def test_a_broken_line_of_a_machine_changes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd: Mapping[str, object] = {"event": ["not", "a", "word"]}

    proof = _proof(bench.run(monkeypatch, Script(answers=(odd, *ANSWERS))))

    assert proof.passed


def test_a_proof_with_one_byte_changed_no_longer_verifies(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run(monkeypatch, Script(answers=(*ANSWERS[:2], FAILED, *ANSWERS[3:])))
    path = bench.test.image.folder / "proof" / "uefi.json"

    path.write_bytes(path.read_bytes().replace(b'"fail"', b'"pass"'))

    with pytest.raises(TrustRefused):
        check_proofs(bench.test.image, [bench.key.public_key])


def _check(result: CheckResult) -> CheckOutcome:
    return CheckOutcome(id="x", proves="x", result=result, evidence="", seconds=0)


@pytest.mark.parametrize(
    ("changed", "passed"),
    [
        ({}, True),
        ({"checks": (_check(CheckResult.NOT_APPLICABLE),)}, True),
        ({"checks": (_check(CheckResult.PASS), _check(CheckResult.FAIL))}, False),
        ({"checks": ()}, False),
        ({"failure": "stopped"}, False),
        ({"powered_off_cleanly": False}, False),
    ],
)
def test_a_proof_passes_only_when_everything_did(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object], passed: bool
) -> None:
    proof = _proof(bench.run(monkeypatch, Script()))

    other = msgspec.structs.replace(proof, **changed)

    assert other.passed is passed
    assert read_proof(proof_bytes(other)) == other
