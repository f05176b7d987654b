# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wipe, from the disk as found to its result: records only, and the rule that makes the result.

Categories (Clear, Purge) are those of NIST SP 800-88; techniques are those of IEEE 2883-2022, by
name. Conformity to either is not claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from fleet.model.facts import DiskKind
from fleet.model.policy import CLEAR, PURGE
from fleet.model.reasons import Reason


class Technique(StrEnum):
    """How a disk is asked to forget."""

    OVERWRITE = "overwrite"
    ATA_SANITIZE_CRYPTO = "ata_sanitize_crypto"
    ATA_SANITIZE_BLOCK = "ata_sanitize_block"
    ATA_SANITIZE_OVERWRITE = "ata_sanitize_overwrite"
    ATA_ERASE_ENHANCED = "ata_erase_enhanced"
    ATA_ERASE = "ata_erase"
    NVME_SANITIZE_CRYPTO = "nvme_sanitize_crypto"
    NVME_SANITIZE_BLOCK = "nvme_sanitize_block"
    NVME_SANITIZE_OVERWRITE = "nvme_sanitize_overwrite"
    NVME_FORMAT_CRYPTO = "nvme_format_crypto"
    NVME_FORMAT_USER = "nvme_format_user"
    EMMC_SANITIZE = "emmc_sanitize"
    SECURE_DISCARD = "secure_discard"


# What a technique reaches when the drive carries it out; everything else is Clear.
PURGING = frozenset(
    {
        Technique.ATA_SANITIZE_CRYPTO,
        Technique.ATA_SANITIZE_BLOCK,
        Technique.ATA_SANITIZE_OVERWRITE,
        Technique.ATA_ERASE_ENHANCED,
        Technique.NVME_SANITIZE_CRYPTO,
        Technique.NVME_SANITIZE_BLOCK,
        Technique.NVME_SANITIZE_OVERWRITE,
        Technique.NVME_FORMAT_CRYPTO,
        Technique.EMMC_SANITIZE,
    }
)


# These have no log nor state that could be read back: exit status and reading back decide alone.
WITHOUT_LOG = frozenset({Technique.OVERWRITE, Technique.EMMC_SANITIZE, Technique.SECURE_DISCARD})


def level_of(technique: Technique) -> str:
    """Return the category that a technique reaches: purge or clear."""
    return PURGE if technique in PURGING else CLEAR


class ReadBack(StrEnum):
    """How much of the disk is read again after the wipe."""

    FULL = "full"
    SAMPLED = "sampled"


