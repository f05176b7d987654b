# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written of a wipe: a certificate of a verified one, or the report of a failed one.

Fields: those that nwipe 0.42 prints and that the sample of NIST SP 800-88 r1, Appendix G, asks
for. A certificate comes from ``certify`` alone, which takes a ``VerifiedWipe`` and nothing else;
one that does not prove itself cannot be built nor read. Persons are ids: no name is ever here.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from fleet.model.reasons import Reason
from fleet.model.text import clean
from fleet.model.wipe import (
    FailedWipe,
    RawLog,
    ReadBack,
    ReadBackResult,
    Technique,
    VerifiedWipe,
    WipeRecord,
    WipeTarget,
    level_of,
)

CERTIFICATE_FORMAT = "parclibre-certificate/1"
FAILURE_FORMAT = "parclibre-wipe-failure/1"
_LONGEST = 120
_TOKEN_BYTES = 5

# How models of each maker begin, as their drives say it; not every maker can be told.
_MAKERS = (
    ("crucial", "Crucial"), ("ct", "Crucial"), ("dell", "Dell"), ("fujitsu", "Fujitsu"),
    ("hgst", "HGST"), ("hitachi", "Hitachi"), ("hts", "HGST"), ("intel", "Intel"),
    ("kingston", "Kingston"), ("kioxia", "Kioxia"), ("lite-on", "Lite-On"), ("liteon", "Lite-On"),
    ("maxtor", "Maxtor"), ("micron", "Micron"), ("mtfd", "Micron"), ("mz", "Samsung"),
    ("samsung", "Samsung"), ("sandisk", "SanDisk"), ("seagate", "Seagate"), ("skhynix", "SK hynix"),
    ("sk hynix", "SK hynix"), ("ssdsc", "Intel"), ("st", "Seagate"), ("toshiba", "Toshiba"),
    ("transcend", "Transcend"), ("wdc", "Western Digital"), ("wd", "Western Digital"),
)  # fmt: skip


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a signed paper: every field is written, unknown ones are refused."""


class MachineIdentity(_Part, frozen=True):
    """The machine that the disk sat in. ``id`` is the journal's; empty for a loose disk."""

    tag: str
    id: str
    owner: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None


class Medium(_Part, frozen=True):
    """The disk. Sizes in bytes: as it shows itself, and with what it hides (None: not told)."""

    id: str
    kind: str
    maker: str | None
    model: str | None
    serial: str | None
    wwn: str | None
    firmware: str | None
    transport: str | None
    size_bytes: int
    real_bytes: int | None


class Cause(_Part, frozen=True):
    """A coded reason."""

    code: str
    params: dict[str, str]


class Attempt(_Part, frozen=True):
    """A technique that was given up, and why."""

    technique: str
    cause: Cause


class Sanitization(_Part, frozen=True):
    """What was done. ``asked`` is the category of the policy, ``category`` the one reached."""

    asked: str
    category: str
    technique: str
    tried: tuple[Attempt, ...]
    tool: str
    passes: int
    bytes_written: int
    device_log: bool | None
    hidden: str


class Verification(_Part, frozen=True):
    """The independent reading; see ``fleet.model.wipe.ReadBackResult``."""

    method: str
    bytes_read: int
    coverage_permille: int
    markers_planted: int
    markers_found: int
    foreign_bytes: int
    unreadable_bytes: int


class Times(_Part, frozen=True):
    """When (ISO, UTC) and how long. ``clock`` is where the time came from.

    When the machine's clock was doubted, ``machine_said`` and ``person_said`` hold both times.
    """

    started_at: str
    ended_at: str
    duration_s: int
    bytes_per_s: int | None
    clock: str
    machine_said: str | None = None
    person_said: str | None = None


class LogReference(_Part, frozen=True):
    """A tool's own words, kept apart. ``digest`` is their SHA-256."""

    name: str
    command: tuple[str, ...]
    status: int
    digest: str


class WipePaper(_Part, frozen=True):
    """What a certificate and a failure report have in common. ``key`` is the signer's."""

    format: str
    number: str
    issued_at: str
    key: str
    replica: str
    issuer: str
    machine: MachineIdentity
    medium: Medium
    wipe: Sanitization
    times: Times
    person: str
    destination: str
    policy: str
    logs: tuple[LogReference, ...]


class WipeCertificate(WipePaper, frozen=True):
    """The proof of one verified wipe. Raises ValueError when its fields prove nothing."""

    verification: Verification
    errors: tuple[Cause, ...] = ()

    def __post_init__(self) -> None:
        if self.format != CERTIFICATE_FORMAT or not _proves(self):
            raise ValueError("not the certificate of a verified wipe")


