# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watch one machine from power-on to power-off: what it says, its screen, its time limits."""

from __future__ import annotations

import base64
import binascii
import json
import lzma
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fleet.adapters.qemu import RunningGuest, is_blank
from fleet.errors import FleetError
from fleet.model.proof import CheckOutcome, CheckResult, Firmware, Times, Told
from fleet.output.proof_words import english_check, worded
from fleet.services.boot_test_events import (
    BootEvent,
    CheckFinished,
    ScreenKept,
    Stage,
    StageReached,
)

_POLL_S = 1.0
# The greeter draws itself for a while; then the screen stays.
_DRAWING_S = 6
_SCREEN_EVERY_S = 5
# What a translated processor was seen to do under a heavy load, and never a real one.
_CRASH = re.compile(
    r"Kernel panic|Oops:|BUG: unable to handle|double fault|general protection fault"
    r"|ALERT! .* does not exist"
)
_JOURNAL_TITLE = "=== journal ==="
_LIMIT_LINE = 4000
_STAGES = {"started": Stage.CHECKS, "login": Stage.LOGIN, "ended": Stage.CHECKED}


class CheckInReceiver(Protocol):
    """Where the machine's first check-in arrives."""

    port: int
    guest_port: int

    def files(self) -> Mapping[str, bytes]:
        """Return the files that lead a machine here."""

    def begin(self) -> None:
        """Forget what an earlier machine said."""

    def received(self) -> str:
        """Return what was received in a few words; empty as long as nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootLimits:
    """Seconds until a machine that says nothing is given up."""

    start: int = 1500
    whole: int = 5400
    screen: int = 120
    power_off: int = 300


class GuestStopped(FleetError):
    """A machine did not go to the end; ``crashed`` when the simulation may be the cause."""

    def __init__(self, code: str, *, crashed: bool = False, **values: object) -> None:
        self.told = Told(code=code, values={name: str(one) for name, one in values.items()})
        super().__init__(worded([self.told]))
        self.crashed = crashed


@dataclass(slots=True, kw_only=True)
class Watch:
    """One machine under test, and what it has shown so far."""

    firmware: Firmware
    guest: RunningGuest
    screen: Path
    limits: BootLimits
    receiver: CheckInReceiver | None = None
    seconds: dict[Stage, int] = field(default_factory=dict)
    checks: list[CheckOutcome] = field(default_factory=list)
    serial_tail: str = ""
    check_in: str = ""
    journal: bytes = b""
    photographed: bool = False
    next_photo: int = 0

    def follow(self) -> Iterator[BootEvent]:
        """Yield what happens until the machine is off. Raises GuestStopped."""
        yield self._reach(Stage.POWER_ON)
        while not self._done():
            alive = self.guest.watch(_POLL_S)
            self._listen_to_serial()
            yield from self._listen_to_checks()
            yield from self._look_for_check_in()
            yield from self._look_at_screen()
            self._require(alive)
        yield from self._switch_off()

    @property
    def times(self) -> Times:
        """The stages reached, as the proof keeps them."""
        return Times(
            login=self.seconds.get(Stage.LOGIN),
            checks=self.seconds.get(Stage.CHECKED),
            check_in=self.seconds.get(Stage.CHECK_IN),
            powered_off=self.seconds.get(Stage.POWERED_OFF),
        )

    def place(self) -> Told:
        """Return how far the machine went."""
        last = list(self.seconds)[-1] if self.seconds else Stage.POWER_ON
        check = self.checks[-1].id if self.checks else "-"
        values = {"stage": last.value, "check": check, "words": self.serial_tail or "-"}
        return Told(code="place", values=values)

    def words(self) -> bytes:
        """Return everything the machine said: its serial console, then its journal."""
        console = self.guest.folder.serial.read_bytes()
        return b"%b\n%b\n%b" % (console, _JOURNAL_TITLE.encode(), self.journal)

    def _done(self) -> bool:
        if Stage.CHECKED not in self.seconds:
            return False
        return self.photographed or self.guest.seconds > (
            self.seconds[Stage.CHECKED] + self.limits.screen
        )

    def _reach(self, stage: Stage) -> StageReached:
        self.seconds[stage] = self.guest.seconds
        return StageReached(firmware=self.firmware, stage=stage, seconds=self.guest.seconds)

    def _listen_to_serial(self) -> None:
        for line in self.guest.new_lines(self.guest.folder.serial):
            if text := _plain(line):
                self.serial_tail = text
            if _CRASH.search(line):
                raise GuestStopped("crashed", crashed=True, words=_plain(line))

    def _listen_to_checks(self) -> Iterator[BootEvent]:
        for line in self.guest.new_lines(self.guest.folder.proof):
            message = _message(line)
            kind = str(message.get("event", ""))
            if kind in _STAGES:
                yield self._reach(_STAGES[kind])
            elif kind == "check":
                self.checks.append(_outcome(message))
                yield CheckFinished(firmware=self.firmware, outcome=self.checks[-1])
            elif kind == "journal":
                self.journal = _unpacked(str(message.get("xz", "")))

    def _look_for_check_in(self) -> Iterator[BootEvent]:
        if self.receiver is not None and not self.check_in:
            self.check_in = self.receiver.received()
            if self.check_in:
                yield self._reach(Stage.CHECK_IN)

    def _look_at_screen(self) -> Iterator[BootEvent]:
        """Photograph the screen once the login screen is there, until something is on it."""
        login = self.seconds.get(Stage.LOGIN)
        due = login is not None and self.guest.seconds >= max(login + _DRAWING_S, self.next_photo)
        if self.photographed or not due or not self.guest.running:
            return
        self.guest.screenshot(self.screen)
        self.next_photo = self.guest.seconds + _SCREEN_EVERY_S
        self.photographed = not is_blank(self.screen)
        if self.photographed:
            yield ScreenKept(firmware=self.firmware, path=self.screen)

    def _require(self, alive: bool) -> None:
        if not alive:
            raise GuestStopped("stopped", crashed=True)
        if Stage.CHECKS not in self.seconds and self.guest.seconds > self.limits.start:
            raise GuestStopped("not_started", seconds=self.limits.start)
        if self.guest.seconds > self.limits.whole:
            raise GuestStopped("not_ended", seconds=self.limits.whole)

    def _switch_off(self) -> Iterator[BootEvent]:
        if not self.photographed:
            raise GuestStopped("empty_screen")
        if not self.guest.power_off(self.limits.power_off):
            raise GuestStopped("still_on")
        yield self._reach(Stage.POWERED_OFF)


def _outcome(message: dict[str, Any]) -> CheckOutcome:
    name = str(message.get("id", ""))
    try:
        result = CheckResult(message.get("result", ""))
    except ValueError:
        result = CheckResult.FAIL
    return CheckOutcome(
        id=name,
        proves=english_check(name),
        result=result,
        evidence=str(message.get("evidence", ""))[:_LIMIT_LINE],
        seconds=int(message.get("seconds", 0)),
    )


def _message(line: str) -> dict[str, Any]:
    """Return a line of the checks' port; a broken one says nothing."""
    try:
        message = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return message if isinstance(message, dict) else {}


def _unpacked(text: str) -> bytes:
    try:
        return lzma.decompress(base64.b64decode(text))
    except (binascii.Error, lzma.LZMAError):
        return b""


def _plain(line: str) -> str:
    """Return a console line without colours nor cursor moves."""
    return re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b.|[\x00-\x1f]", "", line).strip()[:200]
