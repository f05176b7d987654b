# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of the bench that several screens say."""

from __future__ import annotations

from fleet.i18n import _, ngettext
from fleet.model.reasons import Reason
from fleet.model.views import DiskView
from fleet.output.reasons import explain
from reconditioning.session import Stage

_GB = 10**9


def stage_name(stage: Stage) -> str:
    """Return a step's name, as an order."""
    return {
        Stage.IDENTIFY: _("Identify"),
        Stage.TEST: _("Test"),
        Stage.REPAIR: _("Repair"),
        Stage.WIPE: _("Wipe"),
        Stage.TRIAGE: _("Sort and install"),
    }[stage]


def minutes_left(seconds: int | None) -> str:
    """Return a time left, for people: minutes, never less than one."""
    if seconds is None:
        return ""
    minutes = max(1, -(-seconds // 60))
    if minutes < 120:
        return _("{n} min").format(n=minutes)
    return _("{h} h {m:02d}").format(h=minutes // 60, m=minutes % 60)


def size_name(size_bytes: int | None) -> str:
    """Return a disk's size as its label says it."""
    if size_bytes is None:
        return _("unknown size")
    if size_bytes < _GB:
        return _("{n} MB").format(n=round(size_bytes / 10**6))
    return _("{n} GB").format(n=round(size_bytes / _GB))


def full_name(maker: str | None, model: str | None) -> str:
    """Return a machine's maker and model, the maker said once."""
    if maker and model and model.startswith(maker):
        return model
    return " ".join(part for part in (maker, model) if part)


def disk_title(view: DiskView) -> str:
    """Return a disk's name and size; one that tells nothing is called so."""
    disk = view.disk
    name = " ".join(part for part in (disk.model, disk.serial or disk.label) if part)
    name = name or _("a disk that tells no number")
    return f"{name}, {size_name(disk.size_bytes)}"


def why_not_ready(reason: Reason, tag: str) -> str:
    """Return a guard's reason, and which key of the bench leads to what settles it."""
    todo = {
        "G1": _("F5 wipes it."),
        "G2": _("F3 goes back to the tests."),
        "G3": _("F6 installs a system."),
    }.get(reason.guard, "")
    found = explain(reason, tag)
    return f"{found.what} {todo or found.todo}".strip()


def minutes_spent(human: int, alone: int) -> str:
    """Return a person's and the machine's minutes."""
    mine = ngettext("{n} minute of yours", "{n} minutes of yours", human).format(n=human)
    return _("{mine}, {n} of the machine alone").format(mine=mine, n=alone)


def result_name(result: str) -> str:
    """Return a test's result; a word, never only a colour."""
    return {
        "pass": _("good"),
        "fail": _("FAULT"),
        "na": _("not there"),
        "skipped": _("left out"),
    }.get(result, result)
