# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a wipe reads: techniques, phases, why this one, why not that disk, what went wrong.

Shared by the command line, the wizard and the papers. A code of a newer program is shown as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fleet.i18n import _
from fleet.model.reasons import Reason
from fleet.model.wipe import Hidden, ReadBack, Technique
from fleet.output.amounts import disk_size
from fleet.output.words import level_name


def technique_name(technique: str) -> str:
    """Return a technique's short name, with the standard's own word."""
    return _techniques().get(technique, technique)


def _techniques() -> Mapping[str, str]:
    return {
        Technique.OVERWRITE: _("overwrite with zeros"),
        Technique.ATA_SANITIZE_CRYPTO: _("new encryption key (ATA Sanitize Crypto Scramble)"),
        Technique.ATA_SANITIZE_BLOCK: _("erase of every block (ATA Sanitize Block Erase)"),
        Technique.ATA_SANITIZE_OVERWRITE: _("overwrite by the drive (ATA Sanitize Overwrite)"),
        Technique.ATA_ERASE_ENHANCED: _("erase by the drive (ATA Enhanced Security Erase)"),
        Technique.ATA_ERASE: _("erase by the drive (ATA Security Erase)"),
        Technique.NVME_SANITIZE_CRYPTO: _("new encryption key (NVMe Sanitize Crypto Erase)"),
        Technique.NVME_SANITIZE_BLOCK: _("erase of every block (NVMe Sanitize Block Erase)"),
        Technique.NVME_SANITIZE_OVERWRITE: _("overwrite by the drive (NVMe Sanitize Overwrite)"),
        Technique.NVME_FORMAT_CRYPTO: _("new encryption key (NVMe Format, Cryptographic Erase)"),
        Technique.NVME_FORMAT_USER: _("erase by the drive (NVMe Format, User Data Erase)"),
        Technique.EMMC_SANITIZE: _("erase by the card (eMMC Sanitize)"),
        Technique.SECURE_DISCARD: _("erase by the card (secure discard)"),
    }


def phase_name(phase: str) -> str:
    """Return the name of what a wipe is doing now."""
    names = {
        "marking": _("Planting markers"),
        "wiping": _("Wiping"),
        "reading": _("Reading back"),
    }
    return names.get(phase, phase)


def hidden_name(hidden: Hidden) -> str:
    """Return what is known of sectors that the drive keeps to itself (HPA, DCO)."""
    names = {
        Hidden.NONE: _("none"),
        Hidden.LIFTED: _("found, given back and wiped"),
        Hidden.REMAINING: _("some remain, not wiped"),
        Hidden.UNKNOWN: _("not known: the drive does not answer"),
        Hidden.NOT_APPLICABLE: _("not for this kind of disk"),
    }
    return names[hidden]


def readback_name(kind: ReadBack, coverage_permille: int) -> str:
    """Return how much was read again, with the share of the disk."""
    percent = f"{coverage_permille / 10:g}"
    if kind is ReadBack.FULL:
        return _("the whole disk ({percent} %)").format(percent=percent)
    return _("samples ({percent} percent of the disk)").format(percent=percent)


