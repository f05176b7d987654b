# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads our collector's report: raw tool outputs, kept as evidence, with how each one ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.facts import Environment, Finding, NicFacts, ReportFacts
from fleet.model.text import clean
from fleet.readers.limits import Json, items, load_json, mapping, text_of
from fleet.readers.lsblk import read_lsblk_document
from fleet.readers.merge import merge
from fleet.readers.parts import part_of
from fleet.readers.values import hidden_storage_warning, is_virtual_nic, real_mac, utc_time

FORMAT = "parclibre-report"
VERSION = 1
MAX_TOOLS = 512

_ORDER = ("dmidecode", "lshw", "hwinfo", "lscpu", "lsblk", "lspci")
_PROBLEMS = ("missing", "failed", "denied", "timeout")


def looks_like_parclibre(document: object) -> bool:
    """Tell whether parsed JSON is a report of our collector."""
    return mapping(document).get("format") == FORMAT


def read_parclibre_report(text: str) -> tuple[ReportFacts, ...]:
    """Return the facts of the one machine described. Raises BadInput on other text."""
    return read_parclibre_document(load_json(text))


def read_parclibre_document(document: object) -> tuple[ReportFacts, ...]:
    """Return the facts of a parsed report. Raises BadInput on other JSON or a newer version."""
    report = mapping(document)
    if not looks_like_parclibre(report):
        raise BadInput(_("This is not a ParcLibre report."), hint=_("Run: parclibre collect"))
    if report.get("version") != VERSION:
        raise BadInput(
            _("This ParcLibre report was written by another version of the collector."),
            hint=_("Upgrade ParcLibre, or collect again with this version."),
        )
    tools = mapping(report.get("tools"))
    parts = tuple(_parts(tools))
    facts = merge(FORMAT, (*parts, _ended_badly(tools)))
    return (
        replace(
            facts,
            lists_disks=any(part.format in ("lsblk_json", "lshw_json") for part in parts),
            environment=_environment(report),
            collected_at=utc_time(text_of(report, "collected_at")),
            clock=_clock(report),
        ),
    )


def _parts(tools: Json) -> Iterator[ReportFacts]:
    """Yield the facts of each tool that ended well, most trusted first."""
    names = [name for name in _ORDER if name in tools]
    names += [name for name in list(tools)[:MAX_TOOLS] if name not in names]
    for name in names:
        run = mapping(tools[name])
        if run.get("status") == "ok" or _kept_output(name, run):
            if name == "sysfs_net":
                yield ReportFacts(format=name, nics=tuple(_nics(_decoded(run))))
            elif name == "sysfs_storage":
                yield from _storage(mapping(_decoded(run)))
            else:
                yield from part_of(name, run.get("output"))


def _kept_output(name: str, run: Json) -> bool:
    """Tell whether a tool that failed still told something: smartctl's status is a bit mask."""
    return name.startswith("smartctl") and run.get("status") == "failed" and bool(run.get("output"))


def _decoded(run: Json) -> object:
    output = run.get("output")
    if not isinstance(output, str):
        return output
    try:
        return load_json(output)
    except BadInput:
        return None


def _nics(rows: object) -> Iterator[NicFacts]:
    for row in items(rows)[:256]:
        name = clean(text_of(row, "name"), limit=64)
        if (mac := real_mac(text_of(row, "mac"))) and not is_virtual_nic(name):
            yield NicFacts(mac=mac, name=name, removable=row.get("removable") is not False)


def _storage(storage: Json) -> Iterator[ReportFacts]:
    """Yield the controllers that hide disks, and the disks that the kernel lists."""
    controllers = storage.get("raid_or_vmd")
    told = controllers if isinstance(controllers, list) else []
    warnings = tuple(
        hidden_storage_warning(text) for text in told[:16] if isinstance(text, str) and text.strip()
    )
    rows = [{**row, "type": "disk"} for row in items(storage.get("disks"))]
    disks = read_lsblk_document({"blockdevices": rows})[0].disks
    yield ReportFacts(format="sysfs_storage", disks=disks, warnings=warnings)


def _ended_badly(tools: Json) -> ReportFacts:
    """Return warnings for the tools that are missing, failed or were denied."""
    warnings = tuple(
        Finding(code=f"tool_{status}", value=clean(name, limit=64) or "")
        for name, run in list(tools.items())[:MAX_TOOLS]
        if (status := mapping(run).get("status")) in _PROBLEMS
    )
    return ReportFacts(format=FORMAT, warnings=warnings)


def _clock(report: Json) -> str:
    told = text_of(report, "clock")
    return told if told in ("ntp", "rtc", "by hand") else "unknown"


def _environment(report: Json) -> Environment:
    told = text_of(report, "environment")
    known_values = {environment.value: environment for environment in Environment}
    return known_values.get(told or "", Environment.UNKNOWN)
