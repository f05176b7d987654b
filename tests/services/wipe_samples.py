# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wipes as the bench gives them, and a town with the machine that they were done in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from fleet.model import kinds as k
from fleet.model.facts import DiskKind
from fleet.model.reasons import Reason
from fleet.model.wipe import (
    FailedWipe,
    Hidden,
    RawLog,
    ReadBack,
    ReadBackResult,
    Technique,
    VerifiedWipe,
    WipePlan,
    WipeRecord,
    WipeResult,
    WipeTarget,
    conclude,
)
from fleet.services.machines import add_disk, register
from fleet.services.town import Town, init_town

TAG = "VJ-0042"
BEGUN = datetime(2026, 11, 22, 14, 3, 7, tzinfo=UTC)
ENDED = datetime(2026, 11, 22, 15, 20, 41, tzinfo=UTC)
SIZE = 500_107_862_016


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A town in use, and the disk of its machine."""

    town: Town
    disk: str


def workshop(home: Path, *, name: str = "Camille Bêta", serial: str = "S3Z8NB0K") -> Workshop:
    """Open a town with one laptop and its SSD."""
    town = init_town(home, f"sqlite:///{home}/journal.db").acting_as(name)
    body = k.MachineRegistered(
        tag=TAG, kind="laptop", manufacturer="LENOVO", model="ThinkPad T460", serial="PC0A1B2C"
    )
    register(town, body)
    return Workshop(town=town, disk=with_disk(town, serial))


def with_disk(town: Town, serial: str) -> str:
    return add_disk(town, TAG, k.DiskRegistered(kind="ssd", model="MZ7LN500", serial=serial))


def raw_log(name: str = "hdparm --sanitize-status", text: str = "SD0 Sanitize Idle\n") -> RawLog:
    return RawLog(
        name=name,
        command=("hdparm", "--sanitize-status", "/dev/sda"),
        status=0,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def target(**changes: object) -> WipeTarget:
    sample = WipeTarget(
        path=Path("/dev/sda"),
        size_bytes=SIZE,
        sector_bytes=512,
        kind=DiskKind.SSD,
        instance="ata1.00",
        model="SAMSUNG MZ7LN500",
        serial="S3Z8NB0K",
        wwn="0x5002538d40a1b2c3",
        firmware="MVT04L6Q",
        transport="sata",
        hidden=Hidden.NONE,
        native_bytes=SIZE,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def read_back(**changes: object) -> ReadBackResult:
    sample = ReadBackResult(
        kind=ReadBack.SAMPLED,
        bytes_read=SIZE // 10,
        coverage_permille=105,
        markers_planted=12,
        markers_found=0,
        foreign_bytes=0,
        first_foreign_offset=None,
        unreadable_bytes=0,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def record(disk: str = "disk:1", wiped: WipeTarget | None = None, **changes: object) -> WipeRecord:
    plan = WipePlan(
        target=wiped or target(),
        disk=disk,
        machine_tag=TAG,
        techniques=(Technique.ATA_SANITIZE_CRYPTO, Technique.ATA_SANITIZE_BLOCK),
        asked_level="purge",
        readback=ReadBack.SAMPLED,
        sampled_permille=100,
        reasons=(),
    )
    sample = WipeRecord(
        plan=plan,
        technique=Technique.ATA_SANITIZE_BLOCK,
        tried=((Technique.ATA_SANITIZE_CRYPTO, Reason(code="refused", params={"status": "5"})),),
        tool="hdparm 9.65",
        passes=1,
        started_at=BEGUN,
        ended_at=ENDED,
        bytes_written=0,
        device_log=True,
        hidden=Hidden.NONE,
        readback=read_back(),
        logs=(raw_log(), raw_log("hdparm -I", "ATA device, with non-removable media\n")),
        problems=(),
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def verified(disk: str = "disk:1", wiped: WipeTarget | None = None) -> VerifiedWipe:
    return VerifiedWipe(record=record(disk, wiped))


def failed(disk: str = "disk:1") -> FailedWipe:
    result: WipeResult = conclude(record(disk, readback=read_back(markers_found=3)))
    assert isinstance(result, FailedWipe)
    return result