def time_left(seconds: int) -> str:
    """Return the time left as people say it, never more precise than it is known."""
    if seconds < 90:
        return _("less than two minutes left")
    minutes = -(-seconds // 60)
    if minutes < 90:
        return _("{n} min left").format(n=minutes)
    return _("{hours} h {minutes:02} left").format(hours=minutes // 60, minutes=minutes % 60)


def wipe_sentence(reason: Reason) -> str:
    """Return one sentence for a reason of a plan, an obstacle, a fall-back or a failure."""
    template = sentences().get(reason.code)
    if template is None:
        detail = ", ".join(f"{name} {value}" for name, value in reason.params.items())
        return f"{reason.code.replace('_', ' ').capitalize()}{f' ({detail})' if detail else ''}."
    return template.format_map(_Params(reason.params))


class _Params(dict[str, str]):
    """Parameters in words; one that is missing is a question mark, never a crash."""

    def __init__(self, params: Mapping[str, str]) -> None:
        super().__init__({name: _word(name, value) for name, value in params.items()})

    def __missing__(self, key: str) -> str:
        return "?"


_WORDS: Mapping[str, Callable[[str], str]] = {
    "asked": level_name,
    "technique": technique_name,
    "bytes": lambda value: disk_size(int(value)) if value.isdecimal() else value,
}


def _word(name: str, value: str) -> str:
    return _WORDS[name](value) if name in _WORDS else value


def sentences() -> dict[str, str]:
    """Return the sentence of every code, with places for its parameters."""
    return _why() | _limits() | _obstacles() | _given_up() | _problems() | _proof()


def _why() -> dict[str, str]:
    return {
        "rotating_overwritten": _(
            "A rotating disk keeps what is written where it is written: zeros everywhere, then "
            "everything is read again."
        ),
        "rotating_drive_erases": _("The drive can erase itself, hidden places too: {technique}."),
        "flash_drive_erases": _(
            "Flash memory keeps copies that no write reaches: the drive erases itself, by "
            "{technique}."
        ),
        "virtual_disk": _("This is a virtual disk or a disk file: it is overwritten with zeros."),
        "bridge_hides_commands": _(
            "Behind this USB adapter the drive cannot be asked to erase itself: it is overwritten. "
            "Connected directly, it may do better."
        ),
        "drive_offers_nothing": _(
            "The drive offers no erase of its own: it is overwritten with zeros."
        ),
    }


def _limits() -> dict[str, str]:
    return {
        "drive_frozen": _(
            "The firmware of this computer has frozen the drive's security commands; a short "
            "suspend often frees them."
        ),
        "level_out_of_reach": _(
            "The policy asks for « {asked} », and nothing here reaches it: this wipe will not be "
            "enough. The way out is to destroy the disk; it may still be wiped first."
        ),
        "may_fall_below": _(
            "If the drive refuses, the disk is overwritten: that is a Clear, below « {asked} »."
        ),
        "hidden_to_lift": _("The drive hides {bytes}: they are given back first, then wiped too."),
        "hidden_unknown": _(
            "The drive does not say whether it hides sectors: no certificate can be made. "
            "Connect it directly, or start the computer again from cold."
        ),
        "serial_missing": _("The disk gives no serial number: put a label of your own on it."),
        "serial_shared": _(
            "Another disk here has the same serial number ({serial}): check which one it is."
        ),
    }


def _obstacles() -> dict[str, str]:
    return {
        "live_medium": _("This computer is running from it."),
        "mounted": _("{path} is mounted on {mount}."),
        "swap": _("{path} is used as swap."),
        "built_on": _("{path} ({kind}) is built on it and active."),
        "held": _("Another program holds it: {why}."),
        "looped": _("It is attached to {path}."),
        "read_only": _("It is read-only."),
        "empty": _("It has a size of zero: an empty slot, or a drive that does not start."),
        "ata_locked": _(
            "It is locked by a password (ATA security). If a wipe of ours was cut: "
            "parclibre disk wipe TAG DISK --unlock"
        ),
    }


def _given_up() -> dict[str, str]:
    return {
        "command_refused": _("The drive refused the command ({tool}, status {status})."),
        "sanitize_frozen": _("The drive's sanitize commands are frozen until it is switched off."),
        "sanitize_failed": _("The drive says that its sanitize failed."),
        "erase_failed": _("The drive did not end its erase (status {status})."),
        "password_set": _("A password is set on the drive, and it is not ours."),
        "stalled": _("The drive made no progress for half an hour."),
        "no_answer": _("The drive did not answer {tool}."),
        "tool_missing": _("{tool} is not installed on this computer."),
    }


def _problems() -> dict[str, str]:
    return {
        "cancelled": _("A person stopped the wipe."),
        "disk_gone": _("The disk stopped answering, or was taken out."),
        "not_carried_out": _("It could not be carried out: {why}"),
        "input_output": _("The disk could not be read or written: {why}."),
        "program_failed": _("ParcLibre itself failed ({error}): report it, with the log."),
        "no_technique_worked": _("No way of wiping worked."),
        "no_marker_planted": _("Nothing can be written on the disk."),
        "writes_not_kept": _(
            "The disk takes writes and does not keep them: {n} markers were lost at once."
        ),
        "unwritable_sectors": _("{bytes} could not be written, from byte {first} on."),
        "flush_failed": _("The disk could not empty its write cache: {why}."),
    }


def _proof() -> dict[str, str]:
    return {
        "device_log_disagrees": _("The drive's own log or state says otherwise."),
        "device_log_missing": _("The drive's own log could not be read."),
        "hidden_sectors_remaining": _("Hidden sectors remain, and were not wiped."),
        "hidden_sectors_unknown": _("Whether the drive hides sectors is not known."),
        "not_read_back": _("The disk was not read again."),
        "marker_found": _("What was written before the wipe is still there."),
        "old_data_found": _("Data was found where nothing should be left."),
        "unreadable_sectors": _("Sectors cannot be read: what they hold is not known."),
        "not_enough_read_back": _("Less of the disk was read again than planned."),
    }
