# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs an image on a disk: plan, then carry out.

A cut at any moment leaves a disk that starts, or one that says that it is not finished: the old
content dies first, and the loaders get the names that firmware starts only once every byte has
been read back.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fleet.adapters.disk import DiskBusy, Filesystem, Target
from fleet.adapters.disk_block import open_block_device
from fleet.adapters.disk_file import open_disk_file
from fleet.adapters.disk_probe import find_disk
from fleet.adapters.disk_unpack import list_image
from fleet.errors import FleetError, UsageError
from fleet.i18n import _
from fleet.model.image import ROOTFS
from fleet.model.install_plan import (
    DiskFound,
    DiskKind,
    InstallOptions,
    InstallPlan,
    inode_count,
    lay_out,
    least_root_bytes,
)
from fleet.model.install_plan import Role as PartRole
from fleet.services.installer_disk import (
    boot_parts_written,
    destroy,
    read_back_boot,
    start_at_last,
    write_table,
)
from fleet.services.installer_events import (
    BootFilesWritten,
    Installed,
    InstallEvent,
    InstallStarted,
    OldContentErased,
    PartitionsMade,
    SystemUnpacked,
    UnpackAdvanced,
)
from fleet.services.installer_image import (
    inspect_image,
    read_boot_files,
    read_digests,
    require_unchanged,
)
from fleet.services.installer_settings import (
    Identifiers,
    MachineFile,
    machine_files,
    public_host_keys,
    write_files,
)
from fleet.services.installer_system import check_system, last_name

_HOSTNAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}(?<!-))?(\.[a-z0-9]([a-z0-9-]{0,62}(?<!-))?)*")


class NotTheSameDisk(FleetError):
    """The disk changed between the plan and the installation; nothing was touched."""

    exit_status = 5


def plan_install(
    image: Path,
    disk: Path,
    options: InstallOptions,
    *,
    trusted_keys: Collection[str],
    file_sector_bytes: int = 512,
) -> InstallPlan:
    """Return what installing would destroy and make; nothing is written.

    Raises FleetError when the image is altered, the disk in use or too small, an option wrong.
    """
    _require_options(options)
    found = find_disk(disk, file_sector_bytes=file_sector_bytes)
    require_free(found)
    content = inspect_image(image, trusted_keys)
    return InstallPlan(
        found=found,
        image=content,
        options=options,
        parts=lay_out(found.identity, content, options),
    )


def install(plan: InstallPlan, *, confirmation: str) -> Iterator[InstallEvent]:
    """Carry out a plan; yield what happens, Installed at the end.

    Raises UsageError when the confirmation is not the plan's text, NotTheSameDisk when the disk
    changed, ReadBackFailed when what is on the disk is not what was written.
    """
    started = time.monotonic()
    _require_ready(plan, confirmation)
    identity = plan.found.identity
    ids = _new_identifiers()
    listed = tuple(list_image(plan.image.folder / ROOTFS))
    digests = read_digests(plan.image.folder)
    boot = read_boot_files(plan.image, listed)
    own = machine_files(plan, ids, boot, disk_link=last_name(identity))
    with _opened(plan) as target:
        yield InstallStarted(
            disk=identity.path, hostname=plan.options.hostname, image=plan.image.name
        )
        destroy(plan, target)
        yield OldContentErased(parts=len(plan.found.parts))
        write_table(plan, target, ids)
        yield PartitionsMade(parts=plan.parts)
        yield from _fill(plan, target, ids, own)
        written = boot_parts_written(plan, target, ids, boot)
        yield BootFilesWritten(files=len(written))
        target.forget_caches()
        yield from check_system(plan, target, listed, digests, own)
        read_back_boot(plan, target, written, boot)
        start_at_last(plan, target, written, boot)
    yield Installed(
        hostname=plan.options.hostname,
        disk_guid=ids.disk_guid,
        root_uuid=ids.root_uuid,
        host_keys=public_host_keys(plan, ids),
        starts_in_bios=plan.starts_in_bios,
        seconds=round(time.monotonic() - started),
    )


