# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre machine show TAG``: facts, evidence, disks with proof, timeline, what may come."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from fleet.cli.context import Context
from fleet.cli.machine_object import SHAPE, machine_object
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _
from fleet.model.facts import Finding
from fleet.model.lifecycle import is_out
from fleet.model.reasons import Refused
from fleet.model.state import MachineState
from fleet.model.views import DiskView, MachineView
from fleet.output import words
from fleet.output.amounts import disk_size, euros, memory_size
from fleet.output.events import effective_date, event_summary
from fleet.output.findings import describe as describe_finding
from fleet.output.reasons import describe
from fleet.output.words import Names
from fleet.services import browse
from fleet.services.machines import MachinePage, page

_LABEL_WIDTH = 26


def register(commands: Commands) -> None:
    """Add ``machine show``."""
    help_ = Help(
        line=_("show one machine"),
        text=_(
            "Show one machine: facts, identity, disks with their proof of wipe, timeline with "
            "authors, and what may happen next, with the reasons of each refusal."
        ),
        examples=(
            ("parclibre machine show VJ-0042", _("everything about it")),
            ("parclibre machine show VJ-0042 --json", _("the same for a program")),
        ),
    )
    parser = command(commands, "show", run, help_, shape=SHAPE)
    parser.add_argument("tag", metavar=_("TAG"))


def run(args: Namespace, context: Context) -> int:
    """Show one machine."""
    town = context.town()
    names = browse.names(town)
    found = page(town, args.tag)
    if args.json:
        context.print_json(SHAPE, **machine_object(found, names))
        return 0
    for line in _page_lines(found, names):
        context.say(line)
    return 0


def _page_lines(found: MachinePage, names: Names) -> Iterator[str]:
    machine = found.view.machine
    yield from _title(found.view)
    sections = (
        (_("Description"), _description(machine)),
        (_("Place and ownership"), _place(machine, names)),
        (_("Facts"), _facts(machine)),
        (_("Identity"), _evidence(machine)),
        (_("Disks"), _disks(found.view, names)),
        (_("Workshop"), _workshop(machine, names)),
        (_("Inbox"), _issues(found.view, names)),
        (_("Timeline"), _timeline(found, names)),
        (_("What may come next"), _next(found, names)),
    )
    for title, lines in sections:
        shown = list(lines)
        if shown:
            yield ""
            yield title
            yield from (f"  {line}" for line in shown)


def _title(view: MachineView) -> Iterator[str]:
    machine = view.machine
    about = " ".join(part for part in (machine.manufacturer, machine.model) if part)
    yield f"{machine.tag}  {about}".rstrip()
    since = _("{state}, since {date}").format(
        state=words.state_name(view.life), date=machine.since or "?"
    )
    yield since


def _pairs(*pairs: tuple[str, object]) -> Iterator[str]:
    for label, value in pairs:
        if value not in (None, "", ()):
            yield f"{label}:".ljust(_LABEL_WIDTH) + str(value)


def _description(machine: MachineState) -> Iterator[str]:
    return _pairs(
        (_("Kind"), words.kind_name(machine.kind)),
        (_("Serial"), machine.serial),
        (_("Other tags"), ", ".join(machine.other_tags)),
        (_("Provenance"), words.provenance_name(machine.provenance)),
        (_("Accounting number"), machine.accounting_number),
        (_("Bought on"), machine.purchased_on),
        (_("Purchase value"), euros(machine.purchase_value_cents)),
        (_("Net book value"), euros(machine.net_book_value_cents)),
        (_("System"), machine.system),
        (_("Note"), machine.note),
        (_("Last seen"), machine.last_seen),
    )


def _place(machine: MachineState, names: Names) -> Iterator[str]:
    def named(value: str | None) -> str | None:
        return (names(value) or words.owner_name(value)) if value else None

    return _pairs(
        (_("Site"), named(machine.site)),
        (_("Room"), named(machine.room)),
        (_("Seat"), machine.seat),
        (_("Holder"), named(machine.holder)),
        (_("Who has it"), named(machine.custody)),
        (_("Who owns it"), named(machine.title)),
        (_("Lot"), named(machine.lot)),
    )


