# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a drive what it can erase by itself and what it hides; changes nothing.

SATA and bridges that let ATA commands through answer hdparm; NVMe answers nvme-cli; eMMC answers
mmc-utils. Virtual disks, and bridges that let nothing through, are only overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fleet.errors import FleetError
from fleet.model.facts import DiskKind
from fleet.model.reasons import Reason
from fleet.model.wipe import Hidden, Technique, WipeTarget
from fleet.readers.ext_csd import read_ext_csd
from fleet.readers.hdparm import (
    AtaIdentity,
    read_dco_sectors,
    read_identity,
    read_max_sectors,
)
from fleet.readers.nvme_json import NvmeController, read_controller
from reconditioning.wipe_tools import Tools

ASK_S = 60
_NOT_ATA = frozenset({"nvme", "mmc", "virtio", "loop", "file", "sas", "nbd"})
# IDEMA LBA1-03: capacities sold, in sectors of 512 bytes: 97 696 368 + 1 953 504 * (GB - 50).
_IDEMA_BASE, _IDEMA_STEP = 97_696_368, 1_953_504


def asked(target: WipeTarget, tools: Tools, *, alone: bool) -> WipeTarget:
    """Return the target with what the drive answers.

    ``alone``: no other disk shares its controller, so what reaches all of it is offered too.
    """
    if target.transport == "nvme":
        return _nvme(target, tools, alone=alone)
    if target.transport == "mmc":
        return _emmc(target, tools)
    if target.transport in _NOT_ATA:
        return replace(target, hidden=Hidden.NOT_APPLICABLE)
    return _ata(target, tools)


def answer(tools: Tools, *command: str) -> str | None:
    """Return what a program prints; None when it failed, was too long, or is not installed."""
    try:
        done = tools.run(command, timeout_s=ASK_S)
    except FleetError:
        return None
    return done.stdout if done.status == 0 else None


def identity_of(target: WipeTarget, tools: Tools) -> AtaIdentity | None:
    """Return the drive's ATA identity; None when nothing ATA answers."""
    return read_identity(answer(tools, "hdparm", "-I", str(target.path)) or "")


def _ata(target: WipeTarget, tools: Tools) -> WipeTarget:
    identity = identity_of(target, tools)
    if identity is None:
        # SATA without an answer, and bridges, may hide sectors; another bus has none of those.
        unknown = target.transport in ("sata", "usb")
        return replace(target, hidden=Hidden.UNKNOWN if unknown else Hidden.NOT_APPLICABLE)
    hidden, native_bytes = hidden_of(target, identity, tools)
    if native_bytes and target.size_bytes < native_bytes:
        hidden = Hidden.REMAINING  # some docks keep the last sectors to themselves
    return replace(
        target,
        kind=_ata_kind(target, identity),
        model=identity.model or target.model,
        serial=identity.serial or target.serial,
        firmware=identity.firmware or target.firmware,
        offers=() if target.transport == "usb" else tuple(_ata_offers(identity)),
        frozen=identity.frozen,
        hidden=hidden,
        native_bytes=native_bytes,
        erase_minutes=identity.enhanced_minutes or identity.erase_minutes,
        obstacles=(Reason(code="ata_locked"),) if identity.locked else (),
    )


def _ata_kind(target: WipeTarget, identity: AtaIdentity) -> DiskKind:
    if identity.rotating is None:
        return target.kind
    return DiskKind.HDD if identity.rotating else DiskKind.SSD


def _ata_offers(identity: AtaIdentity) -> Iterator[Technique]:
    if identity.sanitize:
        if identity.block_erase:
            yield Technique.ATA_SANITIZE_BLOCK
        if identity.crypto_scramble:
            yield Technique.ATA_SANITIZE_CRYPTO
        if identity.sanitize_overwrite:
            yield Technique.ATA_SANITIZE_OVERWRITE
    if identity.security:
        if identity.enhanced:
            yield Technique.ATA_ERASE_ENHANCED
        yield Technique.ATA_ERASE


def hidden_of(target: WipeTarget, identity: AtaIdentity, tools: Tools) -> tuple[Hidden, int | None]:
    """Return whether the drive hides sectors now, and its real size in bytes when it tells.

    A drive that has a DCO but does not show it (the firmware may have frozen it) is believed whole
    when its native size is one that is sold (IDEMA LBA1-03), else it is UNKNOWN.
    """
    told = read_max_sectors(answer(tools, "hdparm", "-N", str(target.path)) or "")
    real = read_dco_sectors(answer(tools, "hdparm", "--dco-identify", str(target.path)) or "")
    # Virtual and some old drives answer nonsense (fewer native sectors than visible ones).
    if told is None or told[1] < told[0]:
        nothing = not identity.hpa and not identity.dco
        return (Hidden.NONE if nothing else Hidden.UNKNOWN), None
    visible, native = told
    whole = max(native, real or 0)
    if visible < whole:
        return Hidden.REMAINING, whole * identity.sector_bytes
    if identity.dco and real is None and not _is_sold(native * identity.sector_bytes):
        return Hidden.UNKNOWN, None
    return Hidden.NONE, whole * identity.sector_bytes


def _is_sold(size_bytes: int) -> bool:
    return (size_bytes // 512 - _IDEMA_BASE) % _IDEMA_STEP == 0


def _nvme(target: WipeTarget, tools: Tools, *, alone: bool) -> WipeTarget:
    command = ("nvme", "id-ctrl", str(target.path), "--output-format=json")
    controller = read_controller(answer(tools, *command) or "")
    if controller is None:
        return target
    return replace(
        target,
        model=controller.model or target.model,
        serial=controller.serial or target.serial,
        firmware=controller.firmware or target.firmware,
        offers=tuple(_nvme_offers(controller, alone=alone)),
    )


def _nvme_offers(controller: NvmeController, *, alone: bool) -> Iterator[Technique]:
    """Yield what erases this namespace and, unless it is the only one, no other."""
    if alone and controller.sanitize_block:
        yield Technique.NVME_SANITIZE_BLOCK
    if alone and controller.sanitize_crypto:
        yield Technique.NVME_SANITIZE_CRYPTO
    if alone and controller.sanitize_overwrite:
        yield Technique.NVME_SANITIZE_OVERWRITE
    if controller.format_ and (alone or not controller.format_all):
        if controller.format_crypto:
            yield Technique.NVME_FORMAT_CRYPTO
        yield Technique.NVME_FORMAT_USER


def _emmc(target: WipeTarget, tools: Tools) -> WipeTarget:
    erasing = read_ext_csd(answer(tools, "mmc", "extcsd", "read", str(target.path)) or "")
    offers = []
    if erasing.sanitize:
        offers.append(Technique.EMMC_SANITIZE)
    if erasing.secure_erase:
        offers.append(Technique.SECURE_DISCARD)
    return replace(target, offers=tuple(offers))