def _fill(
    plan: InstallPlan, target: Target, ids: Identifiers, own: Sequence[MachineFile]
) -> Iterator[InstallEvent]:
    started = time.monotonic()

    def finish(root: Path) -> None:
        write_files(root, own)

    image = plan.image.folder / ROOTFS
    for percent in target.fill(_filesystems(plan, ids), image, finish):
        yield UnpackAdvanced(percent=percent)
    yield SystemUnpacked(seconds=round(time.monotonic() - started))


def _filesystems(plan: InstallPlan, ids: Identifiers) -> tuple[Filesystem, ...]:
    uuids = {PartRole.ROOT: ids.root_uuid, PartRole.HOME: ids.home_uuid}
    return tuple(
        Filesystem(
            part=part,
            uuid=uuids[part.role],
            inodes=inode_count(plan.image) if part.role is PartRole.ROOT else 0,
        )
        for part in plan.parts
        if part.role in uuids
    )


def _opened(plan: InstallPlan) -> AbstractContextManager[Target]:
    identity = plan.found.identity
    if identity.kind is DiskKind.BLOCK:
        return open_block_device(identity.path)
    return open_disk_file(identity.path)


def _new_identifiers() -> Identifiers:
    return Identifiers(
        disk_guid=str(uuid.uuid4()),
        root_uuid=str(uuid.uuid4()),
        home_uuid=str(uuid.uuid4()),
        esp_id=uuid.uuid4().hex[:8],
        host_key=Ed25519PrivateKey.generate(),
    )


def _require_ready(plan: InstallPlan, confirmation: str) -> None:
    """Refuse unless the plan is confirmed, and the disk and the image are still those of it."""
    if confirmation != plan.asked_text:
        raise UsageError(
            _("Not confirmed: nothing was done."),
            hint=_("Type exactly: {text}").format(text=plan.asked_text),
        )
    if os.geteuid():
        raise FleetError(
            _("Installing needs root: files keep their owners."),
            hint=_("Start it again with sudo."),
        )
    identity = plan.found.identity
    now = find_disk(identity.path, file_sector_bytes=identity.sector_bytes)
    require_free(now)
    if now != plan.found:
        raise NotTheSameDisk(
            _("The disk {path} changed since the plan was made.").format(path=identity.path),
            hint=_("Nothing was touched. Look at the disk, then plan again."),
        )
    require_unchanged(plan.image)
    if identity.kind is DiskKind.FILE:
        _require_room_beside(plan)


def _require_room_beside(plan: InstallPlan) -> None:
    """Refuse when the folder of a disk file cannot hold the system twice: beside it, and in it."""
    folder = plan.found.identity.path.parent
    free, needed = shutil.disk_usage(folder).free, 2 * least_root_bytes(plan.image)
    if free < needed:
        raise FleetError(
            _("The folder {folder} has {free} MB free; this takes {needed} MB.").format(
                folder=folder, free=free // 10**6, needed=needed // 10**6
            ),
            hint=_("Nothing was touched. Free some space, or put the disk file elsewhere."),
        )


def require_free(found: DiskFound) -> None:
    """Raise DiskBusy when somebody uses the disk."""
    if found.uses:
        raise DiskBusy(
            _("The disk {path} is in use: {uses}.").format(
                path=found.identity.path, uses="; ".join(found.uses)
            ),
            hint=_("Nothing was touched. Unmount it or stop what uses it, or choose another disk."),
        )


def _require_options(options: InstallOptions) -> None:
    if len(options.hostname) > 64 or not _HOSTNAME.fullmatch(options.hostname):
        raise UsageError(
            _("« {name} » cannot be a computer's name.").format(name=options.hostname),
            hint=_("Use small letters, digits and hyphens: salle-2-poste-07"),
        )
    if options.check_in_url is not None and not options.check_in_url.startswith("https://"):
        raise UsageError(_("The address to report to must begin with https://."))
    if set(options.kernel_arguments) & set("\"'\\$`\n{};"):
        raise UsageError(_("The kernel's arguments have a character that GRUB would read."))
