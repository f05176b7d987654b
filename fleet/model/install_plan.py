# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installation will destroy and make: disks as found, the new layout, the plan.

Pure: it reads no disk. ``lay_out`` decides sizes; ``reasons_against`` says why a disk is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from fleet.errors import FleetError
from fleet.i18n import _

MIB = 1 << 20
GIB = 1 << 30
SECTOR_512 = 512
# FAT32 needs 65 525 clusters; on a disk with 4096-byte sectors that is more than 256 MiB.
ESP_BYTES = {512: 256 * MIB, 4096: 264 * MIB}
_FIRST_BYTE = MIB
_BIOS_BYTES = MIB
_TAIL_BYTES = MIB
_HOME_AT_LEAST = 256 * MIB
# A machine must have room for its updates, its logs and a kernel more.
_ROOT_MARGIN = 512 * MIB
_INODE_BYTES = 256


class DiskTooSmall(FleetError):
    """The image does not fit; nothing was touched."""

    exit_status = 4


class HomePlace(StrEnum):
    """Where people's files go."""

    ROOT = "root"
    SEPARATE = "separate"


class DiskKind(StrEnum):
    """How the target is reached."""

    BLOCK = "block"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskIdentity:
    """What must be the same when the plan is carried out."""

    path: Path
    kind: DiskKind
    size_bytes: int
    sector_bytes: int
    model: str | None
    serial: str | None
    wwn: str | None
    # A number that another disk in the same socket does not have: device and sequence, or inode.
    instance: str

    @property
    def asked_text(self) -> str:
        """The text to type: the serial, or the name when the disk tells none."""
        return self.serial or self.path.name


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPart:
    """One partition, or the whole disk (number 0), with what was recognised on it."""

    number: int
    start_bytes: int
    size_bytes: int
    content: str | None = None
    label: str | None = None
    uuid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFound:
    """A disk as it is now: who it is, what is on it, and who uses it."""

    identity: DiskIdentity
    table: str | None
    parts: tuple[FoundPart, ...]
    # Sentences, in the user's language: mounted there, in use by that.
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallOptions:
    """What the person asked for."""

    hostname: str
    home: HomePlace = HomePlace.ROOT
    root_bytes: int | None = None
    check_in_url: str | None = None
    check_in_credential: Path | None = None
    authorized_keys: Path | None = None
    kernel_arguments: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContent:
    """What the installer needs to know of a verified image."""

    folder: Path
    name: str
    digest: str
    kernels: tuple[str, ...]
    vendor: str
    has_bios_boot: bool
    has_ssh_server: bool
    files: int
    root_bytes: int
    # Size and time of the squashfs when it was verified, to see that it is still that one.
    stamp: tuple[int, int, int] = field(repr=False)


class Role(StrEnum):
    """What a partition is for."""

    BIOS = "bios"
    ESP = "esp"
    ROOT = "root"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A partition to make."""

    number: int
    role: Role
    start_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPlan:
    """What will be destroyed and made; the only thing that carrying out takes."""

    found: DiskFound
    image: ImageContent
    options: InstallOptions
    parts: tuple[Part, ...]

    @property
    def asked_text(self) -> str:
        """The text that confirms this plan."""
        return self.found.identity.asked_text

    @property
    def starts_in_bios(self) -> bool:
        """Whether old firmware can start this disk.

        GRUB and every known BIOS read 512-byte sectors only.
        """
        return self.image.has_bios_boot and self.found.identity.sector_bytes == SECTOR_512

    def part(self, role: Role) -> Part:
        """Return the partition of that role."""
        return next(part for part in self.parts if part.role is role)


def lay_out(disk: DiskIdentity, image: ImageContent, options: InstallOptions) -> tuple[Part, ...]:
    """Return the partitions to make. Raises DiskTooSmall before anything is touched."""
    esp_start = _FIRST_BYTE + _BIOS_BYTES
    root_start = esp_start + ESP_BYTES[disk.sector_bytes]
    room = (disk.size_bytes - _TAIL_BYTES) // MIB * MIB - root_start
    root = _root_size(room, image, options, disk)
    parts = [
        Part(number=1, role=Role.BIOS, start_bytes=_FIRST_BYTE, size_bytes=_BIOS_BYTES),
        Part(number=2, role=Role.ESP, start_bytes=esp_start, size_bytes=root_start - esp_start),
        Part(number=3, role=Role.ROOT, start_bytes=root_start, size_bytes=root),
    ]
    if options.home is HomePlace.SEPARATE:
        parts.append(
            Part(number=4, role=Role.HOME, start_bytes=root_start + root, size_bytes=room - root)
        )
    return tuple(parts)


def least_root_bytes(image: ImageContent) -> int:
    """Return the smallest root partition: its files, its inodes, its journal and a margin."""
    inodes = inode_count(image) * _INODE_BYTES
    needed = (image.root_bytes + inodes) * 105 // 100 + _ROOT_MARGIN
    return -(-needed // MIB) * MIB


def inode_count(image: ImageContent) -> int:
    """Return how many inodes the root needs at the least."""
    return image.files * 3 // 2 + 20_000


def _root_size(room: int, image: ImageContent, options: InstallOptions, disk: DiskIdentity) -> int:
    least = least_root_bytes(image)
    separate = options.home is HomePlace.SEPARATE
    needed = least + (_HOME_AT_LEAST if separate else 0)
    if room < needed:
        raise _too_small(disk.size_bytes - room + needed, disk.size_bytes)
    if not separate:
        return room
    wanted = options.root_bytes or max(least * 2, least + 10 * GIB)
    wanted = min(wanted // MIB * MIB, room - _HOME_AT_LEAST)
    if wanted < least or (options.root_bytes or 0) > room - _HOME_AT_LEAST:
        raise _bad_root(least, room - _HOME_AT_LEAST)
    return wanted


def _too_small(needed: int, has: int) -> DiskTooSmall:
    return DiskTooSmall(
        _("The disk is too small: the image needs {needed}, it has {has}.").format(
            needed=_gigabytes(needed), has=_gigabytes(has)
        ),
        hint=_("Nothing was touched. Choose a larger disk, or a recipe with less software."),
    )


def _bad_root(least: int, most: int) -> DiskTooSmall:
    return DiskTooSmall(
        _("The system's partition must have between {least} and {most}.").format(
            least=_gigabytes(least), most=_gigabytes(most)
        ),
        hint=_("Nothing was touched. Change --root-size."),
    )


def _gigabytes(size_bytes: int) -> str:
    # Up, so that a disk of the size told is large enough.
    return _("{n} GB").format(n=-(-size_bytes // 10**7) / 100)
