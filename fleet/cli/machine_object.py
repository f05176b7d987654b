# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One machine as the JSON document ``parclibre/machine``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fleet.cli.objects import reason_object
from fleet.i18n import _
from fleet.model.events import Event, decode_body
from fleet.model.reasons import Refused, Verdict
from fleet.model.views import DiskView, MachineView
from fleet.output.jsonout import Shape
from fleet.output.words import Names
from fleet.services.machines import MachinePage

_DESCRIPTION = (
    "id", "tag", "other_tags", "kind", "owner", "provenance", "origin", "manufacturer", "model",
    "serial", "accounting_number", "purchased_on", "purchase_value_cents", "net_book_value_cents",
    "system", "note", "site", "room", "seat", "holder", "custody", "title", "lot", "tests",
    "rejected", "verdict_reasons", "image", "bare", "last_seen",
)  # fmt: skip
_DISK = ("id", "model", "serial", "wwn", "size_bytes", "kind", "label", "health", "power_on_hours")


def _fields() -> Mapping[str, str]:
    return {
        "machine": _(
            "object: {fields}, state, since, names (of the ids above); null for unknown"
        ).format(fields=", ".join(_DESCRIPTION)),
        "facts": _("what its reports say: processor, memory, chassis, firmware, battery"),
        "evidence": _("object: lists of serial, board, uuid, chassis, mac"),
        "disks_known": _("true when the list of disks is sure to be complete"),
        "disks": _(
            "list of objects: {fields}, reasons, presence, proven, missing (list of reasons), wipes"
        ).format(fields=", ".join(_DISK)),
        "stays": _("list of objects: state, from_on, until_on"),
        "issues": _("list of objects: key, kind, reasons"),
        "timeline": _("list of objects: id, subject, kind, at, clock, author, author_name, body"),
        "next": _("object: step to {allowed, reasons}; a reason has code, guard, params, text"),
    }


SHAPE = Shape(name="machine", fields=_fields)


def machine_object(found: MachinePage, names: Names) -> dict[str, Any]:
    """Return the fields of the document."""
    view, tag = found.view, found.view.machine.tag
    return {
        "machine": _description(view, names),
        "facts": msgspec.structs.asdict(view.machine.facts),
        "evidence": view.machine.evidence,
        "disks_known": view.known,
        "disks": [_disk(disk, tag, names) for disk in view.disks],
        "stays": [
            {"state": stay.state, "from_on": stay.from_on, "until_on": stay.until_on}
            for stay in found.stays
        ],
        "issues": [
            {
                "key": issue.key,
                "kind": issue.kind,
                "reasons": [reason_object(reason, tag, names) for reason in issue.reasons],
            }
            for issue in view.issues
        ],
        "timeline": [_event(event, names) for event in found.events],
        "next": {kind: _verdict(verdict, tag, names) for kind, verdict in found.next.items()},
    }


def _description(view: MachineView, names: Names) -> dict[str, Any]:
    machine = view.machine
    ids = {machine.site, machine.room, machine.holder, machine.custody, machine.title, machine.lot}
    return {
        **{name: getattr(machine, name) for name in _DESCRIPTION},
        "state": view.life.value,
        "since": machine.since,
        "names": {
            id_: name for id_ in sorted(ids - {None}, key=str) if id_ and (name := names(id_))
        },
    }


def _disk(disk: DiskView, tag: str, names: Names) -> dict[str, Any]:
    return {
        **{name: getattr(disk.disk, name) for name in _DISK},
        "reasons": list(disk.disk.reasons),
        "presence": disk.presence.value,
        "proven": not disk.missing,
        "missing": [reason_object(reason, tag, names) for reason in disk.missing],
        "wipes": [
            {
                "event": wipe.event,
                "level": wipe.level,
                "readback": wipe.readback,
                "succeeded": wipe.succeeded,
                "declared": wipe.declared,
                "on": wipe.on or None,
            }
            for wipe in disk.disk.wipes
        ],
    }


def _event(event: Event, names: Names) -> dict[str, Any]:
    header = event.header
    return {
        "id": header.id,
        "subject": header.subject,
        "kind": header.kind,
        "at": header.at,
        "clock": header.clock.value,
        "author": header.author,
        "author_name": names(header.author),
        "body": decode_body(event.body) if event.body is not None else None,
    }


def _verdict(verdict: Verdict, tag: str, names: Names) -> dict[str, Any]:
    reasons = verdict.reasons if isinstance(verdict, Refused) else ()
    return {
        "allowed": not reasons,
        "reasons": [reason_object(reason, tag, names) for reason in reasons],
    }
