# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real image, installed by the real installer, booted under UEFI with Secure Boot and BIOS."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from fleet.adapters import qemu, qemu_choice
from fleet.adapters.qemu_command import Acceleration, Guest, GuestDisk
from fleet.model.proof import PROOF_NAMESPACE, CheckResult, Firmware
from fleet.services.images_proofs import is_proven
from fleet.services.images_trust import check_signature
from tests.images.booting import answer, boot_tested, wrong

pytestmark = [pytest.mark.xdist_group("images"), pytest.mark.vm, pytest.mark.root, pytest.mark.slow]

_SHIM = "usr/lib/shim/shimx64.efi.signed"
# What the firmware says on the serial console about a loader whose signature does not hold.
_DENIED = "Access Denied"


@pytest.mark.timeout(3600)
def test_the_image_starts_under_both_firmwares_and_answers_every_question(
    ci_image: Path, tmp_path: Path
) -> None:
    seen = boot_tested(ci_image, tmp_path, Firmware.UEFI, Firmware.BIOS)

    assert [proof.firmware for proof in seen.proofs] == [Firmware.UEFI, Firmware.BIOS]
    assert [wrong(proof) for proof in seen.proofs] == [[], []]
    assert [answer(proof, "secure_boot") for proof in seen.proofs] == [
        CheckResult.PASS,
        CheckResult.NOT_APPLICABLE,
    ]
    for one in seen.firmwares:
        signature = one.path.with_name(one.path.name + ".sig")
        check_signature(signature, one.path.read_bytes(), [seen.key.public_key], PROOF_NAMESPACE)
        with Image.open(one.path.with_name(one.proof.screenshot)) as screen:
            assert len(screen.getcolors(1 << 24) or ()) > 2
    assert is_proven(seen.image)


@pytest.mark.parametrize("flipped", [False, True])
def test_secure_boot_refuses_a_loader_with_one_byte_changed(
    ci_image: Path, tmp_path: Path, flipped: bool
) -> None:
    shim = bytearray(_from_image(ci_image, _SHIM))
    if flipped:
        shim[len(shim) // 2] ^= 1
    disk = _esp(tmp_path, bytes(shim))
    guest = Guest(firmware=Firmware.UEFI, secure_boot=True, memory_mib=256, disks=(disk,))

    with qemu.started(guest, Acceleration.TCG, tmp_path / "run") as running:
        said = next((words for words in _serial(running) if _decided(words)), "")

    assert (_DENIED in said) is flipped


def _decided(words: str) -> bool:
    """Whether the firmware refused the loader, or the loader runs and misses GRUB."""
    return _DENIED in words or "grubx64.efi" in words


def _serial(guest: qemu.RunningGuest) -> Iterator[str]:
    while guest.seconds < 90:
        guest.watch(0.5)
        raw = guest.folder.serial.read_bytes()
        # The firmware also writes UTF-16 there.
        yield raw.replace(b"\x00", b"").decode("latin-1")


def _from_image(image: Path, path: str) -> bytes:
    shown = subprocess.run(
        ["unsquashfs", "-cat", str(image / "rootfs.squashfs"), path],
        capture_output=True, check=True,
    )  # fmt: skip
    return shown.stdout


def _esp(folder: Path, loader: bytes) -> GuestDisk:
    """A FAT disk, without a partition table, whose only file is the fallback loader."""
    path, source = folder / "esp.raw", folder / "BOOTX64.EFI"
    source.write_bytes(loader)
    with path.open("wb") as file:
        file.truncate(64 << 20)
    for command in (
        ["mformat", "-i", str(path), "-F", "::"],
        ["mmd", "-i", str(path), "::/EFI", "::/EFI/BOOT"],
        ["mcopy", "-i", str(path), str(source), "::/EFI/BOOT/BOOTX64.EFI"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    return GuestDisk(path=path)


def test_a_real_kernel_is_seen_to_start_without_any_disk(ci_image: Path, tmp_path: Path) -> None:
    started = qemu_choice.kernel_starts(ci_image / "vmlinuz", Acceleration.TCG, tmp_path / "p", 90)

    assert started
