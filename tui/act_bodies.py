# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a form holds to event bodies. ``make`` functions write nothing, so that guards can
be asked while the form is filled; ``finish`` functions keep papers and names, once confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.policy import tests_asked
from fleet.model.views import MachineView
from fleet.services import records
from fleet.services.acts import ActReport, MakeBody, undo, waive
from fleet.services.disk_acts import (
    DiskOf,
    choose_disks,
    declared_wipe,
    record_on_disks,
    signed_disks,
)
from fleet.services.machines import add_disk
from fleet.services.papers import add_holder, keep_receipt, read_paper, second_person
from fleet.services.town import Town
from tui.act_choices import ALL_DISKS, NO_DISK

Values = Mapping[str, str]
Plain = Callable[[Values, Town], k.Body]
Make = Callable[[Values, Town], "k.Body | MakeBody"]
CarryOut = Callable[[Town, Sequence[str], Values], ActReport]

B = TypeVar("B", bound=k.Body)
SKIPPED = "skipped"
GIGABYTE = 10**9


def plain(body: type[B], **empty: str) -> Callable[[Values, Town], B]:
    """Return a maker that fills a body's fields from values of the same names.

    ``empty`` stands for what is still missing while guards are only asked. A « price » is in
    whole euros.
    """

    def make(values: Values, town: Town) -> B:
        given: dict[str, Any] = {n: v for n, v in values.items() if v}
        if "price" in given:
            given["price_cents"] = int(given["price"]) * 100
        wanted = {**empty, **_place(town, given.get("place", "")), **given}
        fields = {name: wanted[name] for name in body.__struct_fields__ if name in wanted}
        return msgspec.convert(fields, body, strict=False)

    return make


def _place(town: Town, place: str) -> dict[str, str]:
    if not place.startswith("room:"):
        return {"site": place} if place else {}
    return {"site": records.find_room(town, place).body["site"], "room": place}


def install(values: Values, town: Town) -> k.Body:
    """Keep the holder's name, and put in service."""
    body = plain(k.Installed)({**values, "holder": ""}, town)
    name = values.get("holder", "")
    return msgspec.structs.replace(body, holder=add_holder(town, name)) if name else body


def close_repair(values: Values, town: Town) -> k.Body:
    """Close a repair; parts are separated by semicolons."""
    parts = tuple(part.strip() for part in values.get("parts", "").split(";") if part.strip())
    body = plain(k.RepairClosed, outcome="repaired")({**values, "parts": ""}, town)
    return msgspec.structs.replace(body, parts=parts)


def tests(values: Values, town: Town) -> MakeBody:
    """Record the results, each machine the tests its kind has."""
    given = read_results(values.get("results", ""))
    if not given:
        raise UsageError(_("No test result is given."), hint=_("Mark some with Space."))
    why = values.get("why", "").strip()
    if SKIPPED in given.values() and not why:
        raise UsageError(_("A test is left out without a reason."), hint=_("Say why below."))
    words = {SKIPPED: f"skipped: {town.operator}, {why}"}
    profile = values["profile"]

    def sheet(view: MachineView) -> k.Body:
        asked = tests_asked(profile, view.machine.kind)
        results = {t: words.get(r, r) for t, r in given.items() if t in asked}
        return k.TestsRecorded(profile=profile, results=results, on=values.get("on") or None)

    return sheet


def read_results(text: str) -> dict[str, str]:
    """Return test to result from ``start=pass,disk=na``."""
    pairs = (part.partition("=") for part in text.split(",") if part)
    return {test: result for test, _equals, result in pairs}


def verdict(values: Values, town: Town) -> k.Body:
    """Accept, or reject with the reasons, which are separated by semicolons."""
    rejected = values.get("rejected") == "true"
    reasons = tuple(r.strip() for r in values.get("reasons", "").split(";") if r.strip())
    if rejected and not reasons:
        raise UsageError(_("A rejection needs a reason."), hint=_("Say what is wrong."))
    return k.VerdictGiven(
        rejected=rejected, reasons=reasons if rejected else (), on=values.get("on") or None
    )


def image(values: Values, town: Town) -> k.Body:
    """Record the family system, or that there is none."""
    bare = values.get("bare") == "true"
    if bare == bool(values.get("image")):
        raise UsageError(
            _("Either a system is named, or the machine is bare."), hint=_("Say one of them.")
        )
    return plain(k.ImageInstalled)(values, town)


