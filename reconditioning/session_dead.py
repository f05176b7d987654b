# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The path of a PC that does not start: its disks by hand, its verdict, and away it goes.

No report describes it: a person lists its disks, which are wiped on a dock or destroyed, and signs
that there is no other. What is recorded is what the guards ask, here and at the desk.
"""

from __future__ import annotations

from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.bench_tests import FAIL, Measured
from fleet.services.disk_acts import disks_inside
from fleet.services.machines import add_disk
from fleet.services.town import Town
from reconditioning.session import DOES_NOT_START, Session, read_session
from reconditioning.session_acts import come_on_bench, measured_body
from reconditioning.session_notes import take_in_hand

PARTS_BY_HAND = "part_by_hand"
_GB = 10**9


def take_dead(town: Town, tag: str, profile: str) -> str:
    """Go on with a machine's session, or start one in which it failed to start; return its tag."""
    session = read_session(town, tag)
    if session is not None and session.dead and not session.over:
        take_in_hand(town.home, tag)
        return tag
    come_on_bench(town, tag, profile)
    failed = Measured(test="start", result=FAIL, reasons=(DOES_NOT_START,))
    session = read_session(town, tag)
    if session is None:
        raise NotFound(_("There is no machine {machine}.").format(machine=tag))
    with town.act() as act:
        act.add(session.view.machine.id, measured_body(failed, None))
    return tag


def list_disk(town: Town, tag: str, *, model: str, serial: str, label: str, size_gb: str) -> str:
    """Record a disk that a person saw in the machine; return its id.

    ``size_gb`` is what its label says, empty when it says nothing. What kind it is, and so which
    wipe counts, is the dock's to tell. Raises UsageError for a disk that could not be known again.
    """
    if not (serial or label):
        raise UsageError(
            _("This disk could not be told from another one."),
            hint=_("Copy its serial number, or stick a label on it and give that."),
        )
    body = k.DiskRegistered(
        model=model or None,
        serial=serial or None,
        label=label or None,
        size_bytes=int(size_gb) * _GB if size_gb else None,
    )
    return add_disk(town, tag, body)


def judge_by_hand(town: Town, session: Session, *, for_parts: bool) -> None:
    """Record that the machine is rejected, and that its list of disks is complete."""
    reasons = (DOES_NOT_START, PARTS_BY_HAND) if for_parts else (DOES_NOT_START,)
    inside = tuple(disk.disk.id for disk in disks_inside(session.view))
    with town.act() as act:
        if not session.view.known:
            act.add(session.view.machine.id, k.DisksDeclared(disks=inside))
        act.add(session.view.machine.id, k.VerdictGiven(rejected=True, reasons=reasons))
