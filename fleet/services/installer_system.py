# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the filesystems of an installed system, from the bytes of the disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fleet.adapters.disk import Target
from fleet.adapters.disk_ext4 import Ext4
from fleet.adapters.disk_format import check_ext4, signatures_at
from fleet.adapters.disk_unpack import Listed
from fleet.model.install_plan import DiskIdentity, DiskKind, InstallPlan, Role
from fleet.services.installer_events import InstallEvent
from fleet.services.installer_settings import MachineFile
from fleet.services.installer_verify import expected_entries, failed, read_back

_BY_ID = Path("/dev/disk/by-id")
_KINDS = {Role.ESP: "vfat", Role.ROOT: "ext4", Role.HOME: "ext4"}


def check_system(
    plan: InstallPlan,
    target: Target,
    listed: Sequence[Listed],
    digests: Mapping[str, str],
    own: Sequence[MachineFile],
) -> Iterator[InstallEvent]:
    """Read everything back and compare it; yield progress. Raises ReadBackFailed, FleetError."""
    parts = {part.role: part for part in plan.parts}
    for role, kind in _KINDS.items():
        # Something left of an older signature would hide the filesystem from the system.
        if role in parts and signatures_at(target.place(parts[role])) != kind:
            raise failed([f"({role}) {kind}"])
    filesystems = {
        role: Ext4(target.raw.read, parts[role].start_bytes)
        for role in (Role.ROOT, Role.HOME)
        if role in parts
    }
    for role in filesystems:
        check_ext4(target.place(parts[role]))
    yield from read_back(
        filesystems[Role.ROOT],
        filesystems.get(Role.HOME),
        expected_entries(listed, digests, own),
    )


def last_name(identity: DiskIdentity) -> Path | None:
    """Return a name of the disk that lasts from one start to the next; None for a disk file."""
    if identity.kind is not DiskKind.BLOCK or not _BY_ID.is_dir():
        return None
    links = [link for link in sorted(_BY_ID.iterdir()) if link.resolve() == identity.path]
    # ata-MODEL_SERIAL says more to a person than wwn-0x5000...
    return next((link for link in links if not link.name.startswith("wwn-")), None)