def _facts(machine: MachineState) -> Iterator[str]:
    facts = machine.facts
    cores = _("{cores} cores").format(cores=facts.cores) if facts.cores else ""
    battery = f"{facts.battery_percent} %" if facts.battery_percent is not None else ""
    return _pairs(
        (_("Processor"), " ".join(part for part in (facts.cpu, cores) if part)),
        (_("Memory"), memory_size(facts.memory_bytes)),
        (_("Memory slots"), facts.memory_slots),
        (_("Chassis"), facts.chassis),
        (_("Board"), facts.board_model),
        (_("Firmware of"), facts.firmware_date),
        (_("Battery health"), battery),
        (_("Reports read"), len(facts.reports) or None),
    )


def _evidence(machine: MachineState) -> Iterator[str]:
    found = machine.evidence.items()
    return _pairs(*((words.evidence_name(kind), ", ".join(values)) for kind, values in found))


def _disks(view: MachineView, names: Names) -> Iterator[str]:
    for number, disk in enumerate(view.disks, start=1):
        yield f"{number}. {_disk_line(disk)}"
        for finding in disk.disk.reasons:
            yield f"   {describe_finding(_finding(finding))}"
        for reason in () if is_out(view.life) else disk.missing:
            yield f"   - {describe(reason, view.machine.tag, names)}"
    if is_out(view.life):
        return
    if not view.known:
        yield _("Nobody knows for sure that this list is complete.")
    elif not view.disks:
        yield _("No disk inside.")


def _disk_line(disk: DiskView) -> str:
    state = disk.disk
    parts = [
        disk.name,
        words.disk_kind_name(state.kind),
        disk_size(state.size_bytes),
        _("health: {health}").format(health=words.health_name(state.health)),
        words.presence_name(disk.presence),
    ]
    if disk.disk.wipes and disk.disk.wipes[-1].succeeded:
        parts.append(_wipe_words(disk))
    return ", ".join(part for part in parts if part)


def _wipe_words(disk: DiskView) -> str:
    wipe = disk.disk.wipes[-1]
    if wipe.declared:
        return _("wipe declared on {date}").format(date=wipe.on or "?")
    return _("wiped on {date}").format(date=wipe.on or "?")


def _finding(text: str) -> Finding:
    code, _equals, value = text.partition("=")
    return Finding(code=code, value=value)


def _workshop(machine: MachineState, names: Names) -> Iterator[str]:
    results = words.results()
    tests = ", ".join(
        f"{words.test_name(test)} {results.get(result) or words.with_names(result, names)}"
        for test, result in machine.tests.items()
    )
    verdict = "; ".join(machine.verdict_reasons) if machine.rejected else ""
    bare = _("handed over without a system") if machine.bare else ""
    return _pairs(
        (_("Tests"), tests),
        (_("Rejected because"), verdict),
        (_("Family system"), machine.image or bare),
    )


def _issues(view: MachineView, names: Names) -> Iterator[str]:
    for issue in view.issues:
        yield words.issue_name(issue.kind)
        for reason in issue.reasons:
            yield f"  - {describe(reason, view.machine.tag, names)}"


def _timeline(found: MachinePage, names: Names) -> Iterator[str]:
    for event in found.events:
        author = names(event.header.author) or event.header.author
        yield f"{effective_date(event)}  {event_summary(event, names)}  ({author})"


def _next(found: MachinePage, names: Names) -> Iterator[str]:
    for kind, verdict in found.next.items():
        if not isinstance(verdict, Refused):
            yield _("{step}: possible").format(step=words.transition_name(kind))
            continue
        yield _("{step}: refused").format(step=words.transition_name(kind))
        for reason in verdict.reasons:
            yield f"  - {describe(reason, found.view.machine.tag, names)}"
