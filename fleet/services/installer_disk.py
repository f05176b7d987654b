# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of writes that makes a cut harmless: old content, table, loaders, first sector."""

from __future__ import annotations

import uuid
from pathlib import Path

from fleet.adapters.disk import Target
from fleet.adapters.disk_boot_sector import (
    UEFI_ONLY,
    UNFINISHED,
    grub_code,
    grub_core,
    message_code,
)
from fleet.adapters.disk_format import make_esp, read_esp, rename_in_esp, write_esp
from fleet.adapters.disk_table import Entry, gpt
from fleet.model.install_plan import MIB, DiskKind, InstallPlan, Role
from fleet.services.installer_boot import esp_files, loaders, unfinished_names
from fleet.services.installer_image import BootFiles
from fleet.services.installer_settings import Identifiers
from fleet.services.installer_verify import failed

_TYPES = {
    Role.BIOS: uuid.UUID("21686148-6449-6e6f-744e-656564454649"),
    Role.ESP: uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"),
    Role.ROOT: uuid.UUID("4f68bce3-e8cd-4db1-96e7-fbcaf984b709"),
    Role.HOME: uuid.UUID("933ac7e1-2eb4-4f13-b844-0e14e2aef915"),
}
_NAMES = {Role.BIOS: "BIOS", Role.ESP: "ESP", Role.ROOT: "system", Role.HOME: "home"}
_CODE = 440
_SIGNATURE = b"\x55\xaa"
_FIRMWARE = Path("/sys/firmware/efi")


def destroy(plan: InstallPlan, target: Target) -> None:
    """Make the old content unreachable; from here a BIOS shows the message, UEFI finds nothing."""
    size = plan.found.identity.size_bytes
    target.raw.write(0, message_code(UNFINISHED))
    # The old ESP first: a loader without its system would be half of one.
    for part in sorted(plan.found.parts, key=lambda one: one.content != "vfat"):
        if part.number:
            target.raw.erase_ends(part.start_bytes, part.size_bytes)
    target.erase_known_signatures()
    blank = (message_code(UNFINISHED).ljust(510, b"\0") + _SIGNATURE).ljust(MIB, b"\0")
    target.raw.write(0, blank)
    target.raw.write(size - MIB, bytes(MIB))


def write_table(plan: InstallPlan, target: Target, ids: Identifiers) -> None:
    """Write the new table, on places where no older signature is left."""
    identity = plan.found.identity
    for part in plan.parts:
        target.raw.erase_ends(part.start_bytes, part.size_bytes)
    table = gpt(
        [_entry(plan, role) for role in Role if any(part.role is role for part in plan.parts)],
        disk_guid=uuid.UUID(ids.disk_guid),
        size_bytes=identity.size_bytes,
        sector_bytes=identity.sector_bytes,
        active=_wants_active(plan),
    )
    target.raw.write(identity.size_bytes - len(table.backup), table.backup)
    target.raw.write(identity.sector_bytes, table.primary)
    target.raw.write(446, table.protective)
    target.table_written()


def boot_parts_written(
    plan: InstallPlan, target: Target, ids: Identifiers, boot: BootFiles
) -> dict[str, bytes]:
    """Write GRUB's core and the ESP; return the ESP's files, loaders under unfinished names."""
    if plan.starts_in_bios:
        bios = plan.part(Role.BIOS)
        target.raw.write(bios.start_bytes, _core(plan, boot))
    esp = target.place(plan.part(Role.ESP))
    make_esp(esp, sector_bytes=plan.found.identity.sector_bytes, volume_id=ids.esp_id)
    vendor = plan.image.vendor
    files = esp_files(boot.efi, vendor=vendor, root_uuid=ids.root_uuid)
    early = unfinished_names(files, vendor)
    write_esp(esp, early)
    return early


def read_back_boot(
    plan: InstallPlan, target: Target, written: dict[str, bytes], boot: BootFiles
) -> None:
    """Compare the ESP's files and GRUB's core with what was written. Raises ReadBackFailed."""
    esp = target.place(plan.part(Role.ESP))
    wrong = [f"boot/efi/{name}" for name, content in written.items()
             if read_esp(esp, name) != content]  # fmt: skip
    if plan.starts_in_bios:
        core = _core(plan, boot)
        if target.raw.read(plan.part(Role.BIOS).start_bytes, len(core)) != core:
            wrong.append("(BIOS) core.img")
    if wrong:
        raise failed(wrong)


def start_at_last(
    plan: InstallPlan, target: Target, written: dict[str, bytes], boot: BootFiles
) -> None:
    """Give the loaders their names, then the first sector its code: now the disk starts."""
    esp = target.place(plan.part(Role.ESP))
    final = dict(written)
    for early, name in loaders(plan.image.vendor):
        rename_in_esp(esp, early, name)
        target.forget_caches()
        final[name] = final.pop(early)
    code = (
        grub_code(boot.boot_image, core_start_bytes=plan.part(Role.BIOS).start_bytes)
        if plan.starts_in_bios
        else message_code(UEFI_ONLY)
    )
    target.raw.write(0, code)
    target.forget_caches()
    read_back_boot(plan, target, final, boot)
    if target.raw.read(0, _CODE) != code:
        raise failed(["(BIOS) MBR"])


def _core(plan: InstallPlan, boot: BootFiles) -> bytes:
    bios = plan.part(Role.BIOS)
    return grub_core(boot.core_image, start_bytes=bios.start_bytes, room_bytes=bios.size_bytes)


def _entry(plan: InstallPlan, role: Role) -> Entry:
    part = plan.part(role)
    return Entry(
        type_guid=_TYPES[role],
        guid=uuid.uuid4(),
        start_bytes=part.start_bytes,
        size_bytes=part.size_bytes,
        name=_NAMES[role],
    )


def _wants_active(plan: InstallPlan) -> bool:
    """Tell whether this machine's own BIOS will start the disk: some want an active entry."""
    return plan.found.identity.kind is DiskKind.BLOCK and not _FIRMWARE.exists()
