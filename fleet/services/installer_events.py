# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installation tells as it goes, in order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from fleet.model.install_plan import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallStarted:
    """The disk is still the one of the plan; nothing is written yet."""

    disk: Path
    hostname: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OldContentErased:
    """Nothing of what the disk held can be started or mounted; a message says so."""

    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionsMade:
    """The new table is written."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackAdvanced:
    """So much of the image is unpacked."""

    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemUnpacked:
    """The filesystems hold the image and this machine's own files."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BootFilesWritten:
    """The boot files are in place under names that no firmware starts."""

    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBackAdvanced:
    """So much of what was written has been read back and compared."""

    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBackMatched:
    """Everything on the disk is what it must be."""

    entries: int
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The disk starts. ``host_keys`` are the SSH public keys to enrol."""

    hostname: str
    disk_guid: str
    root_uuid: str
    host_keys: tuple[str, ...]
    starts_in_bios: bool
    seconds: int


InstallEvent: TypeAlias = (
    InstallStarted
    | OldContentErased
    | PartitionsMade
    | UnpackAdvanced
    | SystemUnpacked
    | BootFilesWritten
    | ReadBackAdvanced
    | ReadBackMatched
    | Installed
)
