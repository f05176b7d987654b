# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw tool outputs kept inside a larger report: each read by its own reader, or warned about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from fleet.errors import BadInput
from fleet.model.facts import Finding, ReportFacts
from fleet.model.text import clean
from fleet.readers.battery import read_uevent, read_upower
from fleet.readers.dmidecode import read_dmidecode
from fleet.readers.hwinfo import read_hwinfo
from fleet.readers.limits import load_json
from fleet.readers.lsblk import read_lsblk_document
from fleet.readers.lscpu import read_lscpu
from fleet.readers.lshw import read_lshw_document
from fleet.readers.smart_json import reports_of
from fleet.readers.smart_text import read_smart_text
from fleet.readers.values import hidden_storage_warning, hides_disks

MAX_DRIVES = 256

_LSPCI_STORAGE = re.compile(
    r"^\S+ (?:RAID bus controller|SATA controller|Mass storage controller|SCSI storage controller"
    r"|System peripheral|Serial Attached SCSI controller|IDE interface)[^:\n]{0,40}: [^\n]{1,200}",
    re.MULTILINE,
)


def part_of(tool: str, output: object) -> Iterator[ReportFacts]:
    """Yield the facts of one tool's output, text or decoded JSON.

    An output that its reader refuses yields a report with the warning ``unreadable_part``.
    """
    name = tool.split(":", 1)[0]
    reader = _READERS.get(name)
    if reader is None or output in (None, "", [], {}):
        return
    try:
        yield from reader(output)
    except BadInput:
        warning = Finding(code="unreadable_part", value=clean(tool, limit=64) or "")
        yield ReportFacts(format=name, warnings=(warning,))


def _text_reader(
    read: Callable[[str], tuple[ReportFacts, ...]],
) -> Callable[[object], tuple[ReportFacts, ...]]:
    def read_output(output: object) -> tuple[ReportFacts, ...]:
        return read(output if isinstance(output, str) else "")

    return read_output


def _json_reader(
    read: Callable[[object], tuple[ReportFacts, ...]],
) -> Callable[[object], tuple[ReportFacts, ...]]:
    def read_output(output: object) -> tuple[ReportFacts, ...]:
        return read(load_json(output) if isinstance(output, str) else output)

    return read_output


def _read_smart(output: object) -> tuple[ReportFacts, ...]:
    """Read one smartctl output or a list of them, JSON or text."""
    if isinstance(output, str):
        if not output.lstrip().startswith(("{", "[")):
            return read_smart_text(output)
        output = load_json(output)
    if isinstance(output, list) and any(isinstance(item, str) for item in output):
        texts = [item for item in output[:MAX_DRIVES] if isinstance(item, str) and item.strip()]
        return tuple(report for text in texts for report in _read_smart(text))
    return reports_of(output) if output else ()


def _read_lspci(output: object) -> tuple[ReportFacts, ...]:
    """Return only what lspci says of controllers that hide disks."""
    text = output if isinstance(output, str) else ""
    found = [match[0] for match in _LSPCI_STORAGE.finditer(text) if hides_disks(match[0])]
    warnings = tuple(hidden_storage_warning(line.split(": ", 1)[-1]) for line in found[:16])
    return (ReportFacts(format="lspci", hidden_storage=bool(warnings), warnings=warnings),)


_READERS: dict[str, Callable[[object], tuple[ReportFacts, ...]]] = {
    "dmidecode": _text_reader(read_dmidecode),
    "hwinfo": _text_reader(read_hwinfo),
    "lscpu": _text_reader(read_lscpu),
    "lshw": _json_reader(read_lshw_document),
    "lsblk": _json_reader(read_lsblk_document),
    "lspci": _read_lspci,
    "smart": _read_smart,
    "smartctl": _read_smart,
    "upower": _text_reader(read_upower),
    "sysfs_battery": _text_reader(read_uevent),
}