def receipted(body: type[k.Body], **empty: str) -> Plain:
    """Return a maker for a body with a receipt: its number, or the name of its file."""
    fill = plain(body, **empty)

    def make(values: Values, town: Town) -> k.Body:
        return fill({**values, "receipt": values.get("receipt") or values.get("paper", "")}, town)

    return make


def with_receipt(make: Plain) -> Plain:
    """Return a maker that keeps the receipt's file sealed, and names it by its digest."""

    def finish(values: Values, town: Town) -> k.Body:
        path = values.get("paper", "")
        if not path:
            return make(values, town)
        digest = keep_receipt(town, values["beneficiary"], read_paper(path))
        return make({**values, "receipt": digest}, town)

    return finish


def value(values: Values, town: Town) -> k.Body:
    """Estimate a configuration, from whole euros."""
    cents = {part: int(values.get(part) or 0) * 100 for part in ("machine", "screen")}
    return k.ValueEstimated(
        machine_cents=cents["machine"],
        screen_cents=cents["screen"],
        accessories_cents=int(values.get("accessories") or 0) * 100,
        basis=values.get("basis", ""),
        on=values.get("on") or None,
    )


def title(values: Values, town: Town) -> k.Body:
    """Record who owns it now, with the signed paper attached."""
    body = plain(k.TitleTransferred)({**values, "proof": ""}, town)
    proof = attached(town, values.get("proof", ""))
    return msgspec.structs.replace(body, proof=proof)


def attached(town: Town, path: str) -> str | None:
    """Keep a paper as an attachment; returns its digest."""
    return town.attachments.put(read_paper(path)) if path else None


def declare_disks(values: Values, town: Town) -> MakeBody:
    """Sign the list of disks of each machine."""
    name = values.get("second_person", "")
    witness = second_person(town, name) if name else None
    none = values.get("disks") == NO_DISK

    def signed(view: MachineView) -> k.Body:
        disks = () if none else signed_disks(view)
        return k.DisksDeclared(disks=disks, second_person=witness, on=values.get("on") or None)

    return signed


def add_a_disk(town: Town, tags: Sequence[str], values: Values) -> ActReport:
    """Record a disk that is in the machine."""
    if not values.get("serial") and not values.get("label"):
        raise UsageError(
            _("The disk has neither a serial nor a label."),
            hint=_("Stick a label on it and give it."),
        )
    gigabytes = int(values.get("gigabytes") or 0)
    size = {"size_bytes": str(gigabytes * GIGABYTE)} if gigabytes else {}
    body = plain(k.DiskRegistered)({**values, **size}, town)
    add_disk(town, tags[0], body)
    return accepted(tags)


def on_disks(make: Plain) -> CarryOut:
    """Return what records one fact on the chosen disks of each machine."""

    def carry_out(town: Town, tags: Sequence[str], values: Values) -> ActReport:
        chosen = disks_of(town, tags, values.get("disk", ALL_DISKS))
        record_on_disks(town, chosen, make(values, town))
        return accepted(tags)

    return carry_out


def disks_of(town: Town, tags: Sequence[str], wanted: str) -> list[DiskOf]:
    """Return the disk chosen in a form, or every disk inside. Raises UsageError without any."""
    every = wanted == ALL_DISKS
    chosen = choose_disks(town, tags, None if every else wanted, every=every)
    if not chosen:
        raise UsageError(
            _("No disk is recorded there."), hint=_("Record the disk that is inside first.")
        )
    return chosen


def wipe(values: Values, town: Town) -> k.Body:
    """Declare a wipe, its report attached and its second person named."""
    succeeded = "false" if values.get("failed") == "true" else "true"
    told = plain(k.DiskWiped)(
        {**values, "report": "", "second_person": "", "succeeded": succeeded}, town
    )
    return declared_wipe(town, told, values.get("report"), values.get("second_person"))


def destroyed(values: Values, town: Town) -> k.Body:
    """Record a destruction with its paper."""
    return k.DiskDestroyed(
        how=values["how"],
        report=attached(town, values.get("report", "")),
        on=values.get("on") or None,
    )


def grant(town: Town, tags: Sequence[str], values: Values) -> ActReport:
    """Record a supervisor's exception."""
    kind, _space, code = values["exception"].partition(" ")
    waive(town, tags[0], kind, code, values["why"])
    return accepted(tags)


def take_back(town: Town, tags: Sequence[str], values: Values) -> ActReport:
    """Undo the operator's last act."""
    undo(town)
    return accepted(tags)


def accepted(tags: Sequence[str]) -> ActReport:
    """Return the report of an act that every machine took."""
    return ActReport(accepted=tuple(tags), refused=())
