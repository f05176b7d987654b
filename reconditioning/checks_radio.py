# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests Wi-Fi and Bluetooth. Names and addresses of other people's networks are never kept."""

from __future__ import annotations

from contextlib import suppress

from fleet.model.facts import Finding
from fleet.model.triage_weight import finding
from fleet.readers.bench_tools import bluetooth_controllers, networks_heard, without_names
from reconditioning.checks_base import Bench, Running, absent, failed, passed, read, undecided
from reconditioning.checks_network import is_wireless

_SCANS = 3
_SCAN_S = 30
_AGAIN_S = 3


def check_wifi(bench: Bench) -> Running:
    """Listen for networks; hearing one proves radio and antenna, hearing none proves nothing."""
    cards = [card for card in bench.context.places.entries("class/net") if is_wireless(card)]
    if not cards:
        return absent(Finding(code="no_wifi"))
    name = cards[0].name
    if _blocked(bench, "wlan"):
        return failed(Finding(code="radio_switched_off"))
    bench.run(["ip", "link", "set", "dev", name, "up"])
    status = 0
    for number in range(_SCANS):
        yield bench.advanced("listening_wifi", 100 * number / _SCANS)
        scan = ["iw", "dev", name, "scan"]
        done = bench.run(scan, timeout_s=_SCAN_S, keep=without_names)
        if heard := networks_heard(done.stdout):
            return passed(finding("networks_heard", heard))
        status = done.status
        bench.wait(_AGAIN_S)
    if status:
        return failed(finding("wifi_scan_failed", status))
    return undecided(Finding(code="no_network_heard"))


def check_bluetooth(bench: Bench) -> Running:
    """Ask the controller who it is."""
    if not bench.context.places.entries("class/bluetooth"):
        return absent(Finding(code="no_bluetooth"))
    if _blocked(bench, "bluetooth"):
        return failed(Finding(code="radio_switched_off"))
    yield bench.advanced("asking_bluetooth", 50)
    done = bench.run(["btmgmt", "--timeout", "10", "info"], timeout_s=20)
    if bluetooth_controllers(done.stdout):
        return passed()
    return failed(Finding(code="bluetooth_silent"))


def _blocked(bench: Bench, kind: str) -> bool:
    """Switch a radio on; tell whether a switch on the machine keeps it off (rfkill)."""
    radios = [r for r in bench.context.places.entries("class/rfkill") if read(r / "type") == kind]
    for radio in radios:
        if read(radio / "soft") == "1":
            with suppress(OSError):
                (radio / "soft").write_text("0")
    return bool(radios) and all(read(radio / "hard") == "1" for radio in radios)
