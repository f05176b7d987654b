# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image is: its manifest, the names of its files, and its own name.

An image is a folder. The manifest names every file but itself, its signature and the proofs of
the boot test, which come later and bear their own signatures.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.events import canonical

FORMAT: Final = 1
IMAGE_NAMESPACE = "parclibre-image"

ROOTFS = "rootfs.squashfs"
KERNEL = "vmlinuz"
INITRD = "initrd.img"
SBOM = "sbom.cdx.json"
FILES = "files.sha256"
BUILD_LOG = "build.log"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
PROOFS = "proof"
# What two builds of one recipe make alike; the log of the build tells times.
REPRODUCIBLE = (ROOTFS, KERNEL, INITRD, SBOM, FILES)
MEMBERS = (*REPRODUCIBLE, BUILD_LOG)

_SHOWN_DIGITS = 12
_FOLDER = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)-(?P<day>\d{8})-(?P<digest>[0-9a-f]{12})")


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the manifest's records."""


class ImagePackage(_Record, frozen=True, kw_only=True, order=True):
    """A package of the image. ``source`` is the source package it was built from."""

    name: str
    version: str
    arch: str
    source: str


class ImageBase(_Record, frozen=True, kw_only=True):
    """What the image started from. ``iso_sha256`` is None when it is not an ISO."""

    system: str
    suite: str
    codename: str
    iso_sha256: str | None = None


class Provenance(_Record, frozen=True, kw_only=True):
    """The roles and the program that made the image.

    ``commit`` is None outside a checkout; ``host_suite`` is the build host's own.
    """

    commit: str | None
    dirty: bool
    host_suite: str
    tool_version: str


class ImageSizes(_Record, frozen=True, kw_only=True):
    """How much the root filesystem holds once unpacked."""

    uncompressed_bytes: int
    files: int
    folders: int
    links: int


class BuildStep(_Record, frozen=True, kw_only=True):
    """How long one step of the build took; ``reused`` when a kept layer served."""

    name: str
    milliseconds: int
    reused: bool = False


class ImageFile(_Record, frozen=True, kw_only=True):
    """What a file of the image must be."""

    sha256: str
    size_bytes: int


class ImageFacts(_Record, frozen=True, kw_only=True):
    """All that the build knows of an image but its files' digests.

    ``recipe`` is the recipe as resolved (extensions and options applied), JSON values only;
    ``epoch`` the SOURCE_DATE_EPOCH; ``built_at`` the UTC time, ISO 8601, to the second.
    """

    name: str
    title: str
    built_at: str
    epoch: int
    recipe: dict[str, Any]
    base: ImageBase
    provenance: Provenance
    desktop: str
    kernel: str
    packages: tuple[ImagePackage, ...]
    sizes: ImageSizes
    minimum_disk_bytes: int
    steps: tuple[BuildStep, ...]


class Manifest(ImageFacts, frozen=True, kw_only=True):
    """What an image is made of; its signature stands for the whole folder."""

    recipe_sha256: str
    files: dict[str, ImageFile]
    format: int

    @property
    def digest(self) -> str:
        """What this image is, times of the build left aside: recipe and reproducible files."""
        parts = {"recipe": self.recipe_sha256}
        parts |= {name: self.files[name].sha256 for name in REPRODUCIBLE}
        return hashlib.sha256(canonical(parts)).hexdigest()

    @property
    def folder_name(self) -> str:
        """The name of the image's folder."""
        day = self.built_at[:10].replace("-", "")
        return f"{self.name}-{day}-{self.digest[:_SHOWN_DIGITS]}"

    @property
    def compressed_bytes(self) -> int:
        """The size of the packed root filesystem."""
        return self.files[ROOTFS].size_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image in its folder. Reading it proves nothing: see ``verify_image``."""

    folder: Path
    manifest: Manifest
    manifest_sha256: str


def manifest_of(facts: ImageFacts, files: dict[str, ImageFile]) -> Manifest:
    """Return the manifest of an image whose files were measured."""
    known = {name: getattr(facts, name) for name in ImageFacts.__struct_fields__}
    return Manifest(format=FORMAT, files=files, recipe_sha256=recipe_digest(facts.recipe), **known)


def recipe_digest(recipe: dict[str, Any]) -> str:
    """Return the SHA-256 of a recipe's canonical JSON."""
    return hashlib.sha256(canonical(recipe)).hexdigest()


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the manifest's canonical JSON: what is signed, to the byte."""
    return canonical(manifest)


def decode_manifest(content: bytes) -> Manifest:
    """Return a manifest from its bytes. Raises BadInput when it is not one we can read."""
    try:
        version = msgspec.json.decode(content, type=_Versioned).format
        if version != FORMAT:
            raise BadInput(
                _("This image has format {found}; this program reads format {known}.").format(
                    found=version, known=FORMAT
                ),
                hint=_("Upgrade ParcLibre on this computer."),
            )
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(
            _("This is not the manifest of an image: {why}").format(why=error),
            hint=_("Build the image again, or copy it again from where it was made."),
        ) from error
    _require_members(manifest)
    return manifest


def is_image_folder(name: str) -> bool:
    """Tell whether a folder's name is the name of an image: ``NAME-YYYYMMDD-DIGEST``."""
    return _FOLDER.fullmatch(name) is not None


def missing_members(names: Iterable[str]) -> tuple[str, ...]:
    """Return the files that every image has and that these names lack."""
    present = set(names)
    return tuple(name for name in MEMBERS if name not in present)


class _Versioned(msgspec.Struct):
    format: int


def _require_members(manifest: Manifest) -> None:
    """Refuse a manifest that leaves a file out, or names one that is not a plain member."""
    missing = missing_members(manifest.files)
    strange = sorted(set(manifest.files) - set(MEMBERS))
    if missing or strange:
        raise BadInput(
            _("The manifest does not name the files of an image: {names}.").format(
                names=", ".join((*missing, *strange))
            )
        )