class FailureReport(WipePaper, frozen=True):
    """A wipe that proved nothing, and why: the disk goes to destruction or to another try."""

    verification: Verification | None
    errors: tuple[Cause, ...]

    def __post_init__(self) -> None:
        if self.format != FAILURE_FORMAT or not self.errors:
            raise ValueError("not the report of a failed wipe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the disk does not tell: who, where, under which rules, by which clock.

    ``operator`` is an id. ``doubt`` holds what a doubted clock said and what the person said.
    """

    number: str
    issued_at: datetime
    key: str
    replica: str
    machine: MachineIdentity
    operator: str
    policy: str
    clock: str
    issuer: str = ""
    destination: str = ""
    doubt: tuple[str, str] | None = None


def new_number(at: datetime, token: bytes, *, failure: bool = False) -> str:
    """Return a number that nobody else gives: the day, and five random bytes.

    Certificates begin with CE, reports of failures with ECHEC.
    """
    if len(token) != _TOKEN_BYTES:
        raise ValueError(f"a number takes {_TOKEN_BYTES} random bytes")
    letters = base64.b32encode(token).decode("ascii")
    return f"{'ECHEC' if failure else 'CE'}-{at.astimezone(UTC):%Y%m%d}-{letters}"


def certify(result: VerifiedWipe, around: Circumstances) -> WipeCertificate:
    """Return the certificate of a verified wipe. Raises TypeError for anything else."""
    if not isinstance(result, VerifiedWipe):
        raise TypeError("only a verified wipe is certified")
    read_back = result.record.readback
    assert read_back is not None  # noqa: S101  (a VerifiedWipe has been read back)
    return WipeCertificate(
        **_common(CERTIFICATE_FORMAT, result.record, around),
        verification=_verification(read_back),
    )


def report_failure(result: FailedWipe, around: Circumstances) -> FailureReport:
    """Return the report of a failed wipe. Raises TypeError for anything else."""
    if not isinstance(result, FailedWipe):
        raise TypeError("only a failed wipe is reported as one")
    read_back = result.record.readback
    return FailureReport(
        **_common(FAILURE_FORMAT, result.record, around),
        verification=_verification(read_back) if read_back else None,
        errors=tuple(_cause(reason) for reason in result.reasons),
    )


def maker_of(model: str | None) -> str | None:
    """Return a disk's maker from its model, None when the model does not tell."""
    folded = (model or "").casefold()
    for start, maker in _MAKERS:
        rest = folded.removeprefix(start)
        # « ST500LM021 » and « CT240BX500 » go on with digits, names with anything.
        if rest != folded and (len(start) > 3 or rest[:1].isdigit() or rest[:1] in (" ", "7")):
            return maker
    return None


def instant(at: datetime) -> str:
    """Return an aware time as papers write it: UTC, seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- inside -------------------------------------------------------------------------------------


def _proves(paper: WipeCertificate) -> bool:
    read, wipe = paper.verification, paper.wipe
    full = read.method != ReadBack.FULL or read.coverage_permille >= 1000
    clean_read = not (read.markers_found or read.foreign_bytes or read.unreadable_bytes)
    known = wipe.technique in set(Technique) and level_of(Technique(wipe.technique))
    return (
        full
        and clean_read
        and read.markers_planted > 0
        and read.coverage_permille > 0
        and wipe.category == known
        and not paper.errors
    )


def _common(format_: str, record: WipeRecord, around: Circumstances) -> dict[str, Any]:
    return {
        "format": format_,
        "number": around.number,
        "issued_at": instant(around.issued_at),
        "key": around.key,
        "replica": around.replica,
        "issuer": _text(around.issuer) or "",
        "machine": around.machine,
        "medium": _medium(record.plan.target, record.plan.disk),
        "wipe": _sanitization(record),
        "times": _times(record, around),
        "person": around.operator,
        "destination": _text(around.destination) or "",
        "policy": _text(around.policy) or "",
        "logs": tuple(_reference(log) for log in record.logs),
    }


def _medium(target: WipeTarget, disk: str) -> Medium:
    return Medium(
        id=disk,
        kind=target.kind.value,
        maker=maker_of(target.model),
        model=_text(target.model),
        serial=_text(target.serial),
        wwn=_text(target.wwn),
        firmware=_text(target.firmware),
        transport=_text(target.transport),
        size_bytes=target.size_bytes,
        real_bytes=target.native_bytes,
    )


def _sanitization(record: WipeRecord) -> Sanitization:
    return Sanitization(
        asked=record.plan.asked_level,
        category=record.level,
        technique=record.technique.value,
        tried=tuple(Attempt(technique=t.value, cause=_cause(why)) for t, why in record.tried),
        tool=_text(record.tool) or "",
        passes=record.passes,
        bytes_written=record.bytes_written,
        device_log=record.device_log,
        hidden=record.hidden.value,
    )


def _verification(back: ReadBackResult) -> Verification:
    return Verification(
        method=back.kind.value,
        bytes_read=back.bytes_read,
        coverage_permille=back.coverage_permille,
        markers_planted=back.markers_planted,
        markers_found=back.markers_found,
        foreign_bytes=back.foreign_bytes,
        unreadable_bytes=back.unreadable_bytes,
    )


def _times(record: WipeRecord, around: Circumstances) -> Times:
    seconds = max(0, round((record.ended_at - record.started_at).total_seconds()))
    moved = record.bytes_written + (record.readback.bytes_read if record.readback else 0)
    machine_said, person_said = around.doubt or (None, None)
    return Times(
        started_at=instant(record.started_at),
        ended_at=instant(record.ended_at),
        duration_s=seconds,
        bytes_per_s=moved // seconds if seconds else None,
        clock=around.clock,
        machine_said=machine_said,
        person_said=person_said,
    )


def _reference(log: RawLog) -> LogReference:
    return LogReference(
        name=_text(log.name) or "",
        command=tuple(_text(word) or "" for word in log.command),
        status=log.status,
        digest=log.digest,
    )


def _cause(reason: Reason) -> Cause:
    params = {name: _text(value) or "" for name, value in reason.params.items()}
    return Cause(code=reason.code, params=params)


def _text(value: str | None) -> str | None:
    return clean(value, limit=_LONGEST)
