# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses how a disk is wiped, and says why: pure.

A rotating disk is overwritten and read back whole. Flash keeps copies where no write reaches, so
the drive itself is asked: block erase first (what it leaves can be checked), then a new key, then
the older commands. Everything ends in an overwrite, which is a Clear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.errors import GuardRefused
from fleet.i18n import _
from fleet.model.facts import DiskKind
from fleet.model.policy import LEVEL_RANK, PURGE
from fleet.model.reasons import Reason
from fleet.model.wipe import Hidden, ReadBack, Technique, WipePlan, WipeTarget, level_of
from fleet.output.wipe_text import wipe_sentence

# A common figure for flash; the certificate states what was really read.
SAMPLED_PERMILLE = 100

_FLASH = (
    Technique.ATA_SANITIZE_BLOCK,
    Technique.ATA_SANITIZE_CRYPTO,
    Technique.ATA_SANITIZE_OVERWRITE,
    Technique.ATA_ERASE_ENHANCED,
    Technique.NVME_SANITIZE_BLOCK,
    Technique.NVME_SANITIZE_CRYPTO,
    Technique.NVME_SANITIZE_OVERWRITE,
    Technique.NVME_FORMAT_CRYPTO,
    Technique.EMMC_SANITIZE,
    Technique.NVME_FORMAT_USER,
    Technique.ATA_ERASE,
    Technique.SECURE_DISCARD,
)
_ROTATING_PURGE = (
    Technique.ATA_SANITIZE_CRYPTO,
    Technique.ATA_SANITIZE_OVERWRITE,
    Technique.ATA_ERASE_ENHANCED,
)
_SECURITY = frozenset({Technique.ATA_ERASE, Technique.ATA_ERASE_ENHANCED})
_SAMPLED = frozenset({DiskKind.SSD, DiskKind.NVME, DiskKind.EMMC})


def plan_wipe(
    target: WipeTarget,
    *,
    disk: str,
    machine_tag: str,
    level: str,
    others: Sequence[WipeTarget] = (),
    sampled_permille: int = SAMPLED_PERMILLE,
) -> WipePlan:
    """Return what will be done to a disk; ``level`` is what the policy asks (clear, purge).

    ``others`` are the other disks present: a serial that two of them share is told. Raises
    GuardRefused when the disk has an obstacle, or the machine no tag.
    """
    _refuse(target, machine_tag)
    techniques = _techniques(target, level)
    return WipePlan(
        target=target,
        disk=disk,
        machine_tag=machine_tag,
        techniques=techniques,
        asked_level=level,
        readback=ReadBack.SAMPLED if target.kind in _SAMPLED else ReadBack.FULL,
        sampled_permille=sampled_permille,
        reasons=tuple(_reasons(target, techniques, level, others)),
    )


def _refuse(target: WipeTarget, machine_tag: str) -> None:
    if not machine_tag.strip():
        raise GuardRefused(
            _("A wipe is confirmed by the machine's number, and this one has none."),
            hint=_("Give the machine its number first (step Identify)."),
        )
    if target.obstacles:
        raise GuardRefused(
            _("{path} is not wiped: {why}").format(
                path=target.path, why=" ".join(map(wipe_sentence, target.obstacles))
            ),
            hint=_("Choose another disk, or take the obstacle away."),
        )


def _techniques(target: WipeTarget, level: str) -> tuple[Technique, ...]:
    return (*(one for one in _wanted(target, level) if one in target.offers), Technique.OVERWRITE)


def _wanted(target: WipeTarget, level: str) -> tuple[Technique, ...]:
    if target.kind is not DiskKind.HDD:
        return _FLASH
    return _ROTATING_PURGE if level == PURGE else ()


def reaches(plan: WipePlan) -> bool:
    """Tell whether a technique of the plan can reach the level asked, on a disk that shows all."""
    best = max(LEVEL_RANK[level_of(one)] for one in plan.techniques)
    return best >= LEVEL_RANK[plan.asked_level] and plan.target.hidden is not Hidden.UNKNOWN


def _reasons(
    target: WipeTarget, techniques: tuple[Technique, ...], level: str, others: Sequence[WipeTarget]
) -> Iterator[Reason]:
    yield _why_first(target, techniques[0])
    if target.frozen and _SECURITY & set(techniques):
        yield Reason(code="drive_frozen")
    if max(LEVEL_RANK[level_of(one)] for one in techniques) < LEVEL_RANK[level]:
        yield Reason(code="level_out_of_reach", params={"asked": level})
    elif len(techniques) > 1 and LEVEL_RANK[level] > LEVEL_RANK[level_of(techniques[-1])]:
        yield Reason(code="may_fall_below", params={"asked": level})
    yield from _about_hidden(target)
    yield from _about_identity(target, others)


def _why_first(target: WipeTarget, first: Technique) -> Reason:
    if first is not Technique.OVERWRITE:
        code = "rotating_drive_erases" if target.kind is DiskKind.HDD else "flash_drive_erases"
        return Reason(code=code, params={"technique": first})
    if target.kind is DiskKind.HDD:
        return Reason(code="rotating_overwritten")
    if target.transport == "usb":
        return Reason(code="bridge_hides_commands")
    if target.transport in ("virtio", "file", "loop"):
        return Reason(code="virtual_disk")
    return Reason(code="drive_offers_nothing")


def _about_hidden(target: WipeTarget) -> Iterator[Reason]:
    if target.hidden is Hidden.REMAINING:
        hidden = (target.native_bytes or target.size_bytes) - target.size_bytes
        yield Reason(code="hidden_to_lift", params={"bytes": str(hidden)})
    if target.hidden is Hidden.UNKNOWN:
        yield Reason(code="hidden_unknown")


def _about_identity(target: WipeTarget, others: Sequence[WipeTarget]) -> Iterator[Reason]:
    if target.serial is None:
        yield Reason(code="serial_missing")
    elif any(one.serial == target.serial and one.path != target.path for one in others):
        yield Reason(code="serial_shared", params={"serial": target.serial})
