# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A boot test of an image that a test built: really installed, really started."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from fleet.model.image import StoredImage
from fleet.model.proof import CheckResult, Firmware, Proof
from fleet.services import boot_checks
from fleet.services.boot_test import BootTest, boot_test
from fleet.services.boot_test_events import FirmwareTested
from fleet.services.boot_test_install import with_installer
from fleet.services.boot_test_receiver import serving
from fleet.services.images import read_image
from fleet.store import sshsig
from fleet.store.keys import ReplicaKey, open_replica_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """An image, the proofs made of it in the order of the firmwares, and the key that signed."""

    image: StoredImage
    firmwares: tuple[FirmwareTested, ...]
    key: ReplicaKey

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """What was seen under each firmware."""
        return tuple(one.proof for one in self.firmwares)


def boot_tested(built: Path, folder: Path, *firmwares: Firmware) -> Tested:
    """Install the image of a folder once and start it under each firmware.

    The proof goes beside a copy of the image in ``folder``: the image itself stays as built.
    """
    copy = folder / built.name
    shutil.copytree(built, copy, copy_function=_linked, ignore=shutil.ignore_patterns("proof"))
    image, key = read_image(copy), open_replica_key(folder / "home")
    signer = sshsig.signer_of((copy / "manifest.json.sig").read_text())
    with serving() as receiver:
        test = BootTest(
            image=image,
            install=with_installer(image, [signer]),
            sign=key.sign,
            firmwares=firmwares,
            settings=boot_checks.settings_for(image.manifest.recipe),
            receiver=receiver,
        )
        proofs = [event for event in boot_test(test) if isinstance(event, FirmwareTested)]
    return Tested(image=image, firmwares=tuple(proofs), key=key)


def _linked(source: str, target: str) -> str:
    """Copy without the bytes: an image is gigabytes and nothing here writes in its files."""
    Path(target).hardlink_to(source)
    return target


def wrong(proof: Proof) -> list[str]:
    """Return what a proof holds against its image, with the evidence."""
    failed = [f"{check.id}: {check.evidence}" for check in proof.failed_checks]
    return [*failed, *([proof.failure] if proof.failure else [])]


def answer(proof: Proof, name: str) -> CheckResult:
    """Return the answer to one question."""
    return next(check.result for check in proof.checks if check.id == name)
