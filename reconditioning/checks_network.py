# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests the wired network: a port, a link, an address given by the network."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from fleet.model.facts import Finding
from fleet.model.triage_weight import finding
from fleet.readers.limits import items, mapping
from reconditioning.checks_base import (
    BROKEN,
    Bench,
    CheckAdvanced,
    Outcome,
    Places,
    Running,
    absent,
    as_json,
    failed,
    passed,
    read,
    undecided,
)

CABLE_S = 60
ADDRESS_S = 30
_POLL_S = 1.0
_NO_CABLE = Finding(code="no_cable")


def check_network(bench: Bench) -> Running:
    """Test each on-board wired port with the cable that is plugged; ask for one when none is."""
    ports = wired_ports(bench.context.places)
    if not ports:
        return absent(Finding(code="no_wired_port"))
    for port in ports:
        bench.run(["ip", "link", "set", "dev", port.name, "up"])
    linked = yield from _await_link(bench, ports)
    if isinstance(linked, str):
        return failed(Finding(code=linked)) if linked == "no_link" else undecided(_NO_CABLE)
    speed = finding("link", linked.name, bench.read(linked / "speed") or "?")
    addressed = yield from _await_address(bench, linked)
    return _concluded(speed, addressed)


def _concluded(speed: Finding, addressed: bool) -> Outcome:
    """A link without an address may be the network's fault: the port itself works."""
    return passed(speed, Finding(code="address_given" if addressed else "no_address"))


def wired_ports(places: Places) -> tuple[Path, ...]:
    """Return the wired interfaces that are part of the machine, not those on USB."""
    return tuple(
        card
        for card in places.entries("class/net")
        if (card / "device").exists()
        and not is_wireless(card)
        and "/usb" not in str((card / "device").resolve())
        and read(card / "type") == "1"
    )


def is_wireless(card: Path) -> bool:
    """Tell whether an interface is a radio."""
    return (card / "wireless").exists() or (card / "phy80211").exists()


def _await_link(
    bench: Bench, ports: tuple[Path, ...]
) -> Generator[CheckAdvanced, None, Path | str]:
    """Return the first port with a cable, or why none: « broken » said by a person, or no cable."""
    context = bench.context
    started = context.monotonic()
    while (spent := context.monotonic() - started) < CABLE_S:
        for port in ports:
            if read(port / "carrier") == "1":
                return port
        yield bench.advanced("plug_cable", 100 * spent / CABLE_S, asks=True)
        if answer := context.answered():
            return "no_link" if answer == BROKEN else _NO_CABLE.code
        bench.wait(_POLL_S)
    return _NO_CABLE.code


def _await_address(bench: Bench, port: Path) -> Generator[CheckAdvanced, None, bool]:
    context = bench.context
    started = context.monotonic()
    while (spent := context.monotonic() - started) < ADDRESS_S:
        if _has_address(bench, port.name):
            return True
        yield bench.advanced("waiting_address", 100 * spent / ADDRESS_S, port.name)
        bench.wait(_POLL_S)
    return False


def _has_address(bench: Bench, name: str) -> bool:
    """Tell whether the port has an address of the network; the address itself is not kept."""
    done = bench.context.tools.run(["ip", "-json", "address", "show", "dev", name], timeout_s=10)
    bench.tool = "ip"
    given = [
        address
        for link in items(as_json(done.stdout))
        for address in items(mapping(link).get("addr_info"))
        if address.get("scope") == "global"
    ]
    return bool(given)
