# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre image test`` as it is typed; the machines' events are replayed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.adapters.qemu_command import Acceleration
from fleet.cli import image_testing
from fleet.model.image import StoredImage
from fleet.model.proof import CheckOutcome, CheckResult, Firmware, Retry
from fleet.services.boot_test import BootTest
from fleet.services.boot_test_events import (
    BootEvent,
    BootTestStarted,
    CheckFinished,
    DiskStep,
    FirmwareTested,
    GuestRetried,
    ScreenKept,
    Stage,
    StageReached,
)
from fleet.store.keys import ReplicaKey
from tests.cli.command_line import Typist
from tests.services.image_samples import make_image, prove


@pytest.fixture
def image(desk: Typist, key: ReplicaKey) -> StoredImage:
    return make_image(desk.home, key)


def replay(
    monkeypatch: pytest.MonkeyPatch, key: ReplicaKey, *, failure: str = ""
) -> list[BootTest]:
    """Let the next tests show one of each event; returns what they were asked."""
    asked: list[BootTest] = []

    def boot_test(test: BootTest) -> Iterator[BootEvent]:
        asked.append(test)
        yield BootTestStarted(
            image=test.image.folder, firmwares=test.firmwares, acceleration=Acceleration.TCG
        )
        yield DiskStep(words="partitions made")
        for firmware in test.firmwares:
            yield from _machine(firmware, test.image.folder)
            proof = prove(test.image, key, firmware, failure=failure)
            yield FirmwareTested(proof=proof, path=test.image.folder)

    monkeypatch.setattr(image_testing, "boot_test", boot_test)
    return asked


def _machine(firmware: Firmware, folder: Path) -> Iterator[BootEvent]:
    for seconds, stage in enumerate(Stage):
        yield StageReached(firmware=firmware, stage=stage, seconds=seconds)
    yield ScreenKept(firmware=firmware, path=folder)
    yield GuestRetried(firmware=firmware, retry=Retry(attempt=1, reason="Kernel panic"))
    for result in CheckResult:
        outcome = CheckOutcome(
            id="paper", proves="paper is A4", result=result, evidence="letter", seconds=1
        )
        yield CheckFinished(firmware=firmware, outcome=outcome)


def test_a_test_that_passes_tells_its_story_and_ends_well(
    desk: Typist, key: ReplicaKey, image: StoredImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replay(monkeypatch, key)

    said = desk.types("image", "test", "ecole")

    assert said.status == 0
    assert said.out.strip() == f"{image.folder.name}: passed"
    for words in ("simulated by TCG", "partitions made", "login screen", "Kernel panic", "NO - "):
        assert words in said.err
    assert asked[0].firmwares == (Firmware.UEFI, Firmware.BIOS)
    assert asked[0].receiver is not None


def test_a_test_that_fails_has_its_own_status_and_says_where_to_look(
    desk: Typist, key: ReplicaKey, image: StoredImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(monkeypatch, key, failure="The login screen stayed empty.")

    said = desk.types("image", "test", "ecole", "--firmware", "bios")

    assert said.status == 11
    assert "The login screen stayed empty." in said.err
    assert str(image.folder / "proof") in said.err


def test_the_result_can_be_read_by_a_program(
    desk: Typist, key: ReplicaKey, image: StoredImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay(monkeypatch, key, failure="stopped")

    said = desk.types("image", "test", "ecole", "--firmware", "uefi", "--json")

    assert said.status == 11
    assert said.json["passed"] is False
    assert [proof["firmware"] for proof in said.json["proofs"]] == ["uefi"]


def test_kept_disks_are_in_a_folder_that_is_told(
    desk: Typist, key: ReplicaKey, image: StoredImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replay(monkeypatch, key)

    said = desk.types("image", "test", "ecole", "--keep")

    scratch = asked[0].scratch
    assert scratch is not None
    assert str(scratch) in said.err
    scratch.rmdir()


def test_an_altered_image_is_not_even_started(
    desk: Typist, key: ReplicaKey, image: StoredImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replay(monkeypatch, key)
    kernel = image.folder / "vmlinuz"
    kernel.write_bytes(kernel.read_bytes()[::-1])

    said = desk.types("image", "test", "ecole")

    assert said.status == 6
    assert "vmlinuz" in said.err
    assert asked == []
