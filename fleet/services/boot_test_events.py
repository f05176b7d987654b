# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens during a boot test, as events; who runs it decides what to do with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from fleet.adapters.qemu_command import Acceleration
from fleet.model.proof import CheckOutcome, Firmware, Proof, Retry


class Stage(StrEnum):
    """How far a machine went."""

    POWER_ON = "power_on"
    CHECKS = "checks"
    LOGIN = "login"
    CHECKED = "checked"
    CHECK_IN = "check_in"
    POWERED_OFF = "powered_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class BootTestStarted:
    """The way machines will be simulated is known."""

    image: Path
    firmwares: tuple[Firmware, ...]
    acceleration: Acceleration


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskStep:
    """The installer works on the test's disk; these are its own words."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReached:
    """A machine went one step further; ``seconds`` counts from power-on."""

    firmware: Firmware
    stage: Stage
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFinished:
    """A check was answered."""

    firmware: Firmware
    outcome: CheckOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenKept:
    """The screen was photographed."""

    firmware: Firmware
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRetried:
    """A start was given up and is made again; the proof says so too."""

    firmware: Firmware
    retry: Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareTested:
    """The test under one firmware is over and its signed proof is written."""

    proof: Proof
    path: Path


BootEvent: TypeAlias = (
    BootTestStarted
    | DiskStep
    | StageReached
    | CheckFinished
    | ScreenKept
    | GuestRetried
    | FirmwareTested
)
