# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``lshw -json``: one machine, a list of them, or the nodes of one class."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import BatteryFacts, BoardFacts, CpuFacts, Finding, NicFacts, ReportFacts
from fleet.model.text import known, known_uuid, known_version
from fleet.readers.limits import count, items, load_json, mapping, text_of
from fleet.readers.lshw_disks import disks_of, is_unlisted_nvme
from fleet.readers.lshw_nodes import Node, walk
from fleet.readers.values import (
    chassis_name,
    hidden_storage_warning,
    hides_disks,
    is_usb_nic,
    is_virtual_nic,
    iso_date,
    real_mac,
)

FORMAT = "lshw_json"
MAX_MACHINES = 256

_CPU = re.compile(r"cpu(?::\d+)?")
_BANK = re.compile(r"bank(?::\d+)?")
_MEMORY = re.compile(r"memory(?::\d+)?")
_ROM_BANK = re.compile(r"\bFLASH\b|\bE?E?PROM\b|\bROM\b", re.IGNORECASE)


def looks_like_lshw(document: object) -> bool:
    """Tell whether parsed JSON is made of lshw nodes."""
    nodes = items(document)
    return bool(nodes) and all(
        isinstance(node.get("id"), str) and isinstance(node.get("class"), str) for node in nodes[:8]
    )


def read_lshw(text: str) -> tuple[ReportFacts, ...]:
    """Return the facts of each machine. Raises BadInput on other text."""
    return read_lshw_document(load_json(text))


def read_lshw_document(document: object) -> tuple[ReportFacts, ...]:
    """Return the facts of each machine of parsed lshw JSON. Raises BadInput on other JSON."""
    if not looks_like_lshw(document):
        raise BadInput(
            _("This is not the output of lshw."),
            hint=_("Run: sudo lshw -json > report.json"),
        )
    nodes = items(document)
    systems = [node for node in nodes if node.get("class") == "system"]
    if not systems:
        systems = [{"id": "", "class": "system", "children": list(nodes)}]
    return tuple(_facts(tuple(walk(system))) for system in systems[:MAX_MACHINES])


def _facts(nodes: Sequence[Node]) -> ReportFacts:
    system = nodes[0]
    settings = mapping(system.fields.get("configuration"))
    sku = known(text_of(settings, "sku"))
    memory_bytes, memory_slots = _memory(nodes)
    warnings = tuple(_hidden_storage(nodes))
    return ReportFacts(
        format=FORMAT,
        manufacturer=known(system.text("vendor")),
        model=_model(system.text("product"), text_of(settings, "sku")),
        version=known_version(system.text("version")),
        sku=sku,
        serial=known(system.text("serial")),
        uuid=known_uuid(text_of(settings, "uuid")),
        board=_board(nodes),
        chassis=chassis_name(text_of(settings, "chassis")),
        cpu=_cpu(nodes),
        memory_bytes=memory_bytes,
        memory_slots=memory_slots,
        disks=disks_of(nodes),
        lists_disks=True,
        hidden_storage=bool(warnings),
        batteries=tuple(_batteries(nodes)),
        nics=_nics(nodes),
        firmware_date=_firmware_date(nodes),
        warnings=warnings,
    )


def _model(product: str | None, sku: str | None) -> str | None:
    """Return the product without the SKU that lshw adds in parentheses."""
    if product and sku and product.rstrip().endswith(f"({sku})"):
        product = product.rstrip()[: -len(sku) - 2]
    return known(product)


def _board(nodes: Sequence[Node]) -> BoardFacts:
    core = next((node for node in nodes if node.id == "core"), None)
    if core is None:
        return BoardFacts()
    return BoardFacts(
        manufacturer=known(core.text("vendor")),
        model=known(core.text("product")),
        serial=known(core.text("serial")),
    )


