# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``dmidecode`` text, of any version since 1.x, whole, partial or quiet (``-q``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import BatteryFacts, BoardFacts, Finding, ReportFacts
from fleet.model.text import clean, known, known_uuid, known_version
from fleet.readers.dmi_hardware import memory_of, processors_of
from fleet.readers.limits import lines
from fleet.readers.values import chassis_name, iso_date

FORMAT = "dmidecode"
MAX_FIELDS = 50_000
MAX_STRUCTURES = 5_000

_HANDLE = re.compile(r"\s*Handle (0x[0-9A-Fa-f]{1,8})(?:,?\s+DMI type (\d{1,3}))?")
_TYPE = re.compile(r"\s*DMI type (\d{1,3})\b")
_FIELD = re.compile(r"(\s*)([A-Z][\w ()/+.-]{0,60}?)\s{0,8}:(?:\s+(.*))?$")
_EMPTY_OUTPUT = re.compile(
    r"# dmidecode|SMBIOS [\d.]+ present|No SMBIOS nor DMI entry point|/dev/mem: |"
    r"smbios_entry_point: Permission denied|DMI [\d.]+ present"
)
_IBM_WRAPPING = re.compile(r"-\[(.*)\]-")
_TITLE = re.compile(r"[A-Z0-9][^:a-z]{0,40}[a-z][^:]{0,80}$")
_TITLES = {
    "BIOS Information": 0, "System Information": 1, "Base Board Information": 2,
    "Chassis Information": 3, "Processor Information": 4, "Memory Module Information": 6,
    "Physical Memory Array": 16, "Memory Device": 17, "Portable Battery": 22,
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Structure:
    """One SMBIOS structure: its type, its handle and its first-level fields."""

    kind: int
    handle: str = ""
    indent: int | None = None
    fields: dict[str, str] = field(default_factory=dict)

    def get(self, *names: str) -> str | None:
        """Return the first of these fields that is present, as printed."""
        return next((self.fields[name] for name in names if name in self.fields), None)

    def known(self, *names: str) -> str | None:
        """Return the first of these fields that holds more than vendor junk."""
        values = (known(_unwrap(self.fields.get(name))) for name in names)
        return next((value for value in values if value), None)


def looks_like_dmidecode(text: str) -> bool:
    """Tell whether a text is dmidecode's output, even an empty or refused one."""
    head = text[:65536]
    if re.search(
        r"^[ \t]*Handle 0x[0-9A-Fa-f]{1,8}(?:,[ \t]+|\r?\n[ \t]*)DMI type \d", head, re.MULTILINE
    ):
        return True
    if _EMPTY_OUTPUT.search(head[:2000]):
        return True
    return bool(
        re.search(r"^(?:System|BIOS|Base Board|Chassis) Information[ \t]*\r?\n[ \t]+\w", head, re.M)
    )


def read_dmidecode(text: str) -> tuple[ReportFacts, ...]:
    """Return the facts of the one machine described. Raises BadInput on other text."""
    if not looks_like_dmidecode(text):
        raise BadInput(
            _("This is not the output of dmidecode."),
            hint=_("Run: sudo dmidecode > report.txt"),
        )
    structures = tuple(parse_structures(text))
    if not any(structure.fields for structure in structures):
        return (ReportFacts(format=FORMAT, warnings=(_why_empty(text),)),)
    return (_facts(structures),)


def parse_structures(text: str) -> Iterator[Structure]:
    """Yield the SMBIOS structures of a dump, in order."""
    current: Structure | None = None
    budget = MAX_FIELDS
    structures = 0
    for line in lines(text):
        started = _start(line, current)
        if started is not None:
            if current is not None:
                yield current
            current = started
            structures += 1
            if structures > MAX_STRUCTURES:
                return
        elif current is not None and budget > 0:
            budget -= _add_line(current, line)
    if current is not None:
        yield current


def _start(line: str, current: Structure | None) -> Structure | None:
    """Return the structure that a line opens: by its handle or, where that is missing, its title.

    Quiet dumps have no handles; dumps made anonymous (linuxhw) have lost some.
    """
    if match := _HANDLE.match(line):
        kind = int(match[2]) if match[2] else -1
        return Structure(kind=kind, handle=match[1].lower())
    handles_missing = current is None or not current.handle or bool(current.indent)
    if handles_missing and _TITLE.match(line):
        return Structure(kind=_TITLES.get(line.strip(), -1))
    return None


def _add_line(structure: Structure, line: str) -> bool:
    """Store a first-level field; nested lists (flags, features) are skipped."""
    if structure.kind < 0 and (match := _TYPE.match(line)):
        structure.kind = int(match[1])
        return False
    match = _FIELD.match(line)
    if match is None:
        return False
    indent = len(match[1])
    if structure.indent is None:
        structure.indent = indent
    if indent > structure.indent or match[2] in structure.fields:
        return False
    structure.fields[match[2]] = (match[3] or "")[:512]
    return True


def _unwrap(value: str | None) -> str | None:
    """Remove IBM's wrapping: ``-[84803AX]-`` is the model 84803AX."""
    match = _IBM_WRAPPING.fullmatch(value.strip()) if value else None
    return match[1] if match else value


def _why_empty(text: str) -> Finding:
    refused = "permission denied" in text[:65536].lower()
    return Finding(code="permission_denied" if refused else "no_smbios", value=FORMAT)


def _first(structures: Sequence[Structure], kind: int, *names: str) -> Structure:
    """Return the first structure of a type that says one of these fields, else the first."""
    candidates = [structure for structure in structures if structure.kind == kind]
    told = (s for s in candidates if any(s.known(name) for name in names))
    return next(told, next(iter(candidates), Structure(kind=kind)))


def _facts(structures: Sequence[Structure]) -> ReportFacts:
    system = _first(structures, 1, "Manufacturer", "Product Name", "Vendor", "Product", "UUID")
    chassis = _first(structures, 3, "Type", "Chassis Type", "Serial Number")
    firmware = _first(structures, 0, "Release Date", "Release")
    memory_bytes, memory_slots = memory_of(structures)
    return ReportFacts(
        format=FORMAT,
        manufacturer=system.known("Manufacturer", "Vendor"),
        model=system.known("Product Name", "Product"),
        version=known_version(system.get("Version")),
        sku=system.known("SKU Number"),
        serial=system.known("Serial Number"),
        uuid=known_uuid(system.get("UUID")),
        board=_board(structures),
        chassis=chassis_name(chassis.get("Type", "Chassis Type")),
        chassis_serial=chassis.known("Serial Number"),
        asset_tag=chassis.known("Asset Tag"),
        cpu=processors_of(structures),
        memory_bytes=memory_bytes,
        memory_slots=memory_slots,
        batteries=tuple(_batteries(structures)),
        firmware_date=iso_date(firmware.get("Release Date", "Release")),
    )


def _board(structures: Sequence[Structure]) -> BoardFacts:
    boards = [s for s in structures if s.kind == 2 and s.fields]
    main = [s for s in boards if (s.get("Type") or "Motherboard") in ("Motherboard", "Unknown")]
    board = next(iter(main or boards), Structure(kind=2))
    return BoardFacts(
        manufacturer=board.known("Manufacturer", "Vendor"),
        model=board.known("Product Name", "Product"),
        serial=board.known("Serial Number"),
    )


def _batteries(structures: Sequence[Structure]) -> Iterator[BatteryFacts]:
    """Yield batteries whose design energy the firmware tells (SMBIOS type 22)."""
    for structure in structures:
        energy = re.match(r"(\d{1,7}) mWh", structure.get("Design Capacity") or "")
        if structure.kind == 22 and energy and int(energy[1]):
            yield BatteryFacts(
                model=known(clean(structure.get("Name"))),
                serial=structure.known("Serial Number", "SBDS Serial Number"),
                design_mwh=int(energy[1]),
            )
