# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proofs of the boot test beside an image: each signed, about this image, with its pictures.

What else lies in that folder (screens, serial logs) must be named, by digest, by a signed proof.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.image import PROOFS, StoredImage
from fleet.model.proof import PROOF_NAMESPACE, Firmware, Proof, read_proof
from fleet.services.images_hash import measure
from fleet.services.images_trust import altered, check_signature

_SIGNED, _SIGNATURE = ".json", ".sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProof:
    """A proof and the file it was read from; its screen is in the same folder."""

    path: Path
    proof: Proof

    @property
    def screenshot(self) -> Path | None:
        """The picture of the screen, None when there is none."""
        path = self.path.parent / self.proof.screenshot
        return path if self.proof.screenshot and path.is_file() else None


def read_proofs(image: StoredImage) -> tuple[StoredProof, ...]:
    """Return the proofs that are about this image, as they are: see ``check_proofs``.

    One that cannot be read, or is about another image, counts for nothing.
    """
    found = (_readable(path) for path in proof_files(image))
    return tuple(one for one in found if one and one.proof.image_digest == image.manifest_sha256)


def is_proven(image: StoredImage) -> bool:
    """Tell whether boot tests under every firmware say to have passed."""
    passed = {one.proof.firmware for one in read_proofs(image) if one.proof.passed}
    return passed == set(Firmware)


def proof_files(image: StoredImage) -> tuple[Path, ...]:
    """Return the proofs' files, sorted; none when the image was not tested yet."""
    return tuple(path for path in _files(image) if path.suffix == _SIGNED)


def check_proofs(image: StoredImage, trusted: Collection[str]) -> None:
    """Return when every file of the folder of proofs holds. Raises TrustRefused naming it."""
    signed = proof_files(image)
    named = dict(pair for path in signed for pair in _named_by(image, path, trusted))
    expected = {*(path.name for path in signed), *(path.name + _SIGNATURE for path in signed)}
    folder = image.folder / PROOFS
    for name, digest in named.items():
        if not (folder / name).is_file():
            raise altered(folder / name, _("it is missing."))
        if measure(folder / name).sha256 != digest:
            raise altered(folder / name, _("its content is not the one that was signed."))
    for path in _files(image):
        if path.name not in expected | named.keys():
            raise altered(path, _("no signed proof names it."))


def _named_by(
    image: StoredImage, path: Path, trusted: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Return the files and digests that a proof names, once its signature holds."""
    signature = path.with_name(path.name + _SIGNATURE)
    if not signature.is_file():
        raise altered(path, _("it has no signature."))
    content = path.read_bytes()
    check_signature(signature, content, trusted, PROOF_NAMESPACE)
    proof = read_proof(content)
    if proof.image_digest != image.manifest_sha256:
        raise altered(path, _("it is the proof of another image."))
    pairs = (
        (proof.screenshot, proof.screenshot_digest),
        (proof.serial_log, proof.serial_digest),
    )
    return tuple((name, digest) for name, digest in pairs if name)


def _readable(path: Path) -> StoredProof | None:
    try:
        return StoredProof(path=path, proof=read_proof(path.read_bytes()))
    except (BadInput, OSError):
        return None


def _files(image: StoredImage) -> Iterator[Path]:
    folder = image.folder / PROOFS
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            raise altered(path, _("it is not a plain file."))
        yield path
