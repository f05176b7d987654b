# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small images for tests: real digests and signatures over files that a build might leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from fleet.model.image import (
    BuildStep,
    ImageBase,
    ImageFacts,
    ImagePackage,
    Provenance,
    StoredImage,
)
from fleet.model.proof import (
    PROOF_NAMESPACE,
    CheckOutcome,
    CheckResult,
    Emulator,
    Firmware,
    Proof,
    Times,
    digest_of,
    proof_bytes,
)
from fleet.readers.dpkg_status import Copyright, InstalledPackage
from fleet.services.images import read_image
from fleet.services.images_hash import list_tree
from fleet.services.images_write import new_part, write_artifact
from fleet.store.keys import ReplicaKey

RECIPE: dict[str, Any] = {
    "recipe": 1,
    "name": "ecole",
    "roles": ["french_locale", "office_suite"],
    "variables": {"french_locale_keyboard": "fr", "office_suite_page": "A4"},
}
PACKAGES = (
    ImagePackage(name="bash", version="5.2.37-2", arch="amd64", source="bash"),
    ImagePackage(name="dpkg", version="1.22.21", arch="amd64", source="dpkg"),
    ImagePackage(name="libstdc++6", version="14.2.0-19", arch="amd64", source="gcc-14"),
    ImagePackage(
        name="libreoffice-l10n-fr", version="4:25.2.3-2", arch="all", source="libreoffice"
    ),
)
COPYRIGHTS = {"bash": Copyright(sha256="ab" * 32, licences=("GPL-3+",))}


def installed(packages: tuple[ImagePackage, ...] = PACKAGES) -> tuple[InstalledPackage, ...]:
    return tuple(InstalledPackage(package=one, maintainer="Debian") for one in packages)


def make_root(folder: Path, **texts: str) -> Path:
    """A tree with files, a folder and a link; ``texts`` become files of /etc."""
    (folder / "etc").mkdir(parents=True)
    (folder / "usr").mkdir()
    for name, text in {"hostname": "ecole\n", **texts}.items():
        (folder / "etc" / name).write_text(text)
    (folder / "etc" / "mtab").symlink_to("../proc/mounts")
    return folder


def facts_of(root: Path, files: Path, **changed: Any) -> ImageFacts:
    facts = ImageFacts(
        name="ecole",
        title="École élémentaire",
        built_at="2026-11-22T08:00:00Z",
        epoch=1_790_000_000,
        recipe=RECIPE,
        base=ImageBase(system="debian", suite="trixie", codename="trixie"),
        provenance=Provenance(
            commit="0123abc", dirty=False, host_suite="bookworm", tool_version="0.1.0"
        ),
        desktop="xfce",
        kernel="6.12.57+deb13-amd64",
        packages=PACKAGES,
        sizes=list_tree(root, files),
        minimum_disk_bytes=8 * 10**9,
        steps=(
            BuildStep(name="packages", milliseconds=81_500),
            BuildStep(name="office_suite", milliseconds=3_100, reused=True),
        ),
    )
    return msgspec.structs.replace(facts, **changed)


def make_image(
    home: Path, key: ReplicaKey, root: Path | None = None, **changed: Any
) -> StoredImage:
    """An image in ``home``; its squashfs is only bytes that depend on the root's content."""
    if root is None:
        root = home / "sample-root"
        root = root if root.exists() else make_root(root)
    part = new_part(home, "ecole")
    facts = facts_of(root, part / "files.sha256", **changed)
    (part / "rootfs.squashfs").write_bytes(b"hsqs" + (part / "files.sha256").read_bytes())
    (part / "vmlinuz").write_bytes(b"kernel")
    (part / "initrd.img").write_bytes(b"initrd")
    (part / "build.log").write_text(f"built at {facts.built_at}\n")
    packages = installed(facts.packages)
    return read_image(write_artifact(part, facts, key, installed=packages, copyrights=COPYRIGHTS))


def prove(image: StoredImage, key: ReplicaKey, firmware: Firmware, *, failure: str = "") -> Proof:
    """Put a signed proof beside an image, with its picture and its log."""
    folder = image.folder / "proof"
    screen, log = f"{firmware}.png", f"{firmware}.serial.log"
    (folder / screen).write_bytes(b"\x89PNG " + firmware.encode())
    (folder / log).write_text(f"{firmware}: login:\n")
    proof = Proof(
        image_digest=image.manifest_sha256,
        firmware=firmware,
        tool_version="0.1.0",
        date="2026-11-22T09:00:00Z",
        emulator=Emulator(
            name="qemu", version="7.2", acceleration="tcg", cpu="max", memory_mib=2048,
            secure_boot=firmware is Firmware.UEFI,
        ),
        times=Times(login=96, checks=140, check_in=120, powered_off=160),
        retries=(),
        checks=(
            CheckOutcome(
                id="locale", proves="The system speaks French", result=CheckResult.PASS,
                evidence="LANG=fr_FR.UTF-8", seconds=1,
            ),
        ),
        check_in="received",
        powered_off_cleanly=True,
        screenshot=screen,
        screenshot_digest=digest_of((folder / screen).read_bytes()),
        serial_log=log,
        serial_digest=digest_of((folder / log).read_bytes()),
        added_files=(),
        failure=failure,
    )  # fmt: skip
    content = proof_bytes(proof)
    (folder / f"{firmware}.json").write_bytes(content)
    (folder / f"{firmware}.json.sig").write_text(key.sign(content, PROOF_NAMESPACE))
    return proof
