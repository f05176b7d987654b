# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an image out of what a build left: bill of materials, digests, manifest, signature.

The build writes its files in a hidden folder beside the images; the folder gets the name of an
image once all of it is on the disk, so that a cut leaves an image or nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.image import (
    IMAGE_NAMESPACE,
    MANIFEST,
    MEMBERS,
    PROOFS,
    ROOTFS,
    SBOM,
    SIGNATURE,
    ImageFacts,
    Manifest,
    encode_manifest,
    manifest_of,
    missing_members,
)
from fleet.output.sbom import sbom
from fleet.readers.dpkg_status import Copyright, InstalledPackage
from fleet.services.images import images_folder, plan_removal, read_image, remove_image
from fleet.services.images_hash import Progress, measure
from fleet.services.images_verify import check_files
from fleet.store.files import private_folder, sync_folder
from fleet.store.keys import ReplicaKey


def new_part(home: Path, name: str) -> Path:
    """Return a new hidden folder in which a build puts the files of an image.

    A build that failed leaves its folder; ``discard_part`` removes it.
    """
    images = private_folder(images_folder(home))
    return Path(tempfile.mkdtemp(prefix=f".{name}-", suffix=".part", dir=images))


def discard_part(part: Path) -> None:
    """Remove what an unfinished build left."""
    shutil.rmtree(part, ignore_errors=True)


def discard_unfinished(home: Path) -> int:
    """Remove what killed builds and removals left among the images; return how many folders.

    Only who holds the lock of builds may call it: another build's folder looks the same.
    """
    images = images_folder(home)
    left = [*images.glob(".*.part"), *images.glob(".removed-*")]
    for folder in left:
        shutil.rmtree(folder)
    return len(left)


def write_artifact(
    part: Path,
    facts: ImageFacts,
    signer: ReplicaKey,
    *,
    installed: tuple[InstalledPackage, ...] = (),
    copyrights: Mapping[str, Copyright] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Turn a folder of ``new_part`` into an image and return where it is.

    ``part`` holds every member but the bill of materials. When the very same image is already
    there (same recipe, same bytes), that one is kept, with its proofs. Raises FleetError when a
    file is missing.
    """
    _require(part)
    digests = {name: measure(part / name) for name in MEMBERS if name not in (SBOM, ROOTFS)}
    digests[ROOTFS] = measure(part / ROOTFS, progress)
    document = sbom(facts, digests[ROOTFS].sha256, installed, copyrights or {})
    (part / SBOM).write_bytes(document)
    digests[SBOM] = measure(part / SBOM)
    manifest = manifest_of(facts, dict(sorted(digests.items())))
    _sign(part, manifest, signer)
    _put_on_disk(part)
    return _publish(part, manifest)


def _require(part: Path) -> None:
    allowed = set(MEMBERS)
    names = {path.name for path in part.iterdir()}
    missing = [name for name in missing_members(names) if name != SBOM]
    strange = sorted(names - allowed - {MANIFEST, SIGNATURE})
    if missing or strange:
        raise FleetError(
            _("The build did not leave the files of an image: {names}.").format(
                names=", ".join((*missing, *strange))
            )
        )


def _sign(part: Path, manifest: Manifest, signer: ReplicaKey) -> None:
    content = encode_manifest(manifest)
    (part / MANIFEST).write_bytes(content)
    (part / SIGNATURE).write_text(signer.sign(content, IMAGE_NAMESPACE), encoding="ascii")


def _put_on_disk(part: Path) -> None:
    for path in part.iterdir():
        path.chmod(0o644)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    part.chmod(0o755)
    (part / PROOFS).mkdir(exist_ok=True)
    sync_folder(part)


def _publish(part: Path, manifest: Manifest) -> Path:
    target = part.parent / manifest.folder_name
    if target.exists():
        if _holds(target, manifest):
            discard_part(part)
            return target
        remove_image(plan_removal(target))
    part.rename(target)
    sync_folder(target.parent)
    return target


def _holds(folder: Path, manifest: Manifest) -> bool:
    """Tell whether an image of the same name is this very one, undamaged."""
    try:
        found = read_image(folder).manifest
        if found.digest != manifest.digest:
            return False
        check_files(folder, found)
    except FleetError:
        return False
    return True