class Hidden(StrEnum):
    """Sectors that a drive keeps to itself (HPA, DCO)."""

    NONE = "none"
    LIFTED = "lifted"
    REMAINING = "remaining"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeTarget:
    """A disk as found. ``instance`` changes when another disk takes its place.

    ``obstacles`` is why it is refused: live medium, mounted, held, read-only, locked. ``offers``
    are the techniques that the drive says it has. ``native_bytes`` is its real size when it hides
    some, None when it does not say.
    """

    path: Path
    size_bytes: int
    sector_bytes: int
    kind: DiskKind
    instance: str
    model: str | None = None
    serial: str | None = None
    wwn: str | None = None
    firmware: str | None = None
    transport: str | None = None
    offers: tuple[Technique, ...] = ()
    frozen: bool = False
    hidden: Hidden = Hidden.NOT_APPLICABLE
    native_bytes: int | None = None
    erase_minutes: int | None = None
    obstacles: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WipePlan:
    """What will be done to one disk; the only thing that carrying out takes.

    ``disk`` is the journal's id of the disk, ``machine_tag`` what the person types. ``techniques``
    are tried in order. ``reasons`` say why this one, in codes.
    """

    target: WipeTarget
    disk: str
    machine_tag: str
    techniques: tuple[Technique, ...]
    asked_level: str
    readback: ReadBack
    sampled_permille: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLog:
    """What a tool answered, word for word. ``digest`` is its SHA-256 (UTF-8)."""

    name: str
    command: tuple[str, ...]
    status: int
    text: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBackResult:
    """The independent reading after the wipe; sizes in bytes.

    ``markers_planted`` were written before the wipe at known places, and read there once to know
    that they were on the disk; ``markers_found`` of them are still there. ``foreign_bytes`` hold
    neither what the technique leaves nor zeros.
    """

    kind: ReadBack
    bytes_read: int
    coverage_permille: int
    markers_planted: int
    markers_found: int
    foreign_bytes: int
    first_foreign_offset: int | None
    unreadable_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeRecord:
    """Everything one wipe did, whatever its outcome. Times are aware, UTC.

    ``technique`` is the last one tried, ``tried`` those before it with why each was given up.
    ``device_log`` tells whether the drive's own log or state was read back and agreed (None: it
    has none). ``hidden`` is the state of hidden sectors at the end.
    """

    plan: WipePlan
    technique: Technique
    tried: tuple[tuple[Technique, Reason], ...]
    tool: str
    passes: int
    started_at: datetime
    ended_at: datetime
    bytes_written: int
    device_log: bool | None
    hidden: Hidden
    readback: ReadBackResult | None
    logs: tuple[RawLog, ...]
    problems: tuple[Reason, ...]

    @property
    def level(self) -> str:
        """The category reached if the wipe is verified."""
        return level_of(self.technique)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedWipe:
    """A wipe that proved itself; the only thing a certificate is made from.

    Raises ValueError when the record does not prove it, so that no other way leads here.
    """

    record: WipeRecord

    def __post_init__(self) -> None:
        if found := faults(self.record):
            raise ValueError(f"not a verified wipe: {', '.join(r.code for r in found)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedWipe:
    """A wipe that did not prove itself, and why; the disk goes to destruction or another try."""

    record: WipeRecord
    reasons: tuple[Reason, ...]


WipeResult = VerifiedWipe | FailedWipe


def conclude(record: WipeRecord) -> WipeResult:
    """Return what a record proves."""
    found = faults(record)
    return FailedWipe(record=record, reasons=found) if found else VerifiedWipe(record=record)


def faults(record: WipeRecord) -> tuple[Reason, ...]:
    """Return every reason why a record proves nothing; empty when it is a verified wipe."""
    return (*record.problems, *_device_faults(record), *_readback_faults(record))


def _device_faults(record: WipeRecord) -> tuple[Reason, ...]:
    codes = []
    if record.device_log is False:
        codes.append("device_log_disagrees")
    if record.device_log is None and record.technique not in WITHOUT_LOG:
        codes.append("device_log_missing")
    if record.hidden in (Hidden.REMAINING, Hidden.UNKNOWN):
        codes.append(f"hidden_sectors_{record.hidden}")
    return tuple(Reason(code=code) for code in codes)


def _readback_faults(record: WipeRecord) -> tuple[Reason, ...]:
    back = record.readback
    if back is None:
        return (Reason(code="not_read_back"),)
    codes = []
    if back.markers_planted == 0:
        codes.append("no_marker_planted")
    if back.markers_found:
        codes.append("marker_found")
    if back.foreign_bytes:
        codes.append("old_data_found")
    if back.unreadable_bytes:
        codes.append("unreadable_sectors")
    if back.coverage_permille < _coverage_asked(record.plan):
        codes.append("not_enough_read_back")
    return tuple(Reason(code=code) for code in codes)


def _coverage_asked(plan: WipePlan) -> int:
    return 1000 if plan.readback is ReadBack.FULL else plan.sampled_permille


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeStarted:
    """The first technique starts. ``path`` names the disk in all these events."""

    path: Path
    technique: Technique
    total_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeAdvanced:
    """``phase``: marking, wiping, reading. ``percent`` of the phase; bytes per second, seconds.

    ``left_s`` counts all phases that remain; None when unknown.
    """

    path: Path
    phase: str
    percent: float
    bytes_per_s: int | None = None
    left_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeFellBack:
    """A technique was given up for the next one."""

    path: Path
    given_up: Technique
    reason: Reason
    next_one: Technique | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeFinished:
    """The end, whatever it is."""

    path: Path
    result: WipeResult


WipeEvent = WipeStarted | WipeAdvanced | WipeFellBack | WipeFinished
