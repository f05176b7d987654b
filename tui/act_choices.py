# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fields of an act's form offer: (value, words), read from the town when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fleet.i18n import _
from fleet.model.lifecycle import waivable
from fleet.model.policy import PROFILES, tests_asked
from fleet.model.reasons import Refused
from fleet.output import words
from fleet.output.reasons import explain
from fleet.services import records
from fleet.services.acts import view_of
from fleet.services.machines import page
from fleet.services.town import Town

Choice = tuple[str, str]
Choices = Callable[[Town, Sequence[str]], list[Choice]]

ALL_DISKS = "all"
NO_DISK = "none"


def nothing(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer nothing: the field is typed."""
    return []


def worded(names: Callable[[], Mapping[str, str]], *codes: str) -> Choices:
    """Offer codes under their words, only some of them when they are named."""
    return lambda town, tags: [(c, word) for c, word in names().items() if not codes or c in codes]


def places(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer every site, each followed by its rooms."""
    found = []
    for site in records.listing(town, "site"):
        found.append((site.id, site.name))
        found += [(r.id, f"{site.name} / {r.name}") for r in records.rooms_of(town, site.id)]
    return found


def recorded(type_: str) -> Choices:
    """Offer the records of a type under their names."""
    return lambda town, tags: [(r.id, r.name) for r in records.listing(town, type_)]


def agreements(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer the agreements with their partner, and whether they cover data."""
    partners = {record.id: record.name for record in records.listing(town, "partner")}
    covers = {True: _("covers data"), False: _("without a data clause")}
    return [
        (a.id, f"{a.name}, {partners.get(a.body['partner'], '?')} ({covers[_covers(a.body)]})")
        for a in records.listing(town, "agreement")
    ]


def _covers(body: Mapping[str, object]) -> bool:
    return bool(body.get("data_clause"))


def takers(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer partners, then the kinds of owners that have no record."""
    return recorded("partner")(town, tags) + list(words.owners().items())


def profiles(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer the test sheets, the policy's first."""
    chosen = records.current_policy(town).test_profile
    return [(name, name) for name in sorted(PROFILES, key=lambda name: name != chosen)]


def tests(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer the tests asked of these machines, each with the test sheets that ask it."""
    kinds = {view_of(town, tag).machine.kind for tag in tags}
    asked: dict[str, dict[str, None]] = {}
    for profile in PROFILES:
        for kind in sorted(kinds):
            for test in tests_asked(profile, kind):
                asked.setdefault(test, {})[profile] = None
    return [(test, " ".join(profiles)) for test, profiles in asked.items()]


def disks(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer every disk inside at once, or one disk of the only machine."""
    everyone = [(ALL_DISKS, _("every disk inside"))]
    if len(tags) != 1:
        return everyone
    each = [
        (disk.disk.id, f"{disk.name}, {words.presence_name(disk.presence)}")
        for disk in view_of(town, tags[0]).disks
        if disk.presence in ("present", "unaccounted")
    ]
    return each if len(each) == 1 else everyone + each


def declarable(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer the two lists of disks that a person may sign."""
    return [
        (ALL_DISKS, _("the recorded disks are all there is")),
        (NO_DISK, _("there is no disk inside")),
    ]


def exceptions(town: Town, tags: Sequence[str]) -> list[Choice]:
    """Offer the reasons of the machine's refusals that a supervisor may waive."""
    if len(tags) != 1:
        return []
    return [
        (f"{kind} {reason.code}", words.labelled(words.transition_name(kind), explain(reason).what))
        for kind, verdict in page(town, tags[0]).next.items()
        for reason in (verdict.reasons if isinstance(verdict, Refused) else ())
        if waivable(reason)
    ]