def _firmware_date(nodes: Sequence[Node]) -> str | None:
    firmware = (node for node in nodes if node.id == "firmware" and node.kind == "memory")
    dates = (iso_date(node.text("date")) for node in firmware)
    return next((date for date in dates if date), None)


def _cpu(nodes: Sequence[Node]) -> CpuFacts:
    """Sum the sockets; nodes without a DMI handle are the kernel's view of the same ones."""
    cpus = [n for n in nodes if n.kind == "processor" and _CPU.fullmatch(n.id) and not _empty(n)]
    fitted = [n for n in cpus if (n.text("handle") or "").startswith("DMI:")] or cpus
    enabled = [n for n in fitted if n.fields.get("disabled") is not True] or fitted
    names = (known(node.text("product")) for node in enabled + cpus)
    return CpuFacts(
        model=next((name for name in names if name), None),
        cores=_total(enabled, "cores", "enabledcores"),
        threads=_total(enabled, "threads"),
    )


def _empty(node: Node) -> bool:
    return "[empty]" in (node.text("description") or "")


def _total(cpus: Sequence[Node], *names: str) -> int | None:
    counts = [_setting(cpu, *names) for cpu in cpus]
    told = [number for number in counts if number]
    return sum(told) if told and len(told) == len(counts) else None


def _setting(node: Node, *names: str) -> int | None:
    settings = mapping(node.fields.get("configuration"))
    return count(text_of(settings, *names), top=4096)


def _memory(nodes: Sequence[Node]) -> tuple[int | None, int | None]:
    """Return installed bytes and slots; without banks, what the system node says."""
    banks = [node for node in nodes if _is_system_bank(node)]
    installed = sum(count(bank.fields.get("size")) or 0 for bank in banks)
    if not installed:
        installed = max((_system_size(node) for node in nodes), default=0)
    return installed or None, len(banks) or None


def _is_system_bank(node: Node) -> bool:
    if node.kind != "memory" or not _BANK.fullmatch(node.id):
        return False
    parent = node.parent.text("description") if node.parent else None
    return not any(
        _ROM_BANK.search(text or "")
        for text in (node.text("description"), node.text("slot"), parent)
    )


def _system_size(node: Node) -> int:
    if node.kind != "memory" or not _MEMORY.fullmatch(node.id) or node.text("businfo"):
        return 0
    described = (node.text("description") or "").lower() in ("", "system memory", "memory")
    return (count(node.fields.get("size")) or 0) if described else 0


def _batteries(nodes: Sequence[Node]) -> Iterator[BatteryFacts]:
    """Yield batteries (SMBIOS type 22); lshw gives their design energy in mWh as capacity."""
    for node in nodes:
        energy = count(node.fields.get("capacity"), top=1_000_000)
        if node.kind == "power" and node.id.startswith("battery") and energy:
            yield BatteryFacts(
                model=known(node.text("product")),
                serial=known(node.text("serial")),
                design_mwh=energy,
            )


def _nics(nodes: Sequence[Node]) -> tuple[NicFacts, ...]:
    found: dict[str, NicFacts] = {}
    for node in nodes:
        if node.kind != "network" or (mac := real_mac(node.text("serial"))) is None:
            continue
        name = node.names[0] if node.names else None
        if is_virtual_nic(name):
            continue
        removable = node.on_usb or is_usb_nic(name, node.driver)
        found.setdefault(mac, NicFacts(mac=mac, name=known(name), removable=removable))
    return tuple(found.values())


def _hidden_storage(nodes: Sequence[Node]) -> Iterator[Finding]:
    for node in nodes:
        if node.kind in ("storage", "generic", "bus", "system") and hides_disks(
            node.text("description") if node.kind != "system" else None,
            node.text("product") if node.kind != "system" else None,
        ):
            yield hidden_storage_warning(node.text("product") or node.text("description"))
        elif is_unlisted_nvme(node, nodes):
            yield Finding(code="nvme_not_listed", value=known(node.text("product")) or "")
