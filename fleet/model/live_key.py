# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key: its partitions, the folders that people see on it, and what it is told at the desk. Pure.

Partition 1 of the table is the one that Windows shows; on the disk it comes last, so that old
firmware finds what it starts near the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from fleet.errors import BadInput, FleetError
from fleet.i18n import _
from fleet.model.image import StoredImage
from fleet.model.install_plan import MIB, DiskFound

#: Labels of the partitions; the live system looks for the first and the last.
FILES_LABEL = "PARCLIBRE"
BOOT_LABEL = "PARC-BOOT"
STORE_LABEL = "PARCLIBRE-DATA"

#: What people see when they plug the key into another computer.
TO_SEND = "À ENVOYER"
CERTIFICATES = "CERTIFICATS"
IMAGES = "IMAGES"
ROOMS = "SALLES"
PHOTOS = "PHOTOS"
README = "LISEZ-MOI.txt"
FOLDERS = (TO_SEND, CERTIFICATES, IMAGES, ROOMS, PHOTOS)

#: Inside the store's partition, for the first start.
SEED = "seed"
SEED_FILE = "key.json"
SEED_BUNDLE = "expected.tar.zst"
SEED_FORMAT: Final = "parclibre-key-1"

_FIRST_BYTE = MIB
_BIOS_BYTES = MIB
_TAIL_BYTES = MIB
_STORE_BYTES = 512 * MIB
# FAT32 begins there, whatever it holds.
_LEAST_FAT = 64 * MIB
_FAT_LARGEST_FILE = (1 << 32) - 1


class KeyTooSmall(FleetError):
    """What was asked for does not fit on the stick; nothing was touched."""

    exit_status = 4


class KeyRole(StrEnum):
    """What a partition is for."""

    FILES = "files"
    BIOS = "bios"
    ESP = "esp"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPart:
    """A partition to make; ``number`` is its place in the table."""

    number: int
    role: KeyRole
    start_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """A file to put on the key: its path there, and its content or the file to copy."""

    name: str
    content: bytes = b""
    source: Path | None = None

    @property
    def size_bytes(self) -> int:
        """How long it is."""
        return self.source.stat().st_size if self.source else len(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNeeds:
    """The bytes of what each partition will hold; ``store`` counts images too large for FAT."""

    files: int
    boot: int
    store: int


class Installation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An installation that the key trusts from its first start."""

    replica: str
    public_key: str
    label: str = ""


class Seed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the desk tells a key. No secret, no person: the key makes its own signing key.

    ``tags`` is (range id, prefix, first, last).
    """

    format: str = SEED_FORMAT
    label: str = ""
    town: tuple[Installation, ...] = ()
    tags: tuple[str, str, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlan:
    """What will be destroyed and made; the only thing that carrying out takes.

    ``size_bytes`` with no disk found: a new file of that size.
    """

    target: Path
    found: DiskFound | None
    size_bytes: int
    image: StoredImage
    parts: tuple[KeyPart, ...]
    on_files: tuple[KeyFile, ...]
    on_store: tuple[KeyFile, ...]
    seed: Seed
    kernel_arguments: str = ""

    @property
    def asked_text(self) -> str:
        """The text that confirms this plan; empty for a new file, which destroys nothing."""
        return self.found.identity.asked_text if self.found else ""

    def part(self, role: KeyRole) -> KeyPart:
        """Return the partition of that role."""
        return next(part for part in self.parts if part.role is role)


def stick_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of the key that people see, on the live system; None elsewhere."""
    chosen = environ.get("PARCLIBRE_STICK")
    default = Path("/run/parclibre/stick")
    if chosen:
        return Path(chosen)
    return default if (default / README).is_file() else None


def fits_fat(size_bytes: int) -> bool:
    """Tell whether FAT can hold a file of that size."""
    return size_bytes <= _FAT_LARGEST_FILE


def least_size(needs: KeyNeeds) -> int:
    """Return the smallest stick for all that, in bytes."""
    before_files = _FIRST_BYTE + _BIOS_BYTES + _esp_size(needs) + _store_size(needs)
    return before_files + _files_size(needs) + _TAIL_BYTES


def lay_out_key(size_bytes: int, needs: KeyNeeds) -> tuple[KeyPart, ...]:
    """Return the partitions, in the order of the table. Raises KeyTooSmall."""
    if size_bytes < least_size(needs):
        raise KeyTooSmall(
            _("The stick is too small: all this needs {needed}, it has {has}.").format(
                needed=_gigabytes(least_size(needs)), has=_gigabytes(size_bytes)
            ),
            hint=_("Nothing was touched. Take a larger stick, or fewer images."),
        )
    sizes = {
        KeyRole.BIOS: _BIOS_BYTES,
        KeyRole.ESP: _esp_size(needs),
        KeyRole.STORE: _store_size(needs),
    }
    starts, at = {}, _FIRST_BYTE
    for role, size in sizes.items():
        starts[role], at = at, at + size
    starts[KeyRole.FILES] = at
    sizes[KeyRole.FILES] = (size_bytes - _TAIL_BYTES) // MIB * MIB - at
    return tuple(
        KeyPart(number=number, role=role, start_bytes=starts[role], size_bytes=sizes[role])
        for number, role in enumerate(KeyRole, start=1)
    )


def encode_seed(seed: Seed) -> bytes:
    """Return the seed as it is written on the key."""
    return msgspec.json.format(msgspec.json.encode(seed), indent=2) + b"\n"


def decode_seed(content: bytes) -> Seed:
    """Return what a key was told. Raises BadInput."""
    try:
        seed = msgspec.json.decode(content, type=Seed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            _("What this key was told cannot be read: {why}").format(why=error),
            hint=_("Make the key again at the desk: parclibre live key"),
        ) from error
    if seed.format != SEED_FORMAT:
        raise BadInput(_("This key was made by a newer ParcLibre."))
    return seed


def _esp_size(needs: KeyNeeds) -> int:
    return _rounded(max(needs.boot * 102 // 100 + 32 * MIB, _LEAST_FAT))


def _store_size(needs: KeyNeeds) -> int:
    return _rounded(needs.store * 102 // 100 + _STORE_BYTES)


def _files_size(needs: KeyNeeds) -> int:
    return _rounded(max(needs.files * 101 // 100 + 32 * MIB, _LEAST_FAT))


def _rounded(size_bytes: int) -> int:
    return -(-size_bytes // MIB) * MIB


def _gigabytes(size_bytes: int) -> str:
    return _("{n} GB").format(n=-(-size_bytes // 10**7) / 100)
