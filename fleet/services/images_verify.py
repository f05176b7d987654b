# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves an image: a trusted signature, every byte of every file, and nothing more."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fleet.i18n import _
from fleet.model.image import (
    IMAGE_NAMESPACE,
    MANIFEST,
    PROOFS,
    SIGNATURE,
    ImageFile,
    Manifest,
    StoredImage,
)
from fleet.services.images import read_image
from fleet.services.images_hash import Progress, measure
from fleet.services.images_proofs import check_proofs
from fleet.services.images_trust import altered, check_signature


def verify_image(
    folder: Path, trusted: Collection[str], *, progress: Progress | None = None
) -> Manifest:
    """Return the manifest of an image once all of it is proven, proofs of boot tests included.

    Raises TrustRefused that names the file, NotFound and BadInput.
    """
    image = verify_signature(folder, trusted)
    check_files(folder, image.manifest, progress)
    check_proofs(image, trusted)
    return image.manifest


def verify_signature(folder: Path, trusted: Collection[str]) -> StoredImage:
    """Return an image whose manifest bears a trusted signature; its files are not read yet.

    Raises TrustRefused, NotFound, BadInput.
    """
    content = _regular(folder, MANIFEST).read_bytes() if folder.is_dir() else b""
    image = read_image(folder)
    check_signature(_regular(folder, SIGNATURE), content, trusted, IMAGE_NAMESPACE)
    return image


def check_files(folder: Path, manifest: Manifest, progress: Progress | None = None) -> None:
    """Return when a folder holds a manifest's files and no other, to the byte.

    Raises TrustRefused that names the file.
    """
    _check_members(folder, manifest)
    _check_digests(folder, manifest, progress)


def _check_members(folder: Path, manifest: Manifest) -> None:
    """Return when the folder holds the files of the manifest, as plain files, and no other."""
    expected = {*manifest.files, MANIFEST, SIGNATURE}
    for path in sorted(folder.iterdir()):
        if path.name not in expected and path.name != PROOFS:
            raise altered(path, _("it is not a file of this image."))
    for name in sorted(expected):
        _regular(folder, name)


def _check_digests(folder: Path, manifest: Manifest, progress: Progress | None) -> None:
    total, before = sum(file.size_bytes for file in manifest.files.values()), 0
    for name, expected in manifest.files.items():
        path = folder / name
        # A wrong size is said at once, without reading gigabytes.
        if path.stat().st_size != expected.size_bytes:
            raise altered(path, _("its size is not the one that was signed."))
        _check_digest(path, expected, _shifted(progress, before, total))
        before += expected.size_bytes


def _check_digest(path: Path, expected: ImageFile, progress: Progress | None) -> None:
    if measure(path, progress) != expected:
        raise altered(path, _("its content is not the one that was signed."))


def _shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _size: progress(before + done, total)


def _regular(folder: Path, name: str) -> Path:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise altered(path, _("it is missing, or it is not a plain file."))
    return path
