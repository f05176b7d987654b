# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests USB sockets: a person moves a stick from one to the next, the kernel's files tell where.

A USB 3 socket is two ports of the kernel (one for each speed), tied by ``peer``. Firmware says
which ports have a socket (``connect_type``), and often counts some that are not wired: so a
person's word ends the test, not the count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from fleet.model.facts import Finding
from fleet.model.triage_weight import finding
from reconditioning.checks_base import (
    BROKEN,
    DONE,
    Bench,
    Outcome,
    Places,
    Running,
    absent,
    failed,
    passed,
    read,
    undecided,
)

LONGEST_S = 300
_POLL_S = 0.5
# A device plugged in a port of a root hub or of a hub inside the machine: 1-2, 3-1.4.
_DEVICE = re.compile(r"\d{1,3}-\d{1,3}(?:\.\d{1,3}){0,5}")


@dataclass(slots=True, kw_only=True)
class _Sockets:
    """What was seen so far, by socket name (the lower of its two ports).

    ``inside`` was in use from the start where the firmware does not tell sockets from the rest.
    """

    outside: frozenset[str]
    inside: frozenset[str]
    seen: set[str] = field(default_factory=set)

    @property
    def told(self) -> str:
        """Seen of all, as shown."""
        total = str(len(self.outside)) if self.outside else "?"
        return f"{len(self.seen)}/{total}"

    @property
    def complete(self) -> bool:
        """Whether each socket that the firmware tells was used."""
        return bool(self.outside) and self.outside <= self.seen


def check_usb(bench: Bench) -> Running:
    """Follow the stick until every socket was used, or the person says that it is done."""
    places, context = bench.context.places, bench.context
    if not places.entries("bus/usb/devices"):
        return absent(Finding(code="no_usb"))
    outside, used = outside_sockets(places), used_sockets(places)
    inside = frozenset() if outside else frozenset(used)
    sockets = _Sockets(outside=outside, inside=inside, seen=used - inside)
    started = context.monotonic()
    while not sockets.complete:
        spent = context.monotonic() - started
        yield bench.advanced("move_stick", None, sockets.told, asks=True)
        if answer := context.answered():
            return _said(bench, sockets, answer)
        if spent > LONGEST_S:
            return undecided(finding("usb_sockets", *sockets.told.split("/")))
        bench.wait(_POLL_S)
        sockets.seen |= used_sockets(places) - sockets.inside
    return _ended(bench, sockets)


def _said(bench: Bench, sockets: _Sockets, answer: str) -> Outcome:
    seen = finding("usb_sockets", *sockets.told.split("/"))
    if answer == BROKEN:
        return failed(Finding(code="usb_socket_dead"), seen)
    if answer != DONE or not sockets.seen:
        return undecided(Finding(code="left_out"), seen)
    return _ended(bench, sockets)


def _ended(bench: Bench, sockets: _Sockets) -> Outcome:
    bench.keep("sockets", f"used: {sorted(sockets.seen)}\ntold: {sorted(sockets.outside)}")
    return passed(finding("usb_sockets", *sockets.told.split("/")))


def outside_sockets(places: Places) -> frozenset[str]:
    """Return the sockets that the firmware says can be reached from outside."""
    ports = places.sys.glob("bus/usb/devices/*/*-port*")
    return frozenset(_socket(port) for port in ports if read(port / "connect_type") == "hotplug")


def used_sockets(places: Places) -> set[str]:
    """Return the outside sockets that have a device in them now; those of hubs outside count
    as the socket of the hub.
    """
    devices = [d for d in places.entries("bus/usb/devices") if _DEVICE.fullmatch(d.name)]
    outside = outside_sockets(places)
    ports = ((device, device / "port") for device in devices)
    found = {_socket(port) if port.exists() else device.name for device, port in ports}
    return {name for name in found if name in outside} if outside else found


def _socket(port: Path) -> str:
    """Return one name for the two ports of a socket."""
    real = port.resolve()
    peer = real / "peer"
    names = [real.name, *([peer.resolve().name] if peer.exists() else [])]
    return min(names)
